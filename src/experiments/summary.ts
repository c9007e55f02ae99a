/** What a run says in the end, read off its last recorded numbers: one line a network and the verdict. */
import { type Band, bandOf, type EvaluationBands } from '../protocol/bands';
import type { NetworkDescription } from '../protocol/description';
import { type ProfileOverSeeds, profileOverSeeds, readProfile, verdictSentence } from './verdict';

/** Gradient norms at the block outputs, input to output, from a recorded activation-gradient vector. */
export function blockGradients(
  description: Pick<NetworkDescription, 'blocks' | 'vectors'>,
  vector: ArrayLike<number>,
): number[] {
  const places = new Map((description.vectors.activationGradientNorm ?? []).map((name, i) => [name, i]));
  return description.blocks.map(({ scope }) => vector[places.get(`${scope}/`) ?? -1] ?? Number.NaN);
}

/** What the seeds spread over; `validation...` is null where nothing was evaluated. */
export interface SummaryBands {
  readonly trainLoss: Band;
  readonly trainAccuracy: Band;
  readonly validationLoss: Band | null;
  readonly validationAccuracy: Band | null;
}

/** One network at its last recorded step; over several seeds its numbers are their means. */
export interface NetworkSummary {
  readonly network: string;
  readonly title: string;
  readonly seeds: readonly number[];
  /** Mean over the last `window` steps, in training mode. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly window: number;
  /** Of the last evaluation, with running statistics; null where there was none. */
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly bands: SummaryBands;
  readonly step: number;
  readonly profile: ProfileOverSeeds;
  /** At the first recorded step. */
  readonly start: ProfileOverSeeds;
  readonly verdict: string;
}

/** What was recorded from one seed. */
export interface SeedInput {
  readonly seed: number;
  /** The last ones recorded, oldest first; at least one. */
  readonly steps: readonly { readonly step: number; readonly loss: number; readonly accuracy: number }[];
  readonly firstGradients: ArrayLike<number>;
  readonly lastGradients: ArrayLike<number>;
}

/** At least one seed, all up to the same step; `evaluation` is the last one that all of them have. */
export function summarize(
  description: NetworkDescription,
  seeds: readonly SeedInput[],
  evaluation?: Pick<EvaluationBands, 'loss' | 'accuracy'>,
): NetworkSummary {
  const over = (of: (s: SeedInput) => number) => bandOf(seeds.map(of), 'arithmetic');
  const mean = (steps: SeedInput['steps'], of: (s: SeedInput['steps'][number]) => number) =>
    steps.reduce((sum, s) => sum + of(s), 0) / steps.length;
  const profileOf = (of: (s: SeedInput) => ArrayLike<number>) =>
    profileOverSeeds(seeds.map((s) => readProfile(blockGradients(description, of(s)))));
  const bands: SummaryBands = {
    trainLoss: over(({ steps }) => mean(steps, (s) => s.loss)),
    trainAccuracy: over(({ steps }) => mean(steps, (s) => s.accuracy)),
    validationLoss: evaluation?.loss ?? null,
    validationAccuracy: evaluation?.accuracy ?? null,
  };
  const profile = profileOf((s) => s.lastGradients);
  const start = profileOf((s) => s.firstGradients);
  const { steps } = seeds[0];
  const { step } = steps[steps.length - 1];
  const { title } = description;
  return {
    network: description.name,
    title,
    seeds: seeds.map((s) => s.seed),
    trainLoss: bands.trainLoss.middle,
    trainAccuracy: bands.trainAccuracy.middle,
    window: steps.length,
    validationLoss: bands.validationLoss?.middle ?? null,
    validationAccuracy: bands.validationAccuracy?.middle ?? null,
    bands,
    step,
    profile,
    start,
    verdict: verdictSentence({ title, profile, start: step > 1 ? start : undefined }, step),
  };
}

/** What a run says in the end, read off its last recorded numbers: one line a network and the verdict. */
import type { NetworkDescription } from '../protocol/description';
import { type Profile, readProfile, verdictSentence } from './verdict';

/** Gradient norms at the block outputs, input to output, from a recorded activation-gradient vector. */
export function blockGradients(
  description: Pick<NetworkDescription, 'blocks' | 'vectors'>,
  vector: ArrayLike<number>,
): number[] {
  const places = new Map((description.vectors.activationGradientNorm ?? []).map((name, i) => [name, i]));
  return description.blocks.map(({ scope }) => vector[places.get(`${scope}/`) ?? -1] ?? Number.NaN);
}

export interface NetworkSummary {
  readonly network: string;
  readonly title: string;
  /** Mean over the last `window` steps, in training mode. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly window: number;
  /** Of the last evaluation, with running statistics; null where there was none. */
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly step: number;
  readonly profile: Profile;
  /** At the first recorded step. */
  readonly start: Profile;
  readonly verdict: string;
}

export interface SummaryInput {
  readonly description: NetworkDescription;
  readonly steps: readonly { readonly step: number; readonly loss: number; readonly accuracy: number }[];
  readonly firstGradients: ArrayLike<number>;
  readonly lastGradients: ArrayLike<number>;
  readonly evaluation?: { readonly loss: number; readonly accuracy: number };
  readonly seeds: number;
}

/** `steps` are the last ones recorded, oldest first; at least one. */
export function summarize(input: SummaryInput): NetworkSummary {
  const { description, steps, evaluation, seeds } = input;
  const mean = (of: (s: (typeof steps)[number]) => number) =>
    steps.reduce((sum, s) => sum + of(s), 0) / steps.length;
  const profile = readProfile(blockGradients(description, input.lastGradients));
  const start = readProfile(blockGradients(description, input.firstGradients));
  const { step } = steps[steps.length - 1];
  return {
    network: description.name,
    title: description.title,
    trainLoss: mean((s) => s.loss),
    trainAccuracy: mean((s) => s.accuracy),
    window: steps.length,
    validationLoss: evaluation?.loss ?? null,
    validationAccuracy: evaluation?.accuracy ?? null,
    step,
    profile,
    start,
    verdict: verdictSentence(
      { title: description.title, profile, start: step > 1 ? start : undefined },
      step,
      seeds,
    ),
  };
}

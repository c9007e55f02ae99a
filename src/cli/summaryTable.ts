/** The table and the verdict that end `train` and `compare`, read off the run on disk. */
import { t } from '../base/localize';
import { comparisonSentence } from '../experiments/comparison';
import { type NetworkSummary, type SeedInput, summarize } from '../experiments/summary';
import { formatNorm, signed, slopeThresholds } from '../experiments/verdict';
import { type Band, type EvaluationBands, evaluationBands } from '../protocol/bands';
import type { NetworkDescription } from '../protocol/description';
import { type ReplicatedNetwork, replicatedNetworks } from '../runs/replicas';
import type { RunEvent } from '../runs/run';
import { openRun } from '../runs/runReader';
import { evaluationOf } from '../workspace/recordedRun';
import { decimals, percent, table } from './format';

/** Steps that the training figures are the mean of. */
const window = 20;

/** One a network that has recorded a step from every seed. */
export async function readSummaries(folder: string): Promise<NetworkSummary[]> {
  const run = await openRun(folder);
  const events = await run.events();
  const summaries: NetworkSummary[] = [];
  for (const network of replicatedNetworks(run.description)) {
    const { description, replicas } = network;
    const counts = await Promise.all(replicas.map(({ place }) => run.networks[place].count()));
    // A run that was killed may have a step more of one seed than of the next.
    const last = Math.min(...counts);
    const seeds: SeedInput[] = [];
    for (const { place, seed } of replicas) {
      const recorded = run.networks[place];
      const steps = await recorded.records({ from: Math.max(1, last - window + 1), to: last });
      const [first] = await recorded.records({ from: 1, to: 1 });
      if (steps.length === 0 || !first) continue;
      seeds.push({
        seed,
        steps,
        firstGradients: first.vectors.activationGradientNorm,
        lastGradients: steps[steps.length - 1].vectors.activationGradientNorm,
      });
    }
    if (seeds.length === replicas.length)
      summaries.push(
        summarize(description as unknown as NetworkDescription, seeds, lastEvaluation(events, network, last)),
      );
  }
  return summaries;
}

/** That of the newest step, up to `last`, at which every seed was evaluated: a run may end between two of them. */
function lastEvaluation(
  events: readonly RunEvent[],
  network: ReplicatedNetwork,
  last: number,
): EvaluationBands | undefined {
  const own = events.flatMap((event) => evaluationOf(event, [network]) ?? []);
  return evaluationBands(
    own.filter(({ step }) => step <= last),
    [network.replicas.length],
  ).at(-1);
}

/** What the networks' bands say of each other; null where there is nothing to compare. */
export const compareSummaries = (summaries: readonly NetworkSummary[]) => comparisonSentence(summaries);

export function printSummaries(summaries: readonly NetworkSummary[]): string {
  const head = [
    t('network'),
    t('train loss'),
    t('train acc.'),
    t('val. loss'),
    t('val. acc.'),
    t('grad in/out'),
    t('slope/block'),
  ];
  const steps = summaries[0]?.window ?? 0;
  const seeds = Math.max(...summaries.map((s) => s.seeds.length));
  const comparison = compareSummaries(summaries);
  return [
    table(head, summaries.flatMap(rowsOf)),
    '',
    ...summaries.map((s) => s.verdict),
    ...(comparison === null ? [] : [comparison]),
    '',
    t(
      'Training figures: mean of the last {0} steps. Gradient: norm at the first block over norm at the last; slope: its log10 per block. Below {1} is flat, up to {2} mild.',
      steps,
      slopeThresholds.flat,
      slopeThresholds.mild,
    ),
    ...(seeds > 1
      ? [
          t(
            'Each network was trained from {0} seeds: first their mean (of the gradient ratio the geometric one), below it the least and the greatest.',
            seeds,
          ),
        ]
      : []),
  ].join('\n');
}

/** A row of means and, over several seeds, two of its ends. */
function rowsOf({ title, seeds, bands, profile }: NetworkSummary): string[][] {
  const row = (name: string, end: keyof Band) => [
    name,
    decimals(bands.trainLoss[end]),
    percent(bands.trainAccuracy[end]),
    decimals(bands.validationLoss?.[end] ?? null),
    percent(bands.validationAccuracy?.[end] ?? null),
    formatNorm(profile.ratio[end]),
    Number.isNaN(profile.slope[end]) ? '-' : signed(profile.slope[end]),
  ];
  if (seeds.length === 1) return [row(title, 'middle')];
  return [row(title, 'middle'), row(`  ${t('least')}`, 'low'), row(`  ${t('greatest')}`, 'high')];
}

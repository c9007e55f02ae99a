/** The table and the verdict that end `train` and `compare`, read off the run on disk. */
import { t } from '../base/localize';
import { type NetworkSummary, summarize } from '../experiments/summary';
import { formatNorm, signed, slopeThresholds } from '../experiments/verdict';
import type { NetworkDescription } from '../protocol/description';
import { openRun } from '../runs/runReader';
import { decimals, percent, table } from './format';

/** Steps that the training figures are the mean of. */
const window = 20;

export async function readSummaries(folder: string): Promise<NetworkSummary[]> {
  const run = await openRun(folder);
  const events = await run.events();
  const summaries: NetworkSummary[] = [];
  for (const [i, steps] of run.networks.entries()) {
    const last = await steps.last();
    if (!last) continue;
    const from = Math.max(1, last.step - window + 1);
    const recent = await steps.records({ from, to: last.step });
    const [first] = await steps.records({ from: 1, to: 1 });
    const evaluations = events.filter((e) => e.type === 'evaluation' && e.network === steps.network);
    const evaluation = evaluations.at(-1);
    summaries.push(
      summarize({
        description: run.description.networks[i] as unknown as NetworkDescription,
        steps: recent,
        firstGradients: first.vectors.activationGradientNorm,
        lastGradients: last.vectors.activationGradientNorm,
        evaluation: evaluation?.type === 'evaluation' ? evaluation : undefined,
        seeds: 1,
      }),
    );
  }
  return summaries;
}

export function printSummaries(summaries: readonly NetworkSummary[]): string {
  const rows = summaries.map((s) => [
    s.title,
    decimals(s.trainLoss),
    percent(s.trainAccuracy),
    decimals(s.validationLoss),
    percent(s.validationAccuracy),
    formatNorm(s.profile.ratio),
    Number.isNaN(s.profile.slope) ? '-' : signed(s.profile.slope),
  ]);
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
  return [
    table(head, rows),
    '',
    ...summaries.map((s) => s.verdict),
    '',
    t(
      'Training figures: mean of the last {0} steps. Gradient: norm at the first block over norm at the last; slope: its log10 per block. Below {1} is flat, up to {2} mild.',
      steps,
      slopeThresholds.flat,
      slopeThresholds.mild,
    ),
  ].join('\n');
}

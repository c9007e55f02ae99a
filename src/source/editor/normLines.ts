/** What a batch norm's numbers mean, for a hover over it: frameworks give the same word opposite meanings. */
import { batchNormWords } from '../../layers/batchNormWords';
import type { LayerCall } from '../models/analysis';

/** One line a pair of numbers that the calls have; none where they are not known. */
export function normLines(calls: readonly LayerCall[]): string[] {
  const lines = calls.flatMap(({ node, framework }) => {
    const isRunning = node.weights.some((weight) => weight.role === 'runningMean');
    const { epsilon, momentum } = node.attributes;
    if (node.op !== 'batchNorm' || !isRunning || typeof epsilon !== 'number') return [];
    // Where a call leaves it out, its framework's own; PyTorch's is the share of the new statistics.
    const share = typeof momentum === 'number' ? momentum : framework === 'pytorch' ? 0.1 : 0.99;
    const kept = framework === 'pytorch' ? Number((1 - share).toPrecision(6)) : share;
    return [batchNormWords({ momentum: kept, epsilon })];
  });
  return [...new Set(lines)];
}

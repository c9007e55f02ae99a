/** Which momentum and epsilon a network's batch norms have: read off its options, or off the graph of a file's model. */
import { type BatchNormNumbers, batchNormWords, isTooShort } from '../layers/batchNormWords';
import type { Network } from './network';

export { batchNormWords };

/** Every pair that occurs, once; empty where nothing is batch-normalised. */
export function batchNormsOf(network: Network): BatchNormNumbers[] {
  const { norm, bnMomentum, bnEpsilon } = network.options;
  if (bnMomentum !== undefined)
    return norm === 'batch' ? [{ momentum: Number(bnMomentum), epsilon: Number(bnEpsilon) }] : [];
  const found = new Map<string, BatchNormNumbers>();
  for (const { op, attributes } of network.build(2, 'training').nodes) {
    if (op !== 'BatchNormalizationTraining') continue;
    const { momentum, epsilon } = attributes as unknown as BatchNormNumbers;
    found.set(`${momentum} ${epsilon}`, { momentum, epsilon });
  }
  return [...found.values()];
}

/** What to know before a run of that many steps; empty where its statistics have time to settle. */
export function shortRunWarnings(networks: readonly Network[], steps: number): string[] {
  const short = networks.flatMap(batchNormsOf).filter((norm) => isTooShort(norm, steps));
  return [...new Set(short.map((norm) => batchNormWords(norm, steps)))];
}

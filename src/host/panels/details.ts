/**
 * What only the host can say of a row: histograms of its weights at the newest checkpoint, and which parameters it
 * has. A run without a checkpoint has none; that is no failure.
 */
import { t } from '../../base/localize';
import type { NetworkDescription } from '../../protocol/description';
import type { Fact, Histogram, PanelRequests } from '../../protocol/panel';
import { openRun } from '../../runs/runReader';

const bins = 40;

export async function readDetails(
  folder: string | undefined,
  scope: string,
  networks: readonly NetworkDescription[],
): Promise<PanelRequests['row/details']['result']> {
  const facts: Fact[] = [];
  const histograms: Histogram[] = [];
  const checkpoint = folder === undefined ? undefined : await (await openRun(folder)).checkpoint();
  for (const [index, network] of networks.entries()) {
    const names = network.layers.find((layer) => layer.scope === scope)?.parameterNames ?? [];
    if (index === 0 && names.length > 0) facts.push([t('Parameters'), names.join(', ')]);
    if (!checkpoint) continue;
    for (const name of names) {
      const tensor = checkpoint.contents.tensors.get(`${network.name}/${name}`);
      if (tensor && !(tensor.data instanceof BigInt64Array))
        histograms.push({ title: name, network: index, ...histogramOf(tensor.data) });
    }
  }
  if (checkpoint && histograms.length > 0) facts.push([t('Weights as of step'), String(checkpoint.step)]);
  return { facts, histograms };
}

/** Counts over equal bins between the least and the largest finite value. */
export function histogramOf(values: ArrayLike<number>): Pick<Histogram, 'edges' | 'counts'> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { edges: [0, 0], counts: [0] };
  if (low === high) return { edges: [low, high], counts: [values.length] };
  const width = (high - low) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++)
    if (Number.isFinite(values[i])) counts[Math.min(bins - 1, Math.floor((values[i] - low) / width))]++;
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + i * width), counts };
}

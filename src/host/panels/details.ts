/**
 * What only the host can say of a row: which parameters it has, and histograms of its weights at the newest
 * checkpoint: one a parameter of a layer, one over all weight matrices of a block or a stage. A run without a
 * checkpoint has none; that is no failure. Where there are several seeds, they are the first one's.
 */
import { t } from '../../base/localize';
import { batchNormWords } from '../../networks/batchNorms';
import type { LayerDescription, NetworkDescription } from '../../protocol/description';
import type { Fact, Histogram, PanelRequests } from '../../protocol/panel';
import { stepOf } from '../../runs/checkpoints';
import { replicatedNetworks } from '../../runs/replicas';
import { openRun } from '../../runs/runReader';

const bins = 40;
const matrices = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

export async function readDetails(
  folder: string | undefined,
  scope: string,
  networks: readonly NetworkDescription[],
): Promise<PanelRequests['row/details']['result']> {
  const run = folder === undefined ? undefined : await openRun(folder);
  const recorded = run ? replicatedNetworks(run.description) : [];
  const shown = networks.map(({ layers }, network) => {
    const owner = recorded[network]?.replicas[0].name;
    return groupsOf(layers, scope).map((group) => ({
      ...group,
      keys: group.names.map((name) => `${owner}/${name}`),
    }));
  });
  const keys = new Set(shown.flat().flatMap((group) => group.keys));
  const checkpoint =
    keys.size > 0 ? await run?.checkpoint({ wants: (tensor) => keys.has(tensor) }) : undefined;
  const facts: Fact[] = [];
  const histograms: Histogram[] = [];
  for (const [network, groups] of shown.entries()) {
    if (groups.length === 0) continue;
    if (facts.length === 0 && groups[0].isLayer)
      facts.push([t('Parameter names'), groups.map(({ title }) => title).join(', ')]);
    if (network === 0)
      facts.push(...batchNormFacts(networks[0].layers, scope, run?.description.settings.steps));
    for (const { title, keys } of groups) {
      const values = keys.flatMap((key) => {
        const data = checkpoint?.contents.tensors.get(key)?.data;
        return data && !(data instanceof BigInt64Array) ? [data] : [];
      });
      if (values.length > 0) histograms.push({ title, network, ...histogramOf(...values) });
    }
  }
  if (checkpoint && histograms.length > 0) {
    const seeds = recorded[0].replicas.map(({ seed }) => seed);
    // One step, unless a network diverged and the others went on.
    const steps = histograms.map(({ network }) => stepOf(checkpoint, recorded[network].replicas[0].name));
    const words = [...new Set(steps)].join(', ');
    facts.push([
      t('Weights as of step'),
      seeds.length > 1 ? t('{0}, from seed {1}', words, seeds[0]) : words,
    ]);
  }
  return { facts, histograms };
}

/** What a batch norm's numbers mean, and what a run of that length leaves of its statistics' start. */
function batchNormFacts(layers: readonly LayerDescription[], scope: string, steps: unknown): Fact[] {
  const norm = layers.find((layer) => layer.scope === scope)?.batchNorm;
  if (!norm) return [];
  return [[t('Running statistics'), batchNormWords(norm, typeof steps === 'number' ? steps : undefined)]];
}

interface Group {
  readonly title: string;
  readonly names: readonly string[];
  readonly isLayer: boolean;
}

/** The parameters that one histogram shows: a layer's one by one, those below a scope together. */
function groupsOf(layers: readonly LayerDescription[], scope: string): Group[] {
  const own = layers.find((layer) => layer.scope === scope);
  if (own) return own.parameterNames.map((name) => ({ title: name, names: [name], isLayer: true }));
  const below = layers.filter(
    ({ scope: s, op, parameterNames }) =>
      s.startsWith(`${scope}/`) && matrices.has(op) && parameterNames.length > 0,
  );
  if (below.length === 0) return [];
  const names = below.map(({ parameterNames }) => parameterNames[0]);
  return [{ title: t('Weights of {0} layers', below.length), names, isLayer: false }];
}

/** Counts over equal bins between the least and the largest finite value of all arrays together. */
export function histogramOf(...arrays: readonly ArrayLike<number>[]): Pick<Histogram, 'edges' | 'counts'> {
  let [low, high, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const each = (visit: (value: number) => void) => {
    for (const values of arrays)
      for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) visit(values[i]);
  };
  each((value) => {
    if (value < low) low = value;
    if (value > high) high = value;
    finite++;
  });
  if (finite === 0) return { edges: [0, 0], counts: [0] };
  if (low === high) return { edges: [low, high], counts: [finite] };
  const width = (high - low) / bins;
  const counts = new Array<number>(bins).fill(0);
  each((value) => counts[Math.min(bins - 1, Math.floor((value - low) / width))]++);
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + i * width), counts };
}

/**
 * The axes: one for each metric, shared by all networks and all steps, so that nothing looks vanished because of
 * autoscaling. They only ever grow, by whole decades, as numbers come in. Layers inside of blocks reach further
 * than blocks do; the axis makes room for them only where some are unfolded.
 */
import { blocksOf, type TreeNode } from '../layout/tree';
import {
  eachValue,
  extremes,
  type GradientMetric,
  gradientMetrics,
  type Numbers,
  type References,
} from './readings';

/** log10 of both ends, whole numbers. */
export interface Decades {
  readonly from: number;
  readonly to: number;
}

/** Whose values an axis makes room for. */
export type Reach = 'blocks' | 'layers';

/** Share of the activation values that a bar shows in full; the rest runs over, and the bar says so. */
const shownShare = 0.85;

export class Domains {
  /** Counts changes: a picture of whole decades is drawn anew only then. */
  version = 0;
  private readonly ends = new Map<string, Decades>();
  private readonly activations = { activationStd: new Quantiles(), activationMean: new Quantiles() };
  private readonly nodes: Readonly<Record<Reach, readonly TreeNode[]>>;

  constructor(tree: readonly TreeNode[]) {
    const layers = tree.flatMap(leaves);
    const blocks = layers.filter((node) => node.kind !== 'layer' || !node.scope.includes('/'));
    this.nodes = { blocks, layers };
  }

  /** At least two decades, also where nothing is measured yet. */
  of(metric: GradientMetric, reach: Reach): Decades {
    return this.ends.get(`${metric} ${reach}`) ?? { from: -3, to: 1 };
  }

  /** Where the bars of an activation metric end: 1, 2 or 5 times a power of ten. */
  activation(metric: 'activationStd' | 'activationMean'): number {
    return roundUp(this.activations[metric].at(shownShare) * 1.1);
  }

  /** Axes have room for every seed. */
  include(references: References, { vectors, seeds = [{ vectors }] }: Numbers): void {
    for (const metric of gradientMetrics)
      for (const reach of ['blocks', 'layers'] as const)
        for (const seed of seeds) {
          // Exact zeros and overflows lie beyond any axis and are drawn at its ends.
          const [low, high] = extremes(references, this.nodes[reach], metric, seed.vectors[metric]);
          if (high > 0) this.widen(`${metric} ${reach}`, Math.log10(low), Math.log10(high));
        }
    for (const metric of ['activationStd', 'activationMean'] as const) {
      const quantiles = this.activations[metric];
      eachValue(references, this.nodes.blocks, metric, vectors[metric], (value) => quantiles.add(value));
    }
  }

  private widen(axis: string, low: number, high: number): void {
    const known = this.ends.get(axis);
    // A tenth of a decade of air, so that no mark sits on the frame.
    let from = Math.min(known?.from ?? Infinity, Math.floor(low - 0.1));
    let to = Math.max(known?.to ?? -Infinity, Math.ceil(high + 0.1));
    if (to - from < 2) [from, to] = [from - 1, to + (to - from < 1 ? 1 : 0)];
    if (known && known.from === from && known.to === to) return;
    this.ends.set(axis, { from, to });
    this.version++;
  }
}

/** Quantiles of positive numbers from counts in tenths of a decade: bounded memory, exact enough for an axis. */
class Quantiles {
  private readonly counts = new Map<number, number>();
  private total = 0;

  add(value: number): void {
    if (!(value > 0) || value === Infinity) return;
    const bin = Math.floor(10 * Math.log10(value));
    this.counts.set(bin, (this.counts.get(bin) ?? 0) + 1);
    this.total++;
  }

  /** The upper end of the bin that the share lies in; 0 where nothing was added. */
  at(share: number): number {
    let left = share * this.total;
    for (const bin of [...this.counts.keys()].sort((a, b) => a - b)) {
      left -= this.counts.get(bin)!;
      if (left <= 0) return 10 ** ((bin + 1) / 10);
    }
    return 0;
  }
}

/** Everything that can have a row of its own and a number: blocks and layers. */
function leaves(node: TreeNode): readonly TreeNode[] {
  if (node.kind === 'layer') return [node];
  if (node.kind === 'chain') return [node, ...node.children];
  if (node.kind === 'input') return [];
  const blocks = blocksOf(node);
  const loose = node.kind === 'stage' ? node.children.filter((c) => c.kind === 'layer') : [];
  return [...loose, ...blocks.flatMap((block) => [block, ...block.children])];
}

function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = value / power;
  return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power;
}

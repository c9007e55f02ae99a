/**
 * The axes: one for each metric, shared by all networks and all steps, so that nothing looks vanished because of
 * autoscaling. They only ever grow, by whole decades, as numbers come in.
 */
import type { VectorKind } from '../../src/protocol/description';
import { blocksOf, type TreeNode } from '../layout/tree';
import { type GradientMetric, gradientMetrics, type References, read } from './readings';

/** log10 of both ends, whole numbers. */
export interface Decades {
  readonly from: number;
  readonly to: number;
}

type VectorsOfStep = Readonly<Partial<Record<VectorKind, Float32Array>>>;

export class Domains {
  /** Counts changes: a picture of whole decades is drawn anew only then. */
  version = 0;
  private readonly ends = new Map<GradientMetric, Decades>();
  private activationMost = { activationStd: 0, activationMean: 0 };
  private readonly nodes: readonly TreeNode[];

  constructor(tree: readonly TreeNode[]) {
    this.nodes = tree.flatMap(leaves);
  }

  /** At least two decades, also where nothing is measured yet. */
  of(metric: GradientMetric): Decades {
    return this.ends.get(metric) ?? { from: -3, to: 1 };
  }

  /** Largest |value| of an activation metric, rounded up to 1, 2 or 5 times a power of ten. */
  activation(metric: 'activationStd' | 'activationMean'): number {
    return roundUp(this.activationMost[metric]);
  }

  include(references: References, vectors: VectorsOfStep): void {
    for (const metric of gradientMetrics) {
      let [low, high] = [Infinity, -Infinity];
      for (const node of this.nodes) {
        const { middle } = read(references, node, metric, vectors[metric]);
        // Exact zeros and overflows lie beyond any axis and are drawn at its ends.
        if (!(middle > 0) || middle === Infinity) continue;
        low = Math.min(low, middle);
        high = Math.max(high, middle);
      }
      if (high > 0) this.widen(metric, Math.log10(low), Math.log10(high));
    }
    for (const metric of ['activationStd', 'activationMean'] as const) {
      let most = this.activationMost[metric];
      for (const node of this.nodes) {
        // A row of layers is a zoom into its block and may run over; blocks set the scale.
        if (node.kind !== 'block') continue;
        const value = Math.abs(read(references, node, metric, vectors[metric]).middle);
        if (value > most && value < Infinity) most = value;
      }
      if (roundUp(most) !== roundUp(this.activationMost[metric])) this.version++;
      this.activationMost[metric] = most;
    }
  }

  private widen(metric: GradientMetric, low: number, high: number): void {
    const known = this.ends.get(metric);
    // A tenth of a decade of air, so that no mark sits on the frame.
    let from = Math.min(known?.from ?? Infinity, Math.floor(low - 0.1));
    let to = Math.max(known?.to ?? -Infinity, Math.ceil(high + 0.1));
    if (to - from < 2) [from, to] = [from - 1, to + (to - from < 1 ? 1 : 0)];
    if (known && known.from === from && known.to === to) return;
    this.ends.set(metric, { from, to });
    this.version++;
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

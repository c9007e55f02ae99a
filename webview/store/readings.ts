/**
 * From packed vectors to the number of a row: which elements stand behind it, and how several become one. Norms of
 * neighbouring blocks are combined as a geometric mean with their range (the axis is logarithmic), parameters of
 * one block as the norm of all of them together. Where there are several seeds a row's number is read from each of
 * them, and what is shown is their mean and its band. Nothing is smoothed, scaled or filled in; NaN is no value.
 */
import { bandOf, meanKind } from '../../src/protocol/bands';
import type { NetworkDescription, VectorKind } from '../../src/protocol/description';
import type { ColumnNumbers } from '../../src/protocol/series';
import type { LayerNode, TreeNode } from '../layout/tree';

/** What the gradient track and the heat map can show. */
export const gradientMetrics = ['activationGradientNorm', 'weightGradientNorm', 'updateRatio'] as const;
export type GradientMetric = (typeof gradientMetrics)[number];

export const activationMetrics = ['activationStd', 'activationMean'] as const;
export type ActivationMetric = (typeof activationMetrics)[number];

export type RowMetric = GradientMetric | ActivationMetric | 'activationNorm' | 'weightNorm';

/** One number for a row; `low` and `high` differ from it where the row stands for several blocks. */
export interface Reading {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
  /** Least and greatest seed of `middle`, which is then their mean; absent for a single seed. */
  readonly seeds?: Spread;
}

export interface Spread {
  readonly low: number;
  readonly high: number;
  /** How many seeds. */
  readonly count: number;
}

export const noReading: Reading = { middle: Number.NaN, low: Number.NaN, high: Number.NaN };

type Units = readonly Int32Array[];
/** Which elements a metric is read from: of a point, of all its parameters, of its weight matrices, of its fork. */
type Basis = 'point' | 'parameters' | 'matrices' | 'fork';

const basisOf: Record<RowMetric, Basis> = {
  activationGradientNorm: 'point',
  activationStd: 'point',
  activationMean: 'point',
  activationNorm: 'point',
  weightGradientNorm: 'parameters',
  weightNorm: 'parameters',
  updateRatio: 'matrices',
};

/** Element numbers of one network's vectors by row; found once and kept. */
export class References {
  private readonly points: ReadonlyMap<string, number>;
  private readonly parameters: ReadonlyMap<string, number>;
  private readonly forks: ReadonlyMap<string, number>;
  private readonly known = new Map<Basis, WeakMap<TreeNode, Units>>();
  private readonly lists = new WeakMap<readonly TreeNode[], Partial<Record<Basis, Units>>>();

  constructor(
    { vectors }: NetworkDescription,
    private readonly network: number,
  ) {
    this.points = indexOf(vectors.activationGradientNorm ?? vectors.activationStd);
    this.parameters = indexOf(vectors.weightGradientNorm ?? vectors.weightNorm);
    this.forks = indexOf(vectors.skipNorm);
  }

  units(node: TreeNode, basis: Basis): Units {
    let cache = this.known.get(basis);
    if (!cache) this.known.set(basis, (cache = new WeakMap()));
    let units = cache.get(node);
    if (!units) cache.set(node, (units = this.find(node, basis).filter((u) => u.length > 0)));
    return units;
  }

  /** The units of all these nodes in one list, kept by the identity of `nodes`. */
  unitsOfAll(nodes: readonly TreeNode[], basis: Basis): Units {
    let lists = this.lists.get(nodes);
    if (!lists) this.lists.set(nodes, (lists = {}));
    return (lists[basis] ??= nodes.flatMap((node) => this.units(node, basis)));
  }

  private find(node: TreeNode, basis: Basis): Int32Array[] {
    switch (node.kind) {
      case 'input':
        return [];
      case 'layer':
        return [this.ofLayers([node], basis)];
      case 'chain':
        // A chain's activation is what leaves it; its parameters are all of them.
        return [this.ofLayers(basis === 'point' ? node.children.slice(-1) : node.children, basis)];
      case 'block':
        if (basis === 'point') return [this.pick(this.points, [`${node.scope}/`])];
        if (basis === 'fork') return [this.pick(this.forks, [node.scope])];
        return [this.ofLayers(node.children, basis)];
      case 'run':
      case 'stage': {
        const blocks = node.children.filter((c) => c.kind === 'block' || c.kind === 'run');
        const from: readonly TreeNode[] = blocks.length > 0 ? blocks : node.children;
        return from.flatMap((child) => this.units(child, basis));
      }
    }
  }

  private ofLayers(nodes: readonly LayerNode[], basis: Basis): Int32Array {
    if (basis === 'fork') return new Int32Array(0);
    if (basis === 'point')
      return this.pick(
        this.points,
        nodes.map((n) => n.scope),
      );
    const names = nodes.flatMap(({ layers }) => {
      const layer = layers[this.network];
      if (!layer) return [];
      if (basis === 'parameters') return layer.parameterNames;
      return isWeighted(layer.op) ? layer.parameterNames.slice(0, 1) : [];
    });
    return this.pick(this.parameters, names);
  }

  private pick(index: ReadonlyMap<string, number>, names: readonly string[]): Int32Array {
    return Int32Array.from(names.map((name) => index.get(name) ?? -1).filter((i) => i >= 0));
  }
}

/** Convolutions and dense layers: what has a weight matrix. */
export function isWeighted(op: string): boolean {
  return op === 'Conv' || op === 'Gemm' || op === 'MatMul' || op === 'ConvTranspose';
}

const indexOf = (names: readonly string[] = []) => new Map(names.map((name, i) => [name, i]));

/** The value of one unit: an element, a norm over elements, or a geometric mean of ratios. */
function unitValue(vector: Float32Array, unit: Int32Array, metric: RowMetric): number {
  if (unit.length === 1) return vector[unit[0]];
  let sum = 0;
  if (basisOf[metric] === 'parameters') {
    for (const i of unit) sum += vector[i] * vector[i];
    return Math.sqrt(sum);
  }
  for (const i of unit) sum += Math.log(vector[i]);
  return Math.exp(sum / unit.length);
}

/** The numbers of one column, and of each of its seeds where there are several. */
export interface Numbers {
  readonly vectors: ColumnNumbers['vectors'];
  readonly seeds?: readonly Pick<ColumnNumbers, 'vectors'>[];
}

/** A row's number over the seeds; the range of its blocks is that of the seeds' mean. */
export function readSeeds(
  references: References,
  node: TreeNode,
  metric: RowMetric,
  { vectors, seeds }: Numbers,
): Reading {
  const own = read(references, node, metric, vectors[metric]);
  if (!seeds) return own;
  return withSpread(
    own,
    seeds.map((seed) => read(references, node, metric, seed.vectors[metric]).middle),
    meanKind(metric),
  );
}

function withSpread(own: Reading, seeds: readonly number[], mean: 'geometric' | 'arithmetic'): Reading {
  const { middle, low, high } = bandOf(seeds, mean);
  const spread = { middle, seeds: { low, high, count: seeds.length } };
  // A row of one block has no range of its own.
  return own.low === own.high ? { ...spread, low: middle, high: middle } : { ...own, ...spread };
}

export function read(
  references: References,
  node: TreeNode,
  metric: RowMetric,
  vector: Float32Array | undefined,
): Reading {
  if (!vector) return noReading;
  const units = references.units(node, basisOf[metric]);
  if (units.length === 0) return noReading;
  if (units.length === 1) {
    const value = unitValue(vector, units[0], metric);
    return { middle: value, low: value, high: value };
  }
  const isLinear = metric === 'activationStd' || metric === 'activationMean';
  let [low, high, sum, count] = [Infinity, -Infinity, 0, 0];
  for (const unit of units) {
    const value = unitValue(vector, unit, metric);
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += isLinear ? value : Math.log(value);
    count++;
  }
  if (count === 0) return noReading;
  return { middle: isLinear ? sum / count : Math.exp(sum / count), low, high };
}

/** Least and greatest finite positive value of many rows at once, without an object a row: [low, high]. */
export function extremes(
  references: References,
  nodes: readonly TreeNode[],
  metric: RowMetric,
  vector: Float32Array | undefined,
): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  if (!vector) return [low, high];
  for (const unit of references.unitsOfAll(nodes, basisOf[metric])) {
    const value = unitValue(vector, unit, metric);
    if (!(value > 0) || value === Infinity) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** Every value of many rows' units, absolute. */
export function eachValue(
  references: References,
  nodes: readonly TreeNode[],
  metric: RowMetric,
  vector: Float32Array | undefined,
  visit: (value: number) => void,
): void {
  if (!vector) return;
  for (const unit of references.unitsOfAll(nodes, basisOf[metric]))
    visit(Math.abs(unitValue(vector, unit, metric)));
}

/** How the gradient at a block's input divides: shares of the two norms, 0 to 1; NaN where there is no fork. */
export function skipShare(references: References, node: TreeNode, { vectors, seeds }: Numbers): Reading {
  const own = shareIn(references, node, vectors);
  if (!seeds) return own;
  const shares = seeds.map((seed) => shareIn(references, node, seed.vectors).middle);
  return withSpread(own, shares, 'arithmetic');
}

function shareIn(references: References, node: TreeNode, vectors: ColumnNumbers['vectors']): Reading {
  const { skipNorm, branchNorm } = vectors;
  if (!skipNorm || !branchNorm) return noReading;
  let [low, high, sum, count] = [Infinity, -Infinity, 0, 0];
  for (const [i] of references.units(node, 'fork')) {
    const share = skipNorm[i] / (skipNorm[i] + branchNorm[i]);
    if (Number.isNaN(share)) continue;
    low = Math.min(low, share);
    high = Math.max(high, share);
    sum += share;
    count++;
  }
  return count === 0 ? noReading : { middle: sum / count, low, high };
}

/** Element `kind` of the forks of a node, averaged; for the cosine in the details. */
export function forkMean(references: References, node: TreeNode, vector: Float32Array | undefined): number {
  if (!vector) return Number.NaN;
  const units = references.units(node, 'fork');
  let [sum, count] = [0, 0];
  for (const [i] of units)
    if (!Number.isNaN(vector[i])) {
      sum += vector[i];
      count++;
    }
  return count === 0 ? Number.NaN : sum / count;
}

export type { VectorKind };

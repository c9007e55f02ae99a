/**
 * The measurements of a step as nodes: sums and sums of squares of every activation and gradient, and the inner
 * products at forks, packed into one vector a kind. One small node a tensor, then a few for all tensors of one
 * shape together, so that recording stays cheap and the graph of a thousand layers stays small.
 */
import type { Builder } from '../ir/builder';
import type { Block, Graph, Node, Value } from '../ir/graph';
import { float32, type Shape, sizeOf } from '../ir/tensorType';
import type { Gradients } from './differentiate';
import type { Point } from './trainingGraph';

export interface Taps {
  /** Position in the packed activation vectors of every point: equal values are measured once. */
  readonly activationAt: readonly number[];
  readonly gradientAt: readonly number[];
  /** Elements of each measured activation, by position. */
  readonly activationSizes: readonly number[];
  /** Positions, within the packed gradient vector, of each fork's two parts. */
  readonly skipAt: readonly number[];
  readonly branchAt: readonly number[];
}

export const noTaps: Taps = {
  activationAt: [],
  gradientAt: [],
  activationSizes: [],
  skipAt: [],
  branchAt: [],
};

/** Adds the outputs `activationSquares`, `activationSums`, `gradientSquares` and, with forks, `forkDots`. */
export function addTaps(
  b: Builder,
  network: Graph,
  points: readonly Point[],
  forks: readonly Block[],
  gradients: Gradients,
): Taps {
  const activations = measureActivations(
    b,
    network.nodes,
    points.map((p) => p.value),
  );
  b.output('activationSquares', activations.squares);
  b.output('activationSums', activations.sums);

  const measured = new Set<Value>();
  const gradientOf = (value: Value) => {
    const g = gradients.of(value);
    if (g) measured.add(g);
    return g;
  };
  const ofPoints = points.map((p) => gradientOf(p.value));
  const ofSkips = forks.map((block) => gradientOf(block.fork!.skip));
  const ofBranches = forks.map((block) => gradientOf(block.fork!.branch));
  const squares = reduceAll(b, 'ReduceSumSquare', [...measured]);
  b.output('gradientSquares', squares.vector);
  if (forks.length > 0) {
    const zero = b.constant(float32(1, 1), [0]);
    const dots = forks.map((_, i) => {
      const [skip, branch] = [ofSkips[i], ofBranches[i]];
      return skip && branch ? dot(b, skip, branch) : zero;
    });
    const column = b.op('Concat', dots, { axis: 0 });
    b.output('forkDots', b.op('Reshape', [column], { shape: [forks.length] }));
  }
  const place = (g: Value | null) => (g ? squares.at.get(g)! : -1);
  return {
    activationAt: points.map((p) => activations.at.get(p.value)!),
    activationSizes: activations.sizes,
    gradientAt: ofPoints.map(place),
    skipAt: ofSkips.map(place),
    branchAt: ofBranches.map(place),
  };
}

interface Packed {
  readonly vector: Value;
  /** Position of every value in it. */
  readonly at: ReadonlyMap<Value, number>;
}

/** Sums that are known already: what batch norm reads and writes follows from its statistics, a channel at a time. */
interface NormSite {
  readonly node: Node;
  readonly channels: number;
  readonly count: number;
  readonly epsilon: number;
}

function measureActivations(b: Builder, nodes: readonly Node[], values: readonly Value[]) {
  const read = new Map<Value, NormSite>();
  const written = new Map<Value, NormSite>();
  for (const node of nodes) {
    if (node.op !== 'BatchNormalizationTraining') continue;
    const [x] = node.inputs;
    const channels = x.type.shape[1];
    const epsilon = Number(node.attributes.epsilon);
    const site = { node, channels, count: sizeOf(x.type.shape) / channels, epsilon };
    if (!read.has(x)) read.set(x, site);
    written.set(node.outputs[0], site);
  }
  const distinct = [...new Set(values)];
  const inputs = distinct.filter((v) => read.has(v) && !written.has(v));
  const outputs = distinct.filter((v) => written.has(v));
  const others = distinct.filter((v) => !read.has(v) && !written.has(v));

  const squares: Value[] = [];
  const sums: Value[] = [];
  const order: Value[] = [];
  const add = (members: readonly Value[], square: Value, sum: Value) => {
    order.push(...members);
    squares.push(square);
    sums.push(sum);
  };
  for (const members of classesOf(inputs, (v) => normKey(read.get(v)!))) {
    const sites = members.map((v) => read.get(v)!);
    const [mean, variance] = [1, 2].map((i) => rows(b, sites, (n) => n.outputs[i]));
    const perElement = b.op('Add', [variance, b.op('Mul', [mean, mean])]);
    add(members, overChannels(b, perElement, sites[0]), overChannels(b, mean, sites[0]));
  }
  for (const members of classesOf(outputs, (v) => normKey(written.get(v)!))) {
    const sites = members.map((v) => written.get(v)!);
    const [scale, shift] = [1, 2].map((i) => rows(b, sites, (n) => n.inputs[i]));
    const variance = rows(b, sites, (n) => n.outputs[2]);
    const epsilon = b.constant(float32(), [sites[0].epsilon]);
    const share = b.op('Div', [variance, b.op('Add', [variance, epsilon])]);
    const spread = b.op('Mul', [b.op('Mul', [scale, scale]), share]);
    const perElement = b.op('Add', [spread, b.op('Mul', [shift, shift])]);
    add(members, overChannels(b, perElement, sites[0]), overChannels(b, shift, sites[0]));
  }
  if (others.length > 0) {
    const square = reduceAll(b, 'ReduceSumSquare', others);
    const sum = reduceAll(b, 'ReduceSum', others);
    add([...square.at.keys()], square.vector, sum.vector);
  }
  return {
    squares: joined(b, squares),
    sums: joined(b, sums),
    at: positions(order),
    sizes: order.map((v) => sizeOf(v.type.shape)),
  };
}

const normKey = ({ channels, count, epsilon }: NormSite) => `${channels}/${count}/${epsilon}`;

/** A vector [C] of every site, as [sites, C]. */
function rows(b: Builder, sites: readonly NormSite[], pick: (node: Node) => Value): Value {
  const vectors = sites.map((s) => pick(s.node));
  return b.op('Reshape', [joined(b, vectors)], { shape: [sites.length, sites[0].channels] });
}

/** [sites, C] of means over elements to [sites] of sums. */
function overChannels(b: Builder, perElement: Value, { count }: NormSite): Value {
  const sum = b.op('ReduceSum', [perElement], { axes: [1], keepdims: false });
  return b.op('Mul', [sum, b.constant(float32(), [count])]);
}

/**
 * One number a tensor, a shape at a time. The first node keeps the images of a batch apart, whose bytes lie
 * together in every layout; of very large images it keeps the channels apart too, because a running float32 sum
 * over a million elements would be off by 2e-4.
 */
function reduceAll(b: Builder, op: 'ReduceSum' | 'ReduceSumSquare', values: readonly Value[]): Packed {
  const parts: Value[] = [];
  const order: Value[] = [];
  for (const members of classesOf(values, (v) => v.type.shape.join('x'))) {
    const axes = tailOf(members[0].type.shape);
    const partial = members.map((v) =>
      b.op(op, [v], { axes, keepdims: axes.length === v.type.shape.length }),
    );
    const width = sizeOf(partial[0].type.shape);
    const matrix = b.op('Reshape', [joined(b, partial)], { shape: [members.length, width] });
    parts.push(b.op('ReduceSum', [matrix], { axes: [1], keepdims: false }));
    order.push(...members);
  }
  return { vector: joined(b, parts), at: positions(order) };
}

const longSum = 1 << 18;

/** Axes behind the leading ones that a first reduction keeps. */
function tailOf(shape: Shape): number[] {
  const axes = shape.map((_, i) => i);
  if (shape.length === 1) return axes;
  let first = 1;
  while (first < shape.length - 1 && sizeOf(shape.slice(first)) > longSum) first++;
  return axes.slice(first);
}

function classesOf(values: readonly Value[], key: (value: Value) => string): Value[][] {
  const classes = new Map<string, Value[]>();
  for (const value of values) {
    const members = classes.get(key(value));
    if (members) members.push(value);
    else classes.set(key(value), [value]);
  }
  return [...classes.values()];
}

function positions(order: readonly Value[]): Map<Value, number> {
  return new Map(order.map((value, i) => [value, i]));
}

function joined(b: Builder, parts: readonly Value[]): Value {
  return parts.length === 1 ? parts[0] : b.op('Concat', parts, { axis: 0 });
}

/** The inner product of two tensors of one shape, as [1, 1]. */
function dot(b: Builder, x: Value, y: Value): Value {
  const n = sizeOf(x.type.shape);
  const row = b.op('Reshape', [x], { shape: [1, n] });
  const column = b.op('Reshape', [y], { shape: [n, 1] });
  return b.op('Gemm', [row, column]);
}

/**
 * The measurements of a step as nodes. Every tensor leaves partial sums behind (one a sample), and all of them
 * are joined into one output, `measures`; the host adds them up in float64. What batch norm reads and writes
 * costs nothing: it follows from the statistics, a channel at a time; nor does the mean of an addition, which is that
 * of its two terms.
 *
 * The order of nodes matters, and `inOrder` puts them there. onnxruntime runs first what the last node needs, the
 * input that was written last before all others; and it sorts nodes in a list of those whose inputs are ready,
 * in a time that grows with that list. So taps stand in segments, each right behind the tensors that it measures
 * (the list stays short), the youngest tensor first (it is measured last), and the vector that a segment adds to
 * is joined behind the next segment (it is computed before it). Every tensor is then measured behind the node
 * that made it, while it is in the cache, and can be freed at once.
 */
import type { Builder } from '../ir/builder';
import type { Block, Node, Value } from '../ir/graph';
import { type Shape, sameShape, sizeOf } from '../ir/tensorType';
import type { Gradients } from './differentiate';
import type { Point } from './trainingGraph';

/** Where the numbers of one tensor lie in `measures`. */
export interface Slot {
  readonly at: number;
  readonly length: number;
  /** Whether they are the tensor itself, and not sums of squares (or of products) of it. */
  readonly isRaw: boolean;
}

/** The sum of two tensors: its squares are theirs and twice their products, with no pass over it. */
export interface SumSlot {
  readonly squares: readonly [Slot, Slot];
  readonly products: Slot;
}

/**
 * What is known of an activation: sums over it, its squares and the two that it is the sum of (whose means add up),
 * or what batch norm reads (a mean, a variance a channel) or writes.
 */
export type ActivationTap =
  | { readonly kind: 'sums'; readonly size: number; readonly squares: Slot; readonly sums: Slot }
  | {
      readonly kind: 'added';
      readonly size: number;
      readonly squares: Slot;
      readonly terms: readonly ActivationTap[];
    }
  | { readonly kind: 'normInput'; readonly size: number; readonly means: Slot; readonly variances: Slot }
  | {
      readonly kind: 'normOutput';
      readonly size: number;
      readonly epsilon: number;
      readonly variances: Slot;
      readonly scales: Slot;
      readonly shifts: Slot;
    };

export interface Taps {
  /** One a point; points that share a value share its slots. */
  readonly activations: readonly ActivationTap[];
  /** One a point; null where the loss does not depend on it. */
  readonly gradients: readonly (Slot | SumSlot | null)[];
  /** One a fork: sums of squares of its two parts, and of their products. */
  readonly skips: readonly (Slot | null)[];
  readonly branches: readonly (Slot | null)[];
  readonly dots: readonly (Slot | null)[];
}

export const noTaps: Taps = {
  activations: [],
  gradients: [],
  skips: [],
  branches: [],
  dots: [],
};

export interface Measured {
  readonly points: readonly Point[];
  readonly forks: readonly Block[];
  readonly gradients: Gradients;
  /** The parameters' gradients, each made flat. */
  readonly weightGradients: Iterable<Value>;
}

export interface Tapping {
  readonly taps: Taps;
  /** Nodes in the order that makes the measurements cheap. */
  inOrder(nodes: readonly Node[]): Node[];
}

/** Adds the output `measures`. It has to be the graph's last output: see above. */
export function addTaps(b: Builder, { points, forks, gradients, weightGradients }: Measured): Tapping {
  const ofPoints = points.map((p) => gradients.of(p.value));
  const ofForks = forks.map(({ fork }) => [gradients.of(fork!.skip), gradients.of(fork!.branch)] as const);
  const tapped = new Tapped(b);
  const { nodes } = b.finish();
  const sites = sitesOf(nodes, points);
  const adds = new Map(
    nodes.filter((n) => n.op === 'Add').map((n) => [n.inputs.map((v) => v.id).join('+'), n.outputs[0]]),
  );
  const sums = new Map<Value, SumSlot>();
  for (const [skip, branch] of ofForks) {
    if (!skip || !branch || skip === branch) continue;
    const squares = [tapped.squares(skip), tapped.squares(branch)] as const;
    const sum = adds.get(`${skip.id}+${branch.id}`) ?? adds.get(`${branch.id}+${skip.id}`);
    if (sum) sums.set(sum, { squares, products: tapped.products(skip, branch) });
  }
  const taps = {
    activations: points.map((p) => tapped.activation(p.value, sites)),
    gradients: ofPoints.map((g) => g && (sums.get(g) ?? tapped.squares(g))),
    skips: ofForks.map(([skip]) => skip && tapped.squares(skip)),
    branches: ofForks.map(([, branch]) => branch && tapped.squares(branch)),
    dots: ofForks.map(([skip, branch]) => (skip && branch ? tapped.products(skip, branch) : null)),
  };
  const flat = new Set(weightGradients);
  b.output('measures', tapped.finish(flat));
  return { taps, inOrder: (nodes) => tapped.inOrder(nodes, flat) };
}

interface Sites {
  /** Batch norms by what they normalise, and by what they give. */
  readonly reading: ReadonlyMap<Value, Node>;
  readonly writing: ReadonlyMap<Value, Node>;
  /** What is added to give a value, where both have its shape and are measured themselves. */
  readonly terms: ReadonlyMap<Value, readonly Value[]>;
}

function sitesOf(nodes: readonly Node[], points: readonly Point[]): Sites {
  const norms = nodes.filter((n) => n.op === 'BatchNormalizationTraining');
  const measured = new Set(points.map((p) => p.value));
  const copies = new Map(nodes.flatMap((n) => (n.op === 'Identity' ? [[n.outputs[0], n.inputs[0]]] : [])));
  const terms = new Map<Value, readonly Value[]>();
  for (const { op, inputs, outputs } of nodes) {
    if (op !== 'Add' || !measured.has(outputs[0])) continue;
    const own = inputs.map((v) => copies.get(v) ?? v);
    if (own.every((v) => measured.has(v) && sameShape(v.type.shape, outputs[0].type.shape)))
      terms.set(outputs[0], own);
  }
  return {
    reading: new Map(norms.map((n) => [n.inputs[0], n])),
    writing: new Map(norms.map((n) => [n.outputs[0], n])),
    terms,
  };
}

interface Request {
  readonly from: readonly Value[];
  /** Writes the nodes; absent where the tensor itself is what is wanted. */
  readonly write?: () => Value;
  readonly slot: { at: number; readonly length: number; readonly isRaw: boolean };
}

/** Taps in one segment. */
const segmentLength = 48;

/** Collects what is measured, then writes it all. Slots are handed out as asked; equal requests share one. */
class Tapped {
  private readonly requests: Request[] = [];
  private readonly known = new Map<string, Slot>();
  private readonly activations = new Map<Value, ActivationTap>();
  private readonly age = new Map<Value, number>();
  /** Where nodes belong that were written later: behind the node of that number. */
  private readonly behind = new Map<Node, number>();

  constructor(private readonly b: Builder) {}

  raw(value: Value): Slot {
    return this.request(`raw ${value.id}`, [value], sizeOf(value.type.shape), true);
  }

  squares(value: Value): Slot {
    return this.reduction('ReduceSumSquare', value);
  }

  sums(value: Value): Slot {
    return this.reduction('ReduceSum', value);
  }

  /** The inner product of two tensors of one shape. */
  products(x: Value, y: Value): Slot {
    const n = sizeOf(x.type.shape);
    return this.request(`dot ${x.id} ${y.id}`, [x, y], 1, false, () => {
      const row = this.b.op('Reshape', [x], { shape: [1, n] });
      const column = this.b.op('Reshape', [y], { shape: [n, 1] });
      return this.b.op('Reshape', [this.b.op('Gemm', [row, column])], { shape: [1] });
    });
  }

  activation(value: Value, sites: Sites): ActivationTap {
    const known = this.activations.get(value) ?? this.newActivation(value, sites);
    this.activations.set(value, known);
    return known;
  }

  /** Writes all taps, a segment at a time, and joins them. */
  finish(flat: ReadonlySet<Value>): Value {
    // A gradient made flat is no younger than the gradient: it will stand behind it.
    for (const [i, { op, inputs, outputs }] of this.b.finish().nodes.entries())
      for (const v of outputs) this.age.set(v, op === 'Reshape' && flat.has(v) ? this.ageOf(inputs) : i);
    const byAge = [...this.requests].sort((p, q) => this.ageOf(p.from) - this.ageOf(q.from));
    let joined: Value[] = [];
    let length = 0;
    for (let start = 0; start < byAge.length; start += segmentLength) {
      const segment = byAge.slice(start, start + segmentLength);
      const first = this.b.finish().nodes.length;
      const parts = new Map<Request, Value>();
      for (const request of [...segment].reverse()) parts.set(request, request.write?.() ?? request.from[0]);
      if (joined.length > 1) joined = [this.b.op('Concat', joined, { axis: 0 })];
      for (const node of this.b.finish().nodes.slice(first))
        this.behind.set(node, this.ageOf(segment.flatMap((r) => r.from)));
      for (const request of segment) {
        joined.push(parts.get(request)!);
        request.slot.at = length;
        length += request.slot.length;
      }
    }
    return this.b.op('Concat', joined, { axis: 0 });
  }

  /** Segments behind their tensors, and flattened gradients (`flat`) behind the gradients. */
  inOrder(nodes: readonly Node[], flat: ReadonlySet<Value>): Node[] {
    const place = (node: Node, i: number) =>
      this.behind.get(node) ??
      (node.op === 'Reshape' && flat.has(node.outputs[0]) ? this.ageOf(node.inputs) : i);
    const placed = nodes.map((node, i) => ({ node, i, at: place(node, i) }));
    return placed.sort((p, q) => p.at - q.at || p.i - q.i).map(({ node }) => node);
  }

  private ageOf(values: readonly Value[]): number {
    return values.reduce((oldest, v) => Math.max(oldest, this.age.get(v) ?? -1), -1);
  }

  private newActivation(value: Value, sites: Sites): ActivationTap {
    const { reading, writing } = sites;
    const size = sizeOf(value.type.shape);
    const writer = writing.get(value);
    if (writer) {
      const [[, scale, shift], [, , variance]] = [writer.inputs, writer.outputs];
      const [variances, scales, shifts] = [variance, scale, shift].map((v) => this.raw(v));
      const epsilon = Number(writer.attributes.epsilon);
      return { kind: 'normOutput', size, epsilon, variances, scales, shifts };
    }
    const reader = reading.get(value);
    if (reader) {
      const [means, variances] = reader.outputs.slice(1).map((v) => this.raw(v));
      return { kind: 'normInput', size, means, variances };
    }
    const terms = sites.terms.get(value)?.map((term) => this.activation(term, sites));
    if (terms) return { kind: 'added', size, squares: this.squares(value), terms };
    return { kind: 'sums', size, squares: this.squares(value), sums: this.sums(value) };
  }

  private reduction(op: 'ReduceSum' | 'ReduceSumSquare', value: Value): Slot {
    const { shape } = value.type;
    const axes = tailOf(shape);
    const length = sizeOf(shape.slice(0, shape.length - axes.length));
    return this.request(`${op} ${value.id}`, [value], length, false, () => {
      const partial = this.b.op(op, [value], { axes, keepdims: axes.length === shape.length });
      return partial.type.shape.length === 1 ? partial : this.b.op('Reshape', [partial], { shape: [length] });
    });
  }

  private request(
    key: string,
    from: readonly Value[],
    length: number,
    isRaw: boolean,
    write?: () => Value,
  ): Slot {
    const known = this.known.get(key);
    if (known) return known;
    // Its place is known once all have been asked for.
    const slot = { at: -1, length, isRaw };
    this.known.set(key, slot);
    this.requests.push({ from, write, slot });
    return slot;
  }
}

/** No running float32 sum is longer: over a million squares it would be off by 2e-4. */
const longSum = 32768;

/** Axes behind the leading ones that a reduction keeps. */
function tailOf(shape: Shape): number[] {
  const axes = shape.map((_, i) => i);
  if (shape.length === 1) return axes;
  let first = 1;
  while (first < shape.length - 1 && sizeOf(shape.slice(first)) > longSum) first++;
  return axes.slice(first);
}

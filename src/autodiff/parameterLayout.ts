/**
 * Parameters packed into one vector. Equal shapes lie together, so that a class of L parameters of one shape is a
 * matrix [L, size]: one node measures all of their norms and one node updates every parameter of the network.
 * That keeps a step of 1,202 layers at a node count that an engine can create.
 */
import { internal } from '../base/errors';
import type { Builder } from '../ir/builder';
import type { Node, PackedTensor, Parameter, Value } from '../ir/graph';
import { float32, type Shape, sizeOf } from '../ir/tensorType';

export interface PackedParameter {
  readonly name: string;
  readonly shape: Shape;
  /** Where it begins in the packed vector, in elements. */
  readonly offset: number;
  readonly size: number;
  readonly parameter: Parameter;
}

export interface ParameterLayout {
  /** In the network's own (scope) order. */
  readonly entries: readonly PackedParameter[];
  /** In packed order: consecutive parameters of one shape. */
  readonly classes: readonly { readonly shape: Shape; readonly members: readonly PackedParameter[] }[];
  /** Elements in all. */
  readonly size: number;
}

export function layOut(parameters: readonly Parameter[]): ParameterLayout {
  const byShape = new Map<string, Parameter[]>();
  for (const parameter of parameters) {
    const key = parameter.value.type.shape.join('x');
    const members = byShape.get(key);
    if (members) members.push(parameter);
    else byShape.set(key, [parameter]);
  }
  let offset = 0;
  const packed = new Map<Parameter, PackedParameter>();
  const classes = [...byShape.values()].map((members) => {
    const { shape } = members[0].value.type;
    const size = sizeOf(shape);
    return {
      shape,
      members: members.map((parameter) => {
        const entry = { name: parameter.value.name, shape, offset, size, parameter };
        offset += size;
        packed.set(parameter, entry);
        return entry;
      }),
    };
  });
  return { entries: parameters.map((p) => packed.get(p)!), classes, size: offset };
}

/** The tensors of a packed vector in the order in which they lie. */
export function packedTensors({ classes }: ParameterLayout): PackedTensor[] {
  return classes.flatMap(({ members }) => members.map(({ offset, shape }) => ({ offset, shape })));
}

/**
 * Nodes that define the parameters' own values from the packed vector, to be put before the forward nodes. They
 * re-use the parameters' Value objects, so the forward nodes need no rewriting. Vectors are cut out one by one;
 * a class of other tensors is cut out as one tensor and then along its first axis, which takes two nodes for any
 * number of members.
 */
export function unpackNodes(b: Builder, packed: Value, layout: ParameterLayout): Node[] {
  if (layout.entries.length === 0) return [];
  const first: {
    size: number;
    define?: Value;
    /** A single number, whose piece has an axis too many. */
    single?: Value;
    members?: readonly PackedParameter[];
  }[] = [];
  for (const { shape, members } of layout.classes)
    if (shape.length === 1) for (const m of members) first.push({ size: m.size, define: m.parameter.value });
    else if (shape.length === 0) for (const m of members) first.push({ size: 1, single: m.parameter.value });
    else first.push({ size: members.length * members[0].size, members });
  const nodes: Node[] = [];
  const last = (outputs: readonly Value[]) => nodes.push({ ...b.lastNode, outputs });
  const pieces = b.apply('Split', [packed], { axis: 0, sizes: first.map((p) => p.size) });
  last(pieces.map((piece, i) => first[i].define ?? piece));
  first.forEach(({ members, single }, i) => {
    if (single) {
      b.op('Reshape', [pieces[i]], { shape: [] });
      last([single]);
    }
    if (!members) return;
    const [{ shape }] = members;
    const values = members.map((m) => m.parameter.value);
    const whole = b.op('Reshape', [pieces[i]], { shape: [members.length * shape[0], ...shape.slice(1)] });
    if (values.length === 1) last(values);
    else {
      last([whole]);
      b.apply('Split', [whole], { axis: 0, sizes: members.map(() => shape[0]) });
      last(values);
    }
  });
  return nodes;
}

/** One value a parameter made flat, by name. */
export function flatten(
  b: Builder,
  layout: ParameterLayout,
  values: ReadonlyMap<string, Value>,
): Map<string, Value> {
  const flat = new Map<string, Value>();
  for (const { name, shape, size } of layout.entries) {
    const value = values.get(name);
    if (value) flat.set(name, shape.length === 1 ? value : b.op('Reshape', [value], { shape: [size] }));
  }
  return flat;
}

/** Packs flat values by parameter name into a vector in layout order; zeros where there is none. */
export function packValues(b: Builder, layout: ParameterLayout, flat: ReadonlyMap<string, Value>): Value {
  const parts = layout.classes.flatMap(({ members }) =>
    members.map(
      ({ name, size }) => flat.get(name) ?? b.op('Expand', [b.constant(float32(1), [0])], { shape: [size] }),
    ),
  );
  return b.op('Concat', parts, { axis: 0 });
}

/**
 * In how many equal cells a long sum is taken. A running float32 sum of a million squares is off by 2e-4, because
 * each of them is small beside it; sums of some thousands, added up, are off by 1e-6.
 */
export function cellsOf(size: number): number {
  if (size < longSum) return 1;
  let cells = Math.ceil(size / longSum);
  while (size % cells !== 0) cells++;
  return cells;
}

const longSum = 8192;

/** Sums of squares of every parameter's part of a packed vector, in layout order: [number of parameters]. */
export function squaresByParameter(b: Builder, packed: Value, layout: ParameterLayout): Value {
  const sizes = layout.classes.map(({ members }) => members.length * members[0].size);
  const pieces = sizes.length === 1 ? [packed] : b.apply('Split', [packed], { axis: 0, sizes });
  const squares = layout.classes.map(({ members }, i) => {
    const { size } = members[0];
    const cells = cellsOf(size);
    if (cells === 1) {
      const rows = b.op('Reshape', [pieces[i]], { shape: [members.length, size] });
      return b.op('ReduceSumSquare', [rows], { axes: [1], keepdims: false });
    }
    const rows = b.op('Reshape', [pieces[i]], { shape: [members.length, cells, size / cells] });
    const partial = b.op('ReduceSumSquare', [rows], { axes: [2], keepdims: false });
    return b.op('ReduceSum', [partial], { axes: [1], keepdims: false });
  });
  return b.op('Concat', squares, { axis: 0 });
}

/** Re-orders a vector with one element a parameter from layout order into scope order. */
export function inScopeOrder(layout: ParameterLayout, vector: ArrayLike<number>): Float64Array {
  const position = new Map<string, number>();
  for (const { members } of layout.classes) for (const { name } of members) position.set(name, position.size);
  return Float64Array.from(layout.entries, ({ name }) => vector[position.get(name)!]);
}

/** Copies named tensors into a packed vector. */
export function pack(layout: ParameterLayout, tensors: ReadonlyMap<string, ArrayLike<number>>): Float32Array {
  const packed = new Float32Array(layout.size);
  for (const { name, offset, size } of layout.entries) {
    const data = tensors.get(name);
    if (!data || data.length !== size)
      throw internal(`cannot pack ${name}: ${data?.length} of ${size} numbers`);
    packed.set(data, offset);
  }
  return packed;
}

/** Views of a packed vector by parameter name. */
export function unpack(layout: ParameterLayout, packed: Float32Array): Map<string, Float32Array> {
  return new Map(
    layout.entries.map(({ name, offset, size }) => [name, packed.subarray(offset, offset + size)]),
  );
}

/** Operations that move elements. Axes are turned where the source has N, H, W, C. */
import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import {
  axisOf,
  fromSource,
  numberOf,
  numbersOf,
  product,
  row,
  type Spelling,
  scalar,
  sourceOrder,
  toSource,
} from './spelling';

export function reshape(s: Spelling): Value {
  const x = s.input(0);
  return s.b.layer(
    s.scope,
    'Reshape',
    [x],
    () => {
      const source = toSource(s, x);
      return fromSource(s, s.b.op('Reshape', [source], { shape: sourceOrder(s, s.shape) }));
    },
    '',
  );
}

export function permute(s: Spelling): Value {
  const x = s.input(0);
  const { order } = s.node.attributes;
  if (!Array.isArray(order)) return s.refuse(t('the order of axes is not known.'));
  return row(s, 'Transpose', () =>
    fromSource(s, s.b.op('Transpose', [toSource(s, x)], { perm: order.map(Number) })),
  );
}

/** `x[:, :, ::2, ::2]`, single indices and new axes; lists of indices have no counterpart. */
export function slice(s: Spelling): Value {
  const x = s.input(0);
  const { index } = s.node.attributes;
  if (typeof index !== 'string') return s.refuse(t('the subscript has no counterpart here.'));
  return s.b.layer(
    s.scope,
    'Slice',
    [x],
    () => {
      const source = toSource(s, x);
      const { shape } = source.type;
      // New axes move nothing: the cut is given its shape in the end.
      const old = index.split(',').filter((part) => part !== 'new');
      const parts = expanded(s, old, shape.length);
      const bounds = shape.map((size, i) => boundsOf(s, parts[i] ?? '::', size));
      const cut = s.b.op('Slice', [source], {
        starts: bounds.map(([start]) => start),
        ends: bounds.map(([, end]) => end),
        steps: bounds.map(([, , step]) => step),
      });
      const isReshaped = cut.type.shape.length !== s.shape.length || index.includes('new');
      return fromSource(s, isReshaped ? s.b.op('Reshape', [cut], { shape: sourceOrder(s, s.shape) }) : cut);
    },
    '',
  );
}

function expanded(s: Spelling, parts: readonly string[], rank: number): string[] {
  if (parts.includes('?')) return s.refuse(t('the subscript has no counterpart here.'));
  const dots = parts.indexOf('...');
  if (dots < 0) return [...parts];
  const missing = rank - (parts.length - 1);
  return [...parts.slice(0, dots), ...new Array<string>(missing).fill('::'), ...parts.slice(dots + 1)];
}

function boundsOf(s: Spelling, part: string, size: number): [number, number, number] {
  const clamp = (n: number) => Math.min(size, Math.max(0, n < 0 ? n + size : n));
  if (!part.includes(':')) {
    const at = clamp(Number(part));
    return [at, at + 1, 1];
  }
  const [start, end, step] = part.split(':');
  const by = step === '' ? 1 : Number(step);
  if (by < 1) return s.refuse(t('the subscript has no counterpart here.'));
  return [start === '' ? 0 : clamp(Number(start)), end === '' ? size : clamp(Number(end)), by];
}

function padded(s: Spelling, before: readonly number[], behind: readonly number[]): Value {
  const x = s.input(0);
  const { value, mode } = s.node.attributes;
  const word = typeof mode === 'string' ? mode : 'constant';
  if (word === 'constant' && typeof value !== 'number') return s.refuse(t('what it pads with is not known.'));
  return row(s, 'Pad', () => {
    const fill = word === 'constant' ? Number(value) : 0;
    return padAs(s, cut(s, x, before, behind), atLeastZero(before), atLeastZero(behind), word, fill);
  });
}

const atLeastZero = (list: readonly number[]) => list.map((n) => Math.max(0, n));

/** Negative padding takes away. */
function cut(s: Spelling, x: Value, before: readonly number[], behind: readonly number[]): Value {
  if ([...before, ...behind].every((n) => n >= 0)) return x;
  const { shape } = x.type;
  return s.b.op('Slice', [x], {
    starts: before.map((n) => Math.max(0, -n)),
    ends: shape.map((d, i) => d - Math.max(0, -behind[i])),
    steps: shape.map(() => 1),
  });
}

/** Padding by a number, by the image's own mirror or edge, or round and round. */
export function padAs(
  s: Spelling,
  x: Value,
  before: readonly number[],
  behind: readonly number[],
  mode: string,
  fill = 0,
): Value {
  const { b } = s;
  if ([...before, ...behind].every((n) => n === 0)) return x;
  if (mode === 'constant' || mode === 'zeros') {
    const pads = [...before, ...behind];
    if (fill === 0) return b.op('Pad', [x], { pads });
    return b.op('Add', [b.op('Pad', [b.op('Sub', [x, scalar(s, fill)])], { pads }), scalar(s, fill)]);
  }
  const place = { reflect, replicate, circular }[mode];
  if (!place) return s.refuse(t('the padding mode {0} has no counterpart here.', mode));
  return before.reduce((y, front, axis) => extended(s, y, axis, front, behind[axis], place), x);
}

/** Which element stands at place i of an axis of the given size, i from -size on. */
type Place = (i: number, size: number) => number;

const reflect: Place = (i, size) => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i);
const replicate: Place = (i, size) => Math.min(size - 1, Math.max(0, i));
const circular: Place = (i, size) => (i + size) % size;

function extended(s: Spelling, x: Value, axis: number, front: number, back: number, place: Place): Value {
  if (front === 0 && back === 0) return x;
  const size = x.type.shape[axis];
  if (front > size || back > size) return s.refuse(t('its padding is larger than the image.'));
  const one = (i: number) => sliceAt(s, x, axis, place(i, size));
  const head = Array.from({ length: front }, (_, i) => one(i - front));
  const tail = Array.from({ length: back }, (_, i) => one(size + i));
  return s.b.op('Concat', [...head, x, ...tail], { axis });
}

/** Elements from `start` on along one axis. */
export function sliceAt(s: Spelling, x: Value, axis: number, start: number, length = 1): Value {
  const { shape } = x.type;
  return s.b.op('Slice', [x], {
    starts: shape.map((_, i) => (i === axis ? start : 0)),
    ends: shape.map((d, i) => (i === axis ? start + length : d)),
    steps: shape.map(() => 1),
  });
}

/** F.pad: pairs from the last axis backwards. */
export function padLast(s: Spelling): Value {
  const pads = numbersOf(s, 'pads');
  const rank = s.input(0).type.shape.length;
  const before = new Array<number>(rank).fill(0);
  const behind = new Array<number>(rank).fill(0);
  for (let i = 0; i < pads.length / 2; i++) {
    before[rank - 1 - i] = pads[2 * i];
    behind[rank - 1 - i] = pads[2 * i + 1];
  }
  return padded(s, before, behind);
}

/** ZeroPadding2D and Cropping2D: pairs for height and width. */
export function padImage(s: Spelling): Value {
  const sign = s.node.op === 'crop' ? -1 : 1;
  const pads = numbersOf(s, 'pads').map((n) => sign * n);
  const rank = s.input(0).type.shape.length;
  const node = sign < 0 ? { ...s.node, attributes: { ...s.node.attributes, value: 0 } } : s.node;
  const site: Spelling = Object.create(s, { node: { value: node } });
  if (rank === 4 && pads.length === 4) {
    const [top, bottom, left, right] = pads;
    return padded(site, [0, 0, top, left], [0, 0, bottom, right]);
  }
  if (rank !== 3 || pads.length !== 2) return s.refuse(t('only images and rows can be padded here.'));
  return s.isChannelsLast
    ? padded(site, [0, pads[0], 0], [0, pads[1], 0])
    : padded(site, [0, 0, pads[0]], [0, 0, pads[1]]);
}

/** tf.pad: a pair an axis, in the source's order. */
export function padAll(s: Spelling): Value {
  const pads = numbersOf(s, 'pads');
  const before = pads.filter((_, i) => i % 2 === 0);
  const behind = pads.filter((_, i) => i % 2 === 1);
  const turn = (list: number[]) =>
    s.isChannelsLast && list.length === 4 ? [list[0], list[3], list[1], list[2]] : list;
  return padded(s, turn(before), turn(behind));
}

/** Tensors joined along an axis of their own. */
export function stack(s: Spelling): Value {
  const { b, node } = s;
  const rank = s.shape.length;
  const given = node.attributes.axis;
  const at =
    typeof given === 'number' ? (given < 0 ? given + rank : given) : s.refuse(t('its axis is not known.'));
  return row(s, 'Concat', () => {
    const parts = s.inputs.map((x) => {
      const { shape } = toSource(s, x).type;
      const apart = [...shape.slice(0, at), 1, ...shape.slice(at)];
      return b.op('Reshape', [toSource(s, x)], { shape: apart });
    });
    return fromSource(s, b.op('Concat', parts, { axis: at }));
  });
}

/** Axes of length 1 repeated; axes may be added in front. */
export function expand(s: Spelling): Value {
  return row(s, 'Expand', () => {
    const source = toSource(s, s.input(0));
    return fromSource(s, s.b.op('Expand', [source], { shape: sourceOrder(s, s.shape) }));
  });
}

/** The whole tensor repeated along every axis, as often as the output is larger. */
export function repeat(s: Spelling): Value {
  const { b } = s;
  return row(s, 'Tile', () => {
    const source = toSource(s, s.input(0));
    const wanted = sourceOrder(s, s.shape);
    const lead = wanted.length - source.type.shape.length;
    const full = [...new Array<number>(lead).fill(1), ...source.type.shape];
    const apart = full.flatMap((d) => [1, d]);
    const counts = full.flatMap((d, i) => [wanted[i] / d, d]);
    const repeated = b.op('Expand', [b.op('Reshape', [source], { shape: apart })], { shape: counts });
    return fromSource(s, b.op('Reshape', [repeated], { shape: wanted }));
  });
}

/** Elements in the opposite order along some axes. */
export function flip(s: Spelling): Value {
  const { b } = s;
  const rank = s.input(0).type.shape.length;
  const axes = numbersOf(s, 'axes').map((axis) => axisOf(s, axis, rank));
  return row(s, 'Flip', () =>
    axes.reduce((x, axis) => {
      const size = x.type.shape[axis];
      if (size > 256) return s.refuse(t('an axis of {0} is too long to be turned round here.', size));
      const parts = Array.from({ length: size }, (_, i) => sliceAt(s, x, axis, size - 1 - i));
      return b.op('Concat', parts, { axis });
    }, s.input(0)),
  );
}

/** Elements moved along some axes, those that fall off put back in front. */
export function roll(s: Spelling): Value {
  const { b } = s;
  const rank = s.input(0).type.shape.length;
  const axes = numbersOf(s, 'axes').map((axis) => axisOf(s, axis, rank));
  const shifts = numbersOf(s, 'shifts');
  return row(s, 'Roll', () =>
    axes.reduce((x, axis, i) => {
      const size = x.type.shape[axis];
      const by = ((shifts[i] % size) + size) % size;
      if (by === 0) return x;
      return b.op('Concat', [sliceAt(s, x, axis, size - by, by), sliceAt(s, x, axis, 0, size - by)], {
        axis,
      });
    }, s.input(0)),
  );
}

export function concat(s: Spelling): Value {
  const axis = axisOf(s, s.node.attributes.axis, s.shape.length);
  if (s.inputs.some((x) => x.type.shape.length !== s.shape.length))
    return s.refuse(t('tensors of different rank meet.'));
  return row(s, 'Concat', () => s.b.op('Concat', s.inputs, { axis }));
}

/** Pieces along an axis; `unbind` takes the axis away. */
export function split(s: Spelling): readonly Value[] {
  const { b, node } = s;
  const x = s.input(0);
  const axis = axisOf(s, node.attributes.axis, x.type.shape.length);
  const at = numberOf(s, 'axis') ?? 0;
  const isUnbound = node.op === 'unbind';
  const sizes = node.outputs.map((output) => (isUnbound ? 1 : Number(output.shape?.at(at))));
  if (sizes.some(Number.isNaN)) return s.refuse(t('its shape is not known.'));
  return b.within(
    s.scope,
    () => {
      const pieces = b.apply('Split', [x], { axis, sizes });
      if (!isUnbound) return pieces;
      return pieces.map((piece) => {
        const source = toSource(s, piece);
        const shape = source.type.shape.filter((_, i) => i !== (at < 0 ? at + source.type.shape.length : at));
        return fromSource(s, b.op('Reshape', [source], { shape }));
      });
    },
    '',
  );
}

/** A linear layer's features cut in two halves, one of which gates the other (Dauphin et al. 2017). */
export function glu(s: Spelling): Value {
  const { b } = s;
  const x = s.input(0);
  const axis = axisOf(s, numberOf(s, 'dim') ?? -1, x.type.shape.length);
  const half = x.type.shape[axis] / 2;
  return row(s, 'Glu', () => {
    const [a, gate] = b.apply('Split', [x], { axis, sizes: [half, half] });
    return b.op('Mul', [a, b.op('Sigmoid', [gate])]);
  });
}

/** All elements of one axis put beside another: the number of elements, for rows of a reduction. */
export function sizeAlong(shape: readonly number[], axes: readonly number[]): number {
  return product(axes.map((axis) => shape[axis]));
}

/** Shape rules of PyTorch that layers, functions and tensor methods share. */
import { t } from '../../base/localize';
import { reasonOf, unknownOf } from '../interpreter/machine';
import { add, type Dim, type Dims, floorDivide, isUnknownDim, multiply, unknownDim } from '../values/dims';
import { formatShape } from '../values/format';
import type { OpResult } from '../values/trace';
import type { TensorValue, Value } from '../values/values';
import { type Args, dimOf, ShapeFault } from './recipe';
import { axisOf, reduced, reshaped } from './shapes';
import { split } from './windows';

export function adaptivePool(
  input: TensorValue,
  args: Args,
  rank: number,
  kind: string,
  layer: string,
): OpResult {
  const value = args.get('output_size');
  const op = kind === 'max' ? 'adaptiveMaxPool' : 'adaptiveAveragePool';
  if (!input.shape) return { op, shapes: [undefined], reason: reasonOf([input]) };
  const parts = split(input, { framework: 'pytorch', order: 'first', rank }, layer);
  const wanted = value.kind === 'list' || value.kind === 'tuple' ? value.items : parts.sizes.map(() => value);
  const sizes = parts.sizes.map((size, i) => {
    const item = wanted[i] ?? wanted[0];
    return item?.kind === 'none' ? size : item ? dimOf(item, 'output_size') : size;
  });
  const isGlobal = sizes.every((size) => size === 1);
  return {
    op: isGlobal ? (kind === 'max' ? 'globalMaxPool' : 'globalAveragePool') : op,
    shapes: [[...parts.batch, parts.channels, ...sizes]],
    attributes: { order: 'first', keep: true },
  };
}

/** Padding as (left, right, top, bottom), from the last dimension backwards. */
export function padded(
  input: TensorValue,
  padding: Value,
  rank: number,
  value?: number,
  mode = 'constant',
): OpResult {
  const { shape } = input;
  const items =
    padding.kind === 'list' || padding.kind === 'tuple'
      ? padding.items
      : new Array<Value>(2 * rank).fill(padding);
  const pads = items.map((item) => dimOf(item, 'padding'));
  if (!shape) return { op: 'pad', shapes: [undefined], reason: reasonOf([input]) };
  if (pads.length % 2 === 1 || pads.length / 2 > shape.length)
    throw new ShapeFault('shape/pad', t('The padding does not fit {0}.', formatShape(shape, 'pytorch')));
  const result = shape.slice();
  for (let i = 0; i < pads.length / 2; i++) {
    const at = shape.length - 1 - i;
    result[at] = add(result[at], add(pads[2 * i], pads[2 * i + 1]));
  }
  return { op: 'pad', shapes: [result], attributes: { pads, value: value ?? 'other', mode } };
}

export function interpolate(input: TensorValue, args: Args): OpResult {
  const { shape } = input;
  if (!shape) return { op: 'resize', shapes: [undefined], reason: reasonOf([input]) };
  const rank = shape.length - 2;
  const sizes = shape.slice(2);
  const mode = args.text('mode') ?? 'nearest';
  const how = {
    mode: args.get('mode').kind === 'unknown' ? undefined : mode,
    aligned: args.flag('align_corners') ?? true,
    antialias: args.flag('antialias') ?? true,
  };
  if (args.has('size'))
    return {
      op: 'resize',
      shapes: [[shape[0], shape[1], ...args.sizes('size', rank)]],
      attributes: how,
    };
  const scale = args.get('scale_factor');
  const factors = scale.kind === 'tuple' || scale.kind === 'list' ? scale.items : sizes.map(() => scale);
  const grown = sizes.map((size, i): Dim => {
    const factor = factors[i];
    if (factor?.kind === 'int') return multiply(size, factor.value);
    if (factor?.kind === 'float' && typeof size === 'number') return Math.floor(size * factor.value);
    if (factor?.kind === 'float' && Number.isInteger(factor.value)) return multiply(size, factor.value);
    return unknownDim(t('The scale is not known.'));
  });
  // A factor is what PyTorch steps by, unless it is told to make it anew from the sizes.
  const given = factors.map((factor) =>
    args.flag('recompute_scale_factor') !== true && (factor?.kind === 'int' || factor?.kind === 'float')
      ? Number(factor.value)
      : undefined,
  );
  const [down, across] = rank === 1 ? [undefined, given[0]] : given;
  return { op: 'resize', shapes: [[shape[0], shape[1], ...grown]], attributes: { ...how, down, across } };
}

export function unflattened(input: TensorValue, args: Args): OpResult {
  const value = args.get('unflattened_size');
  const at = input.shape && axisOf(args.dim('dim'), input.shape.length);
  if (!input.shape || at === undefined || (value.kind !== 'tuple' && value.kind !== 'list'))
    return { op: 'reshape', shapes: [undefined], reason: t('The sizes are not known.') };
  const sizes = value.items.map((item) => dimOf(item, 'unflattened_size'));
  const inner = reshaped([input.shape[at]], sizes, 'pytorch');
  return { op: 'reshape', shapes: [[...input.shape.slice(0, at), ...inner, ...input.shape.slice(at + 1)]] };
}

/** Sizes given as `f(2, 3)`, `f((2, 3))` or `f([2, 3])`. */
export function sizesOf(values: readonly Value[]): Dim[] | undefined {
  const [first] = values;
  const items =
    first && (first.kind === 'tuple' || first.kind === 'list') && values.length === 1 ? first.items : values;
  if (first?.kind === 'unknown' && values.length === 1) return undefined;
  return items.map((item) => dimOf(item, 'size'));
}

export function viewRule(input: TensorValue, sizes: readonly Dim[] | undefined): OpResult {
  if (!sizes) return { op: 'reshape', shapes: [undefined], reason: t('The sizes are not known.') };
  return { op: 'reshape', shapes: [reshaped(input.shape, sizes, 'pytorch')], reason: reasonOf([input]) };
}

export function permuteRule(input: TensorValue, order: readonly Dim[] | undefined): OpResult {
  const { shape } = input;
  if (!shape || !order) return { op: 'permute', shapes: [undefined], reason: reasonOf([input]) };
  const axes = order.map((axis) => axisOf(axis, shape.length));
  if (axes.includes(undefined))
    return {
      op: 'permute',
      shapes: [shape.map(() => unknownOf(input))],
      reason: t('The order of axes is not known.'),
    };
  if (axes.length !== shape.length || new Set(axes).size !== shape.length)
    throw new ShapeFault(
      'shape/permute',
      t('{0} axes are named for {1}.', axes.length, formatShape(shape, 'pytorch')),
    );
  return {
    op: 'permute',
    shapes: [axes.map((axis) => shape[axis ?? 0])],
    attributes: { order: axes as number[] },
  };
}

export function transposeRule(input: TensorValue, a: Dim, b: Dim): OpResult {
  const { shape } = input;
  const x = shape && axisOf(a, shape.length);
  const y = shape && axisOf(b, shape.length);
  if (!shape || x === undefined || y === undefined)
    return { op: 'permute', shapes: [undefined], reason: reasonOf([input]) };
  const order = shape.map((_, i) => (i === x ? y : i === y ? x : i));
  return { op: 'permute', shapes: [order.map((i) => shape[i])], attributes: { order } };
}

/** Axes of a reduction: none means all. */
export function axesOf(value: Value, rank: number): number[] | undefined {
  if (value.kind === 'none') return Array.from({ length: rank }, (_, i) => i);
  const items = value.kind === 'tuple' || value.kind === 'list' ? value.items : [value];
  const axes = items.map((item) => axisOf(dimOf(item, 'dim'), rank));
  return axes.includes(undefined) ? undefined : (axes as number[]);
}

export function reduceRule(input: TensorValue, op: string, axes: Value, keep: boolean | undefined): OpResult {
  const { shape } = input;
  const found = shape && axesOf(axes, shape.length);
  if (!shape || !found || keep === undefined) return { op, shapes: [undefined], reason: reasonOf([input]) };
  return { op, shapes: [reduced(shape, found, keep)], attributes: { axes: found, keep } };
}

export function squeezeRule(input: TensorValue, axis: Value): OpResult {
  const { shape } = input;
  const reason = t('It is not known which sizes are 1.');
  if (!shape) return { op: 'reshape', shapes: [undefined], reason: reasonOf([input]) };
  if (axis.kind === 'none') {
    // A symbol stands for a batch or an image of more than one.
    const isCertain = shape.every((dim) => !isUnknownDim(dim));
    return { op: 'reshape', shapes: [isCertain ? shape.filter((dim) => dim !== 1) : undefined], reason };
  }
  const axes = axesOf(axis, shape.length);
  if (!axes || axes.some((at) => typeof shape[at] !== 'number'))
    return { op: 'reshape', shapes: [undefined], reason };
  return { op: 'reshape', shapes: [shape.filter((dim, i) => !(axes.includes(i) && dim === 1))] };
}

export function unsqueezeRule(input: TensorValue, axis: Dim): OpResult {
  const { shape } = input;
  const at = shape && axisOf(axis, shape.length + 1);
  if (!shape || at === undefined) return { op: 'reshape', shapes: [undefined], reason: reasonOf([input]) };
  return { op: 'reshape', shapes: [[...shape.slice(0, at), 1, ...shape.slice(at)]] };
}

/** Pieces along an axis. `size` is a piece's length, or the lengths. */
export function splitSizes(shape: Dims, at: number, size: Value, count: Dim | undefined): Dim[] | undefined {
  const total = shape[at];
  if (size.kind === 'list' || size.kind === 'tuple')
    return size.items.map((item) => dimOf(item, 'split_size'));
  if (count !== undefined) {
    if (typeof count !== 'number' || count < 1 || count > 256) return undefined;
    if (typeof total !== 'number') return undefined;
    const piece = Math.ceil(total / count);
    return pieces(total, piece);
  }
  if (size.kind !== 'int' || typeof size.value !== 'number' || typeof total !== 'number' || size.value < 1)
    return undefined;
  return total / size.value <= 256 ? pieces(total, size.value) : undefined;
}

function pieces(total: number, size: number): Dim[] {
  const list: Dim[] = [];
  for (let rest = total; rest > 0; rest -= size) list.push(Math.min(size, rest));
  return list;
}

/** Padding by the image's own mirror or edge. */
export function mirror(rank: number, mode: string) {
  return {
    signature: 'padding',
    rule: ([input]: readonly TensorValue[], args: Args) =>
      padded(input, args.get('padding'), rank, undefined, mode),
  };
}

/** Half of an axis gates the other. */
export function gluRule({ shape }: TensorValue, args: Args): OpResult {
  const dim = args.dim('dim');
  const at = shape && axisOf(dim, shape.length);
  if (!shape || at === undefined) return { op: 'glu', shapes: [undefined] };
  return {
    op: 'glu',
    shapes: [shape.map((size, i) => (i === at ? floorDivide(size, 2) : size))],
    attributes: { dim: at },
  };
}

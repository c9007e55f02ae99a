/**
 * Pooling windows. The alphabet has no average over windows: means of a reshaped tensor, a constant kernel, or, where
 * windows of an adaptive pool differ in size, a constant matrix an axis.
 */
import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { alongAxis } from './resizing';
import { isSet, numberOf, numbersOf, product, row, type Spelling } from './spelling';
import { asImage, fromImage, padsOf, planar } from './weighted';

/** Sizes of the output image, of one line where the source pools rows. */
function outOf(s: Spelling): number[] {
  const { shape } = s;
  if (shape.length === 4) return shape.slice(2);
  return [1, s.isChannelsLast ? shape[1] : shape[2]];
}

function checkRank(s: Spelling): number {
  const rank = s.input(0).type.shape.length;
  if (rank !== 3 && rank !== 4) s.refuse(t('only one- and two-dimensional windows are built here.'));
  return rank;
}

/** Pads behind that make as many windows start as `ceil_mode` has. */
function widened(
  out: readonly number[],
  pads: readonly number[],
  image: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
): number[] {
  const after = image.map((size, i) =>
    Math.max(pads[i + 2], (out[i] - 1) * stride[i] + kernel[i] - size - pads[i]),
  );
  return [pads[0], pads[1], ...after];
}

export function maxPool(s: Spelling): Value {
  const { b, node } = s;
  const rank = checkRank(s);
  const [kernel, strides] = [numbersOf(s, 'kernel'), numbersOf(s, 'stride')].map(planar);
  if (Array.isArray(node.attributes.dilation) && node.attributes.dilation.some((d) => d !== 1))
    return s.refuse(t('a dilated window has no counterpart here.'));
  if (isSet(s, 'return_indices')) return s.refuse(t('the places of the largest have no counterpart here.'));
  return row(s, 'MaxPool', () => {
    const x = asImage(s, s.input(0));
    const image = x.type.shape.slice(2);
    const pads = widened(outOf(s), padsOf(s, image), image, kernel, strides);
    return fromImage(s, b.op('MaxPool', [x], { kernel, strides, pads }), rank);
  });
}

export function averagePool(s: Spelling): Value {
  const rank = checkRank(s);
  const isAdaptive = s.node.op === 'adaptiveAveragePool';
  const out = outOf(s);
  return row(s, 'AveragePool', () => {
    const x = asImage(s, s.input(0));
    const image = x.type.shape.slice(2);
    if (isAdaptive && out.every((size, i) => size === image[i])) return s.b.op('Identity', [s.input(0)]);
    if (isAdaptive && out.some((size, i) => image[i] % size !== 0))
      return fromImage(s, adaptive(s, x, out), rank);
    const kernel = isAdaptive ? image.map((size, i) => size / out[i]) : planar(numbersOf(s, 'kernel'));
    const stride = isAdaptive ? kernel : planar(numbersOf(s, 'stride'));
    const pads = isAdaptive ? [0, 0, 0, 0] : padsOf(s, image);
    return fromImage(s, windows(s, x, out, { kernel, stride, pads }), rank);
  });
}

interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly pads: readonly number[];
}

function windows(s: Spelling, x: Value, out: readonly number[], { kernel, stride, pads }: Windows): Value {
  const { b } = s;
  const [n, c, ...image] = x.type.shape;
  const wide = widened(out, pads, image, kernel, stride);
  const isPlain = wide.every((p) => p === 0) && givenDivisor(s) === undefined;
  if (isPlain && product(out) === 1 && kernel[0] === image[0] && kernel[1] === image[1])
    return b.op('GlobalAveragePool', [x]);
  if (isPlain && kernel[0] === stride[0] && kernel[1] === stride[1]) {
    const used = out.map((size, i) => size * kernel[i]);
    const isWhole = used.every((size, i) => size === image[i]);
    const cut = isWhole
      ? x
      : b.op('Slice', [x], { starts: [0, 0, 0, 0], ends: [n, c, ...used], steps: [1, 1, 1, 1] });
    const tiles = b.op('Reshape', [cut], { shape: [n, c, out[0], kernel[0], out[1], kernel[1]] });
    return b.op('ReduceMean', [tiles], { axes: [3, 5], keepdims: false });
  }
  const counts = divisors(s, out, image, { kernel, stride, pads });
  const [first] = counts;
  const isEven = counts.every((count) => count === first);
  const share = isEven ? 1 / first : 1;
  const weights = b.constant(
    float32(c, 1, kernel[0], kernel[1]),
    new Array<number>(c * product(kernel)).fill(share),
  );
  const sums = b.op('Conv', [x, weights], { strides: [...stride], pads: wide, group: c });
  if (isEven) return sums;
  return b.op('Mul', [
    sums,
    b.constant(
      float32(1, 1, out[0], out[1]),
      counts.map((count) => 1 / count),
    ),
  ]);
}

function givenDivisor(s: Spelling): number | undefined {
  const given = numberOf(s, 'divisor');
  return Number.isNaN(given) ? s.refuse(t('its divisor is not known.')) : given;
}

/** How many elements each window's sum is divided by: with the padding (PyTorch's default) or without it. */
function divisors(
  s: Spelling,
  out: readonly number[],
  image: readonly number[],
  { kernel, stride, pads }: Windows,
): number[] {
  const given = givenDivisor(s);
  if (given !== undefined) return new Array<number>(product(out)).fill(given);
  const countsPadding = s.node.attributes.countPadding !== false;
  const along = (axis: number) =>
    Array.from({ length: out[axis] }, (_, i) => {
      const start = i * stride[axis] - pads[axis];
      // A window that reaches over the padding's edge is cut there.
      const end = Math.min(start + kernel[axis], image[axis] + pads[axis + 2]);
      return countsPadding ? end - start : Math.min(end, image[axis]) - Math.max(start, 0);
    });
  const [rows, columns] = [along(0), along(1)];
  return rows.flatMap((height) => columns.map((width) => height * width));
}

/** Windows from floor(i in / out) to ceil((i + 1) in / out), as PyTorch cuts them. */
function adaptive(s: Spelling, x: Value, out: readonly number[]): Value {
  const matrix = (size: number, wanted: number) =>
    Array.from({ length: wanted }, (_, i) => {
      const [from, to] = [Math.floor((i * size) / wanted), Math.ceil(((i + 1) * size) / wanted)];
      return Array.from({ length: size }, (_, j) => (j >= from && j < to ? 1 / (to - from) : 0));
    });
  const [, , height, width] = x.type.shape;
  return alongAxis(s, alongAxis(s, x, 3, matrix(width, out[1])), 2, matrix(height, out[0]));
}

export function adaptiveMaxPool(s: Spelling): Value {
  const { b } = s;
  const rank = checkRank(s);
  const out = outOf(s);
  return row(s, 'MaxPool', () => {
    const x = asImage(s, s.input(0));
    const image = x.type.shape.slice(2);
    if (out.some((size, i) => image[i] % size !== 0)) return s.refuse(t('its windows have different sizes.'));
    const kernel = image.map((size, i) => size / out[i]);
    return fromImage(s, b.op('MaxPool', [x], { kernel, strides: kernel }), rank);
  });
}

/** Mean or largest of every channel; the image is kept as one pixel, or goes. */
export function globalPool(s: Spelling): Value {
  const { b } = s;
  const isMax = s.node.op === 'globalMaxPool';
  checkRank(s);
  const pooled = row(s, isMax ? 'GlobalMaxPool' : 'GlobalAveragePool', () => {
    const x = asImage(s, s.input(0));
    return isMax ? b.op('MaxPool', [x], { kernel: x.type.shape.slice(2) }) : b.op('GlobalAveragePool', [x]);
  });
  const same = pooled.type.shape.every((d, i) => d === s.shape[i]) && s.shape.length === 4;
  if (same) return pooled;
  return s.shape.length === 2
    ? b.op('Flatten', [pooled])
    : b.op('Reshape', [pooled], { shape: [...s.shape] });
}

/**
 * Images of another size: every resizing is linear and treats height and width apart, so that it is one constant
 * matrix an axis; whole factors of the nearest neighbour are repetitions. Pixel shuffles are reshapes.
 */
import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { numberOf, row, type Spelling } from './spelling';
import { asImage, fromImage } from './weighted';

type Matrix = readonly (readonly number[])[];

/** x times a matrix [out, in] along axis 2 or 3. */
export function alongAxis(s: Spelling, x: Value, axis: 2 | 3, matrix: Matrix): Value {
  const { b } = s;
  const perm = [0, 1, 3, 2];
  const turned = axis === 3 ? x : b.op('Transpose', [x], { perm });
  const [n, c, other, size] = turned.type.shape;
  const rows = b.op('Reshape', [turned], { shape: [n * c * other, size] });
  const weights = b.constant(float32(matrix.length, size), matrix.flat());
  const y = b.op('Reshape', [b.op('Gemm', [rows, weights], { transB: true })], {
    shape: [n, c, other, matrix.length],
  });
  return axis === 3 ? y : b.op('Transpose', [y], { perm });
}

/** How a pixel of the new size looks at the old ones. */
type Sampler = (size: number, wanted: number, scale: number) => Matrix;

const at = (size: number, entries: readonly (readonly [number, number])[]): number[] => {
  const line = new Array<number>(size).fill(0);
  for (const [index, weight] of entries) line[Math.min(size - 1, Math.max(0, index))] += weight;
  return line;
};

const nearest =
  (shift: number): Sampler =>
  (size, wanted, scale) =>
    Array.from({ length: wanted }, (_, i) => at(size, [[Math.floor((i + shift) * scale), 1]]));

const linear =
  (isAligned: boolean): Sampler =>
  (size, wanted, scale) =>
    Array.from({ length: wanted }, (_, i) => {
      const place = isAligned
        ? wanted > 1
          ? (i * (size - 1)) / (wanted - 1)
          : 0
        : Math.max(0, (i + 0.5) * scale - 0.5);
      const low = Math.min(size - 1, Math.floor(place));
      return at(size, [
        [low, 1 - (place - low)],
        [low + 1, place - low],
      ]);
    });

/** Keys 1981 with a = -0.75, as PyTorch has it. */
const cubic =
  (isAligned: boolean): Sampler =>
  (size, wanted, scale) =>
    Array.from({ length: wanted }, (_, i) => {
      const place = isAligned ? (wanted > 1 ? (i * (size - 1)) / (wanted - 1) : 0) : (i + 0.5) * scale - 0.5;
      const low = Math.floor(place);
      return at(
        size,
        [-1, 0, 1, 2].map((k) => [low + k, keys(Math.abs(place - low - k))] as const),
      );
    });

function keys(d: number): number {
  const a = -0.75;
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

function samplerOf(s: Spelling, mode: string, isAligned: boolean): Sampler {
  switch (mode) {
    case 'nearest':
      return nearest(0);
    case 'nearest-exact':
      return nearest(0.5);
    case 'linear':
    case 'bilinear':
      return linear(isAligned);
    case 'bicubic':
      return s.node.framework === 'pytorch'
        ? cubic(isAligned)
        : s.refuse(t('resizing by {0} has no counterpart here.', mode));
    default:
      return s.refuse(t('resizing by {0} has no counterpart here.', mode));
  }
}

export function resize(s: Spelling): Value {
  const { b, node } = s;
  const rank = s.input(0).type.shape.length;
  const { mode, aligned, antialias } = node.attributes;
  if ((rank !== 3 && rank !== 4) || typeof mode !== 'string')
    return s.refuse(t('it is not known how it resizes.'));
  if (antialias !== undefined && antialias !== false)
    return s.refuse(t('resizing with a filter has no counterpart here.'));
  return row(s, 'Resize', () => {
    const x = asImage(s, s.input(0));
    const [n, c, ...image] = x.type.shape;
    const out = rank === 4 ? s.shape.slice(2) : [1, s.shape[s.isChannelsLast ? 1 : 2]];
    const factors = out.map((size, i) => size / image[i]);
    if (mode === 'nearest' && factors.every(Number.isInteger)) {
      const [down, across] = factors;
      const apart = b.op('Reshape', [x], { shape: [n, c, image[0], 1, image[1], 1] });
      const repeated = b.op('Expand', [apart], { shape: [n, c, image[0], down, image[1], across] });
      return fromImage(s, b.op('Reshape', [repeated], { shape: [n, c, ...out] }), rank);
    }
    const sample = samplerOf(s, mode, aligned === true);
    // Where a factor was given, PyTorch steps by it, and not by the ratio of the rounded sizes.
    const scale = (i: number) => {
      const given = numberOf(s, i === 0 ? 'down' : 'across');
      return given === undefined ? image[i] / out[i] : 1 / given;
    };
    let y = x;
    if (out[1] !== image[1]) y = alongAxis(s, y, 3, sample(image[1], out[1], scale(1)));
    if (out[0] !== image[0]) y = alongAxis(s, y, 2, sample(image[0], out[0], scale(0)));
    return fromImage(s, y === x ? b.op('Identity', [x]) : y, rank);
  });
}

/** Channels to pixels (Shi et al. 2016), or back. */
export function pixelShuffle(s: Spelling): Value {
  const { b } = s;
  const x = s.input(0);
  const isBack = s.node.op === 'pixelUnshuffle';
  const [n, c, h, w] = x.type.shape;
  const r = isBack ? h / s.shape[2] : s.shape[2] / h;
  if (x.type.shape.length !== 4 || s.isChannelsLast) return s.refuse(t('only images are shuffled here.'));
  return row(s, isBack ? 'SpaceToDepth' : 'DepthToSpace', () => {
    const apart = isBack ? [n, c, h / r, r, w / r, r] : [n, c / (r * r), r, r, h, w];
    const perm = isBack ? [0, 1, 3, 5, 2, 4] : [0, 1, 4, 2, 5, 3];
    const moved = b.op('Transpose', [b.op('Reshape', [x], { shape: apart })], { perm });
    return b.op('Reshape', [moved], { shape: [...s.shape] });
  });
}

/** Groups of channels dealt out in turn (Zhang et al. 2018). */
export function channelShuffle(s: Spelling): Value {
  const { b } = s;
  const x = s.input(0);
  const groups = numberOf(s, 'groups');
  const [n, c, ...rest] = x.type.shape;
  if (groups === undefined || c % groups !== 0) return s.refuse(t('its groups are not known.'));
  return row(s, 'Transpose', () => {
    const apart = b.op('Reshape', [x], { shape: [n, groups, c / groups, ...rest] });
    const perm = [0, 2, 1, ...rest.map((_, i) => i + 3)];
    return b.op('Reshape', [b.op('Transpose', [apart], { perm })], { shape: [n, c, ...rest] });
  });
}

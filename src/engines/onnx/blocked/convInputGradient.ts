/**
 * The gradient of a blocked convolution with respect to its input. At stride 1 it is a convolution of dy with the
 * weights turned by half a circle and in and out exchanged. At stride s every pixel of dx belongs to one of s x s
 * phases, and each phase is a small convolution of its own; all phases are computed by one convolution with s x s
 * times the channels, whose result is then interleaved.
 */
import type { Node, Value } from '../../../ir/graph';
import { int64s, type Name, type OnnxWriter } from '../../../ops/spelling';
import type { BlockedKernel, Lowering } from '../lowering';
import { blockedConv, nchwc, reshape, transpose, type WindowAttributes } from './nchwc';

export function coversConvInputGradient({ inputs, attributes }: Node, block: number): boolean {
  const [out, channels, ...kernel] = inputs[1].type.shape;
  const { strides, pads, dilations } = attributes as unknown as WindowAttributes;
  if (attributes.group !== 1 || out % block !== 0 || channels % block !== 0) return false;
  return strides.every((s) => s === 1)
    ? [0, 1, 2, 3].every((i) => dilations[i % 2] * (kernel[i % 2] - 1) >= pads[i])
    : dilations.every((d) => d === 1);
}

export const convInputGradient: BlockedKernel = (l, node) => {
  if (!coversConvInputGradient(node, l.block)) return false;
  const { strides } = node.attributes as unknown as WindowAttributes;
  const blocked = strides.every((s) => s === 1) ? unstrided(l, node) : strided(l, node);
  l.define(node.outputs[0], { blocked });
  return true;
};

function unstrided(l: Lowering, { inputs: [dy, weights], attributes }: Node): Name {
  const { pads, dilations } = attributes as unknown as WindowAttributes;
  const kernel = weights.type.shape.slice(2);
  const turned = turnedWeights(l, weights);
  return blockedConv(l.w, {
    x: l.blocked(dy),
    weights: turned,
    kernel,
    dilations,
    pads: [0, 1, 2, 3].map((i) => dilations[i % 2] * (kernel[i % 2] - 1) - pads[i]),
  });
}

/** Weights [in, out, kH, kW] in the blocked order, taps turned by half a circle: for a whole family at once. */
function turnedWeights(l: Lowering, weights: Value): Name {
  const { w, block } = l;
  const { whole, members } = l.family(weights);
  const [out, channels, ...kernel] = weights.type.shape;
  const area = kernel[0] * kernel[1];
  const key = (v: Value) => `turned:${v.id}`;
  return l.once(key(weights), () => {
    let tiles = exchangedTiles(l, whole, [members.length * out, channels, area]);
    const shape = [out / block, channels / block, area * block * block];
    if (shape[0] > 1 && shape[1] > 1)
      tiles = transpose(w, reshape(w, tiles, members.length, ...shape), 0, 2, 1, 3);
    if (area > 1) {
      const order = Array.from({ length: area }, (_, i) => area - 1 - i);
      const taps = reshape(w, tiles, (members.length * out * channels) / block ** 2, area, block * block);
      [tiles] = w.node('Gather', [taps, int64s(w, ...order)], { axis: 1 });
    }
    const turned = reshape(w, tiles, members.length * channels, out, ...kernel);
    if (members.length === 1) return turned;
    const sizes = int64s(w, ...members.map(() => channels));
    const pieces = w.node('Split', [turned, sizes], { axis: 0 }, { outputs: members.length });
    members.forEach((v, i) => {
      l.once(key(v), () => pieces[i]);
    });
    return pieces[members.indexOf(weights)];
  });
}

/** Blocked weights as [out / B, in / B, area, B B] with every B x B tile exchanged (output lanes first). */
function exchangedTiles({ w, block }: Lowering, weights: Name, [out, channels, area]: number[]): Name {
  const count = (out / block) * (channels / block) * area;
  const exchanged = nchwc(w, 'ReorderInput', [reshape(w, weights, count, block, 1, block)]);
  return reshape(w, exchanged, out / block, channels / block, area, block * block);
}

/** How dx at row s y + r reads dy along one axis: from row y + first + j through tap r + pad - s (first + j). */
interface Phases {
  readonly stride: number;
  /** Taps of dy that a phase may read. */
  readonly span: number;
  readonly first: number;
  readonly pads: readonly [number, number];
  /** Rows of one phase. */
  readonly rows: number;
  /** The weight's tap, or -1 for none. */
  tap(phase: number, j: number): number;
}

function phasesOf(size: number, out: number, kernel: number, stride: number, pad: number): Phases {
  let [first, last] = [0, 0];
  for (let r = 0; r < stride; r++)
    for (let k = 0; k < kernel; k++)
      if ((((r + pad - k) % stride) + stride) % stride === 0) {
        first = Math.min(first, (r + pad - k) / stride);
        last = Math.max(last, (r + pad - k) / stride);
      }
  const wanted = Math.ceil(size / stride);
  // Where dy has more rows than are read there is no padding behind, and rows too many.
  const behind = wanted + last - out;
  return {
    stride,
    span: last - first + 1,
    first,
    pads: [-first, Math.max(0, behind)],
    rows: wanted + Math.max(0, -behind),
    tap(phase, j) {
      const k = phase + pad - stride * (first + j);
      return k >= 0 && k < kernel ? k : -1;
    },
  };
}

function strided(l: Lowering, { inputs: [dy, weights], attributes }: Node): Name {
  const { w, block } = l;
  const { strides, pads } = attributes as unknown as WindowAttributes;
  const size = attributes.size as readonly number[];
  const [out, channels, ...kernel] = weights.type.shape;
  const [down, right] = [0, 1].map((i) =>
    phasesOf(size[i], dy.type.shape[i + 2], kernel[i], strides[i], pads[i]),
  );
  const phases = down.stride * right.stride;
  const stacked = l.once(`phases:${weights.id}:${attributes.size}`, () =>
    stackPhases(l, l.weights(weights), [out, channels, ...kernel], down, right),
  );
  const all = blockedConv(w, {
    x: l.blocked(dy),
    weights: stacked,
    kernel: [down.span, right.span],
    pads: [down.pads[0], right.pads[0], down.pads[1], right.pads[1]],
  });
  // [N, a, b, C / B, rows, columns, B] to [N, C / B, rows, a, columns, b, B]
  const n = dy.type.shape[0];
  const apart = reshape(w, all, n, down.stride, right.stride, channels / block, down.rows, right.rows, block);
  const woven = phases === 1 ? apart : transpose(w, apart, 0, 3, 4, 1, 5, 2, 6);
  const [height, width] = [down.rows * down.stride, right.rows * right.stride];
  return cropBlocked(w, woven, [n, channels], [height, width], size, block);
}

/** Weights [s s C, out, spans] in the blocked order: for every phase its taps, zeros where it has fewer. */
function stackPhases(
  l: Lowering,
  weights: Name,
  [out, channels, ...kernel]: readonly number[],
  down: Phases,
  right: Phases,
): Name {
  const { w, block } = l;
  const area = kernel[0] * kernel[1];
  const tile = block * block;
  const pairs = (out / block) * (channels / block);
  const tiles = reshape(w, exchangedTiles(l, weights, [out, channels, area]), pairs, area, tile);
  const [zeros] = w.node('ConstantOfShape', [int64s(w, pairs, 1, tile)]);
  const [withZero] = w.node('Concat', [tiles, zeros], { axis: 1 });
  const taps: number[] = [];
  for (let a = 0; a < down.stride; a++)
    for (let b = 0; b < right.stride; b++)
      for (let i = 0; i < down.span; i++)
        for (let j = 0; j < right.span; j++) {
          const [row, column] = [down.tap(a, i), right.tap(b, j)];
          taps.push(row < 0 || column < 0 ? area : row * kernel[1] + column);
        }
  const [gathered] = w.node('Gather', [withZero, int64s(w, ...taps)], { axis: 1 });
  const phases = down.stride * right.stride;
  const span = down.span * right.span;
  const parted = reshape(w, gathered, out / block, channels / block, phases, span * tile);
  return reshape(w, transpose(w, parted, 2, 1, 0, 3), phases * channels, out, down.span, right.span);
}

/** Keeps the first rows and columns of a blocked activation. */
export function cropBlocked(
  w: OnnxWriter,
  x: Name,
  [n, channels]: readonly number[],
  [height, width]: readonly number[],
  size: readonly number[],
  block: number,
): Name {
  if (height === size[0] && width === size[1]) return reshape(w, x, n, channels, ...size);
  const lanes = reshape(w, x, n, channels / block, height, width * block);
  const [cut] = w.node('Slice', [
    lanes,
    int64s(w, 0, 0),
    int64s(w, size[0], size[1] * block),
    int64s(w, 2, 3),
  ]);
  return reshape(w, cut, n, channels, ...size);
}

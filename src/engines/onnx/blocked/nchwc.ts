/**
 * The vocabulary of onnxruntime's blocked layout (domain `com.microsoft.nchwc`): an activation that is declared
 * [N, C, H, W] lies in memory as [N, C / B, H, W, B], and weights declared [O, I, kH, kW] lie as
 * [O / B, I / B, kH, kW, B, B] (inner order: input lane, then output lane) or, where the input is a plain image of
 * fewer than B channels, as [O / B, I, kH, kW, B]. onnxruntime uses these operators inside itself; a model may
 * name them. A convolution whose output channels are fewer than B ends the process, so nothing here writes one.
 */
import type { Shape } from '../../../ir/tensorType';
import { int64s, type Name, type OnnxAttribute, type OnnxWriter } from '../../../ops/spelling';

export type WindowAttributes = Readonly<Record<'strides' | 'pads' | 'dilations', readonly number[]>>;

/** One operator of the blocked domain with one output. */
export function nchwc(
  w: OnnxWriter,
  op: string,
  inputs: readonly Name[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): Name {
  return w.node(op, inputs, attributes, { domain: 'com.microsoft.nchwc' })[0];
}

export interface BlockedConv {
  readonly x: Name;
  readonly weights: Name;
  readonly bias?: Name;
  /** Added to the result, of the output's shape. */
  readonly sum?: Name;
  readonly kernel: readonly number[];
  readonly pads?: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly group?: number;
  readonly relu?: boolean;
}

export function blockedConv(w: OnnxWriter, c: BlockedConv): Name {
  const inputs = [c.x, c.weights];
  if (c.bias || c.sum) inputs.push(c.bias ?? '');
  if (c.sum) inputs.push(c.sum);
  const attributes: Record<string, OnnxAttribute> = {
    kernel_shape: c.kernel,
    pads: c.pads ?? [0, 0, 0, 0],
    strides: c.strides ?? [1, 1],
    dilations: c.dilations ?? [1, 1],
    group: c.group ?? 1,
  };
  if (c.relu) attributes.activation = 'Relu';
  return nchwc(w, 'Conv', inputs, attributes);
}

export function reshape(w: OnnxWriter, x: Name, ...shape: number[]): Name {
  return w.node('Reshape', [x, int64s(w, ...shape)])[0];
}

export function transpose(w: OnnxWriter, x: Name, ...perm: number[]): Name {
  return w.node('Transpose', [x], { perm })[0];
}

/** Weights [channels, 1, 1, 1] of ones: a depthwise convolution with them copies, pads, thins or shifts. */
export function ones(w: OnnxWriter, channels: number): Name {
  return w.constant('float32', [channels, 1, 1, 1], new Array<number>(channels).fill(1));
}

/** Copies an activation of `channels` channels inside a border of zeros; `strides` thin it out. */
export function padBlocked(
  w: OnnxWriter,
  x: Name,
  channels: number,
  pads: readonly number[],
  strides: readonly number[] = [1, 1],
): Name {
  if (pads.every((p) => p === 0) && strides.every((s) => s === 1)) return x;
  return blockedConv(w, { x, weights: ones(w, channels), kernel: [1, 1], group: channels, pads, strides });
}

/**
 * Into how many runs an image of `area` pixels is cut before it is summed: a running float32 sum of hundreds of
 * numbers loses digits that sums of thirty, added up, keep.
 */
function runsOf(area: number, longest = 32): number {
  const most = area / 4;
  for (let runs = Math.ceil(area / longest); runs <= most; runs++) if (area % runs === 0) return runs;
  return 1;
}

/** Means of every channel over batch and image: [C]. */
export function channelMeans(w: OnnxWriter, x: Name, shape: Shape, block: number): Name {
  const [n, c, height, width] = shape;
  const runs = runsOf(height * width);
  const means = runMeans(w, x, shape, runs);
  const mean = (x: Name, ...axes: number[]) => w.node('ReduceMean', [x], { axes, keepdims: 0 })[0];
  if (runs === 1) return mean(means, 0, 2, 3);
  if (c === block) return mean(reshape(w, means, n * runs, c), 0);
  return reshape(w, mean(reshape(w, means, n, c / block, runs, block), 0, 2), c);
}

/** Means of every run of every (sample, channel), in the order [N, C / B, runs, B]. */
function runMeans(w: OnnxWriter, x: Name, [n, c, height, width]: Shape, runs: number): Name {
  const length = (height * width) / runs;
  // Runs of whole rows are what a pool sees as well, with no view of the image between.
  if (runs > 1 && length % width === 0) {
    const kernel = [length / width, width];
    const pool = { kernel_shape: kernel, strides: kernel, pads: [0, 0, 0, 0], count_include_pad: 1 };
    return nchwc(w, 'AveragePool', [x], pool);
  }
  const cut = runs === 1 ? x : reshape(w, x, n, c * runs, 1, length);
  return nchwc(w, 'GlobalAveragePool', [cut]);
}

/** Sums of products a channel of two activations of the same shape, over batch and image: [C]. */
export function channelDots(w: OnnxWriter, a: Name, b: Name, shape: Shape, block: number): Name {
  const [n, c, height, width] = shape;
  const runs = runsOf(height * width);
  const dots = imageDots(w, a, b, shape, 32);
  const sum = (x: Name, ...axes: number[]) =>
    w.node('ReduceSum', [x, int64s(w, ...axes)], { keepdims: 0 })[0];
  if (runs === 1) return sum(reshape(w, dots, n, c), 0);
  if (c === block) return sum(reshape(w, dots, n * runs, c), 0);
  return reshape(w, sum(reshape(w, dots, n, c / block, runs, block), 0, 2), c);
}

/**
 * Sums of products of every run of every (sample, channel): [1, N C runs, 1, 1]. Fewer and longer runs are cheaper;
 * sums of squares, whose terms do not cancel, bear four times the length.
 */
export function imageDots(
  w: OnnxWriter,
  a: Name,
  b: Name,
  [n, c, height, width]: Shape,
  longest = a === b ? 128 : 32,
): Name {
  // One group a channel, the second operand being the kernel: a window as large as the image.
  const runs = runsOf(height * width, longest);
  const [group, length] = [n * c * runs, (height * width) / runs];
  return blockedConv(w, {
    x: reshape(w, a, 1, group, 1, length),
    weights: reshape(w, b, group, 1, 1, length),
    kernel: [1, length],
    group,
  });
}

/**
 * The gradient of a blocked convolution with respect to its weights, as one more convolution. dy's blocked bytes
 * are a kernel of the size of the whole output, and the lanes of x are laid out as columns: a dilation of B
 * columns keeps every lane apart, so that a channel of x times a channel of dy falls out at every tap. Samples
 * are groups; their results are summed. Where the batch has no number of groups that the operator takes, or the
 * weights are large, samples are stacked into taller images, with the padding between two of them shared.
 */
import type { Node } from '../../../ir/graph';
import { int64s, type Name } from '../../../ops/spelling';
import type { BlockedKernel, Lowering } from '../lowering';
import { cropBlocked } from './convInputGradient';
import { blockedConv, padBlocked, reshape, transpose, type WindowAttributes } from './nchwc';

/** Partial sums beyond this many numbers cost more memory traffic than taller stacks cost arithmetic. */
const partialSums = 1 << 21;

export function coversConvWeightGradient({ inputs, attributes }: Node, block: number): boolean {
  const channels = inputs[0].type.shape[1];
  const out = inputs[1].type.shape[1];
  const { strides, pads, dilations } = attributes as unknown as WindowAttributes;
  const kernel = attributes.kernel as readonly number[];
  if (attributes.group !== 1 || out % block !== 0) return false;
  if (channels % block !== 0 && channels >= block) return false;
  const thin = isThin(kernel, pads) && channels % block === 0;
  return dilations.every((d) => d === 1) && (thin || kernel.every((k, i) => k >= strides[i]));
}

/** A 1x1 kernel reads every stride-th pixel only: x is thinned out first. */
function isThin(kernel: readonly number[], pads: readonly number[]): boolean {
  return kernel.every((k) => k === 1) && pads.every((p) => p === 0);
}

export const convWeightGradient: BlockedKernel = (l, node) => {
  if (!coversConvWeightGradient(node, l.block)) return false;
  const { w, block } = l;
  const [x, dy] = node.inputs;
  const kernel = node.attributes.kernel as readonly number[];
  const { pads } = node.attributes as unknown as WindowAttributes;
  const thin = isThin(kernel, pads) && l.canBlock(x);
  const given = node.attributes.strides as readonly number[];
  const strides = thin ? [1, 1] : given;
  const [n, channels, ...size] = x.type.shape;
  const [, out, ...outSize] = dy.type.shape;
  const lanes = l.canBlock(x) ? block : 1;
  const stack = stackHeight(n, channels * out * kernel[0] * kernel[1], block);
  const groups = n / stack;

  const wide = [0, 1].map((i) => strides[i] * (outSize[i] - 1) + kernel[i]);
  const used = thin ? outSize : size.map((d, i) => Math.min(d, wide[i] - pads[i]));
  const rows = stack === 1 ? wide[0] : rowsOf(pads[0], used[0], wide[0], outSize[0], strides[0]);
  const border = [pads[0], pads[1], rows - pads[0] - used[0], wide[1] - pads[1] - used[1]];
  const images =
    lanes === 1 ? plainImages(l, x, used, border) : blockedImages(l, x, used, border, thin ? given : null);
  let input = reshape(w, images, channels / lanes, groups, stack * rows, wide[1] * lanes);
  const more = stack === 1 ? 0 : kernel[0] - strides[0];
  if (more > 0) {
    const shape = [channels / lanes, groups, more, wide[1] * lanes];
    const [zeros] = w.node('ConstantOfShape', [int64s(w, ...shape)]);
    [input] = w.node('Concat', [input, zeros], { axis: 2 });
  }
  const tall = (stack * rows) / strides[0];
  const sums = blockedConv(w, {
    x: input,
    weights: stack === 1 ? reshape(w, l.blocked(dy), n * out, 1, ...outSize) : stackedKernel(),
    kernel: stack === 1 ? outSize : [tall, outSize[1]],
    dilations: [strides[0], strides[1] * lanes],
    group: groups,
  });
  l.define(node.outputs[0], { weights: gather(sums) });
  return true;

  /** dy of stacked samples below each other: [groups out, 1, stack rows, columns]. */
  function stackedKernel(): Name {
    const high = rows / strides[0];
    const padded = padBlocked(w, l.blocked(dy), out, [0, 0, high - outSize[0], 0]);
    const shape = [groups * out, 1, stack * high, outSize[1]];
    if (out === block) return reshape(w, padded, ...shape);
    const parts = reshape(w, padded, groups, stack, out / block, high * outSize[1] * block);
    return reshape(w, transpose(w, parts, 0, 2, 1, 3), ...shape);
  }

  /** [C / lanes, groups, out / B, ...] summed over the groups, then outputs first: the order of weights. */
  function gather(parts: Name): Name {
    const each = kernel[0] * kernel[1] * lanes * block;
    let sum = parts;
    if (groups > 1) {
      const flat = reshape(w, parts, channels / lanes, groups, (out / block) * each);
      [sum] = w.node('ReduceSum', [flat, int64s(w, 1)], { keepdims: 0 });
    }
    if (channels > lanes && out > block)
      sum = transpose(w, reshape(w, sum, channels / lanes, out / block, each), 1, 0, 2);
    return reshape(w, sum, out, channels, ...kernel);
  }
};

/** How many samples share one group: the fewest that the operator takes and that keep the partial sums small. */
function stackHeight(n: number, weights: number, block: number): number {
  for (let stack = 1; stack < n; stack++) {
    const groups = n / stack;
    if (!Number.isInteger(groups) || groups * weights > partialSums) continue;
    if (groups < block || groups % block === 0) return stack;
  }
  return n;
}

/** Rows of one stacked sample: the padding behind it is what stands above the next one. A multiple of the stride. */
function rowsOf(pad: number, used: number, wide: number, out: number, stride: number): number {
  return Math.ceil(Math.max(pad + used, wide - pad, out * stride) / stride) * stride;
}

/** [N, C, H, W] blocked to [C / B, N, rows, columns B]. */
function blockedImages(
  l: Lowering,
  x: Node['inputs'][number],
  used: readonly number[],
  border: readonly number[],
  thinned: readonly number[] | null,
): Name {
  const { w, block } = l;
  const [n, channels, ...size] = x.type.shape;
  let name = l.blocked(x);
  if (thinned) name = padBlocked(w, name, channels, border, thinned);
  else {
    if (used.some((d, i) => d < size[i])) name = cropBlocked(w, name, [n, channels], size, used, block);
    name = padBlocked(w, name, channels, border);
  }
  if (channels === block || n === 1) return name;
  const area = (used[0] + border[0] + border[2]) * (used[1] + border[1] + border[3]);
  return transpose(w, reshape(w, name, n, channels / block, area * block), 1, 0, 2);
}

/** [N, C, H, W] to [C, N, rows, columns]. */
function plainImages(
  l: Lowering,
  x: Node['inputs'][number],
  used: readonly number[],
  border: readonly number[],
): Name {
  const { w } = l;
  let name = transpose(w, l.plain(x), 1, 0, 2, 3);
  if (used.some((d, i) => d < x.type.shape[i + 2]))
    [name] = w.node('Slice', [name, int64s(w, 0, 0), int64s(w, ...used), int64s(w, 2, 3)]);
  if (border.every((p) => p === 0)) return name;
  const [top, left, bottom, right] = border;
  return w.node('Pad', [name, int64s(w, 0, 0, top, left, 0, 0, bottom, right)])[0];
}

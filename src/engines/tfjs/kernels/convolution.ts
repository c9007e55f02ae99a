/**
 * Convolution and its two gradients, N, H, W, C inside. ONNX gives pads a side; TensorFlow's gradients know only
 * `same` (the smaller half in front) and `valid`, so other pads are added to the image by hand, and a dilated
 * kernel's gradients are those of the kernel with zeros between its taps.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../deviceValue';
import { type Kernel, type KernelSite, spread } from '../kernel';

export type ConvAttributes = {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
  readonly group: number;
};

type Pair = [number, number];

const pair = ([a, b]: readonly number[]): Pair => [a, b];

/** TensorFlow's word for the pads, or null where it has none. `kernel` counts the gaps of a dilated one. */
export function namedPadding(
  image: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  pads: readonly number[],
): 'valid' | 'same' | null {
  if (pads.every((p) => p === 0)) return 'valid';
  const isSame = [0, 1].every((i) => {
    const total = Math.max((Math.ceil(image[i] / strides[i]) - 1) * strides[i] + kernel[i] - image[i], 0);
    const before = Math.floor(total / 2);
    return pads[i] === before && pads[i + 2] === total - before;
  });
  return isSame ? 'same' : null;
}

/** Pads as the explicit list of an N, H, W, C image. */
export function imagePads([top, left, bottom, right]: readonly number[]): Pair[] {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

export const conv: Kernel = (site, attributes: ConvAttributes) => {
  const { tf } = site;
  const { strides, dilations, group } = attributes;
  const x = site.inputs[0].as('channelsLast') as Tensor4D;
  const given = site.inputs[1].as('filters') as Tensor4D;
  const pad = padding(attributes, x.shape.slice(1, 3), given.shape.slice(0, 2));
  // TensorFlow takes either a stride or a dilation: a dilated kernel is one with zeros between its taps.
  const isBoth = strides.some((s) => s > 1) && dilations.some((d) => d > 1);
  const w = isBoth ? (widened(tf, given, attributes) as Tensor4D) : given;
  const gaps = isBoth ? [1, 1] : dilations;
  const one = (image: Tensor4D, filters: Tensor4D) =>
    tf.conv2d(image, filters, pair(strides), pad, 'NHWC', pair(gaps));
  const y = grouped(tf, x, w, group, one);
  return [site.give('channelsLast', site.inputs.length === 3 ? tf.add(y, site.plain(2)) : y)];
};

function padding({ strides, pads, dilations }: ConvAttributes, image: number[], kernel: number[]) {
  const extent = kernel.map((k, i) => dilations[i] * (k - 1) + 1);
  const named = namedPadding(image, extent, strides, pads);
  return named ?? (imagePads(pads) as [Pair, Pair, Pair, Pair]);
}

export const convInputGradient: Kernel = (site, attributes: ConvAttributes & { size: readonly number[] }) => {
  const dx = transposed(site, attributes, attributes.size);
  return [site.give('channelsLast', dx)];
};

export const convTranspose: Kernel = (site, attributes: ConvAttributes) => {
  const y = transposed(site, attributes, site.shape().slice(2));
  return [site.give('channelsLast', site.inputs.length === 3 ? site.tf.add(y, site.plain(2)) : y)];
};

/** The image of the given size that a convolution would have made input 0 of, with the filters of input 1. */
function transposed(site: KernelSite, attributes: ConvAttributes, size: readonly number[]): Tensor {
  const { tf } = site;
  const { strides, pads, group } = attributes;
  const dy = site.inputs[0].as('channelsLast') as Tensor4D;
  const w = widened(tf, site.inputs[1].as('filters'), attributes) as Tensor4D;
  const [n, channels] = site.shape();
  const named = namedPadding(size, w.shape, strides, pads);
  const [height, width] = named ? size : [size[0] + pads[0] + pads[2], size[1] + pads[1] + pads[3]];
  const one = (gradient: Tensor4D, filters: Tensor4D) =>
    tf.conv2dTranspose(
      gradient,
      filters,
      [n, height, width, channels / group],
      pair(strides),
      named ?? 'valid',
    );
  const dx = grouped(tf, dy, w, group, one);
  return named ? dx : tf.slice(dx, [0, pads[0], pads[1], 0], [n, size[0], size[1], channels]);
}

export const convWeightGradient: Kernel = (
  site,
  attributes: ConvAttributes & { kernel: readonly number[] },
) => {
  const { tf } = site;
  const { strides, pads, dilations, group, kernel } = attributes;
  const image = site.inputs[0].as('channelsLast') as Tensor4D;
  const dy = site.inputs[1].as('channelsLast') as Tensor4D;
  const extent = kernel.map((k, i) => dilations[i] * (k - 1) + 1);
  const named = namedPadding(image.shape.slice(1, 3), extent, strides, pads);
  const x = named ? image : tf.pad(image, imagePads(pads));
  const [kernels, perGroup] = site.shape();
  const one = (part: Tensor, gradient: Tensor): Tensor =>
    tf.engine().runKernel(
      tf.Conv2DBackpropFilter,
      { x: part, dy: gradient },
      {
        strides: pair(strides),
        pad: named ?? 'valid',
        dataFormat: 'NHWC',
        filterShape: [...extent, perGroup, kernels / group],
      },
    ) as Tensor;
  const wide = grouped<Tensor, Tensor>(tf, x, dy, group, one);
  return [site.give('filters', taps(site, wide, dilations))];
};

/** Filters with the gaps of their dilation filled with zeros. */
function widened(tf: Tf, filters: Tensor, { dilations }: ConvAttributes): Tensor {
  if (dilations.every((d) => d === 1)) return filters;
  const extent = filters.shape.map((k, i) => (i < 2 ? dilations[i] * (k - 1) + 1 : k));
  const apart = spread(tf, spread(tf, filters, 0, dilations[0]), 1, dilations[1]);
  return tf.slice(
    apart,
    extent.map(() => 0),
    extent,
  );
}

/** The inverse of `widened`: every dilated tap of a filter gradient. */
function taps({ tf }: KernelSite, wide: Tensor, dilations: readonly number[]): Tensor {
  if (dilations.every((d) => d === 1)) return wide;
  return tf.stridedSlice(wide, [0, 0, 0, 0], wide.shape, [...dilations, 1, 1]);
}

/** Runs `one` a group: both tensors are cut along their last axis, the results joined there. */
function grouped<A extends Tensor, B extends Tensor>(
  tf: Tf,
  a: A,
  b: B,
  group: number,
  one: (a: A, b: B) => Tensor,
): Tensor {
  if (group === 1) return one(a, b);
  const others = tf.split<B>(b, group, 3);
  return tf.concat(
    tf.split<A>(a, group, 3).map((part, i) => one(part, others[i])),
    3,
  );
}

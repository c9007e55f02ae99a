/** Pools over N, H, W, C images. What TensorFlow's pools cannot pad, minus the largest number pads. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Kernel } from '../kernel';
import { imagePads, namedPadding } from './convolution';

export type PoolAttributes = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
};

const lowest = -3.4028234663852886e38;

export const maxPool: Kernel = (site, { kernel, strides, pads }: PoolAttributes) => {
  const { tf } = site;
  const image = site.inputs[0].as('channelsLast') as Tensor4D;
  const named = namedPadding(image.shape.slice(1, 3), kernel, strides, pads);
  const x = named ? image : (tf.pad(image, imagePads(pads), lowest) as Tensor4D);
  const y = tf.maxPool(x, [kernel[0], kernel[1]], [strides[0], strides[1]], named ?? 'valid');
  return [site.give('channelsLast', y)];
};

export const maxPoolGradient: Kernel = (site, { kernel, strides, pads }: PoolAttributes) => {
  const { tf } = site;
  const [dy, image, output] = site.inputs.map((v) => v.as('channelsLast'));
  const named = namedPadding(image.shape.slice(1, 3), kernel, strides, pads);
  const input = named ? image : tf.pad(image, imagePads(pads), lowest);
  const dx = tf.engine().runKernel(
    tf.MaxPoolGrad,
    { dy, input, output },
    {
      filterSize: [...kernel],
      strides: [...strides],
      pad: named ?? 'valid',
    },
  ) as Tensor;
  const cut = named ? dx : tf.slice(dx, [0, pads[0], pads[1], 0], image.shape);
  return [site.give('channelsLast', cut)];
};

export const globalAveragePool: Kernel = (site) => {
  const x = site.inputs[0].as('channelsLast');
  return [site.give('channelsLast', site.tf.mean(x, [1, 2], true))];
};

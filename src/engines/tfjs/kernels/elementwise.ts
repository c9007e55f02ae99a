/** Kernels that treat every element alike: sums, products, activations. They keep whatever order they find. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { type DeviceValue, permutation, type Tf } from '../deviceValue';
import type { Kernel, KernelSite } from '../kernel';

type NumberOnDevice = KernelSite['scalar'];

/** An operator of one input. */
export function unary(f: (tf: Tf, x: Tensor, scalar: NumberOnDevice) => Tensor): Kernel {
  return (site) => {
    const layout = site.preferred();
    return [site.give(layout, f(site.tf, site.inputs[0].as(layout), site.scalar))];
  };
}

/** An operator of two inputs, with NumPy's broadcasting. */
export function binary(f: (tf: Tf, a: Tensor, b: Tensor, scalar: NumberOnDevice) => Tensor): Kernel {
  return (site) => {
    const layout = site.preferred();
    const rank = site.shape().length;
    const operand = (value: DeviceValue) =>
      layout === 'plain' ? value.as('plain') : channelsLast(site, value, rank);
    return [site.give(layout, f(site.tf, operand(site.inputs[0]), operand(site.inputs[1]), site.scalar))];
  };
}

/** An operand of lower rank gets axes of length 1 in front, as broadcasting has it, before it is turned. */
function channelsLast({ tf }: KernelSite, value: DeviceValue, rank: number): Tensor {
  const { shape } = value;
  if (shape.length === rank) return value.as('channelsLast');
  if (shape.length === 0) return value.as('plain');
  const full = [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const order = permutation('channelsLast', rank);
  const pixels = full.slice(2).reduce((a, b) => a * b, 1);
  if (pixels === 1 || full[1] === 1)
    return tf.reshape(
      value.as('plain'),
      order.map((axis) => full[axis]),
    );
  return tf.transpose(tf.reshape(value.as('plain'), full), order);
}

export const reluGradient = binary((tf, dy, y, scalar) =>
  tf.mul(dy, tf.cast(tf.greater(y, scalar(0)), 'float32')),
);

export const clip: Kernel = (site, { min, max }: { min: number; max: number }) =>
  unary((tf, x) => tf.clipByValue(x, min, max))(site, {});

/** max(x, 0) + alpha (exp(min(x, 0)) - 1): one of the two parts is 0. */
export const elu: Kernel = (site, { alpha }: { alpha: number }) =>
  unary((tf, x, scalar) => tf.add(tf.relu(x), tf.mul(tf.expm1(tf.minimum(x, scalar(0))), scalar(alpha))))(
    site,
    {},
  );

export const eluGradient: Kernel = (site, { alpha }: { alpha: number }) =>
  binary((tf, dy, y, scalar) =>
    tf.mul(dy, tf.where(tf.greater(y, scalar(0)), tf.onesLike(y), tf.add(y, scalar(alpha)))),
  )(site, {});

export const leakyRelu: Kernel = (site, { alpha }: { alpha: number }) =>
  unary((tf, x) => tf.leakyRelu(x, alpha))(site, {});

/** The slope is alpha + (1 - alpha) where x was positive, alpha elsewhere. */
export const leakyReluGradient: Kernel = (site, { alpha }: { alpha: number }) =>
  binary((tf, dy, x, scalar) => {
    const positive = tf.cast(tf.greater(x, scalar(0)), 'float32');
    return tf.mul(dy, tf.add(tf.mul(positive, scalar(1 - alpha)), scalar(alpha)));
  })(site, {});

export const identity: Kernel = (site) => [site.inputs[0].hold()];

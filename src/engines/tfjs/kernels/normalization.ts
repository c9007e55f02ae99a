/** Batch and group norm and their gradients: channels last, so that a channel's figures broadcast as they are. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../deviceValue';
import type { BatchNorm } from '../fusedNorm';
import type { Kernel, KernelSite } from '../kernel';

type Epsilon = { readonly epsilon: number };

/** All axes but the last. */
const overImages = (x: Tensor) => x.shape.slice(0, -1).map((_, i) => i);

const inverseRoot = ({ tf, scalar }: KernelSite, variance: Tensor, epsilon: number) =>
  tf.rsqrt(tf.add(variance, scalar(epsilon)));

export const batchNormalization: Kernel = (site, { epsilon }: Epsilon) => {
  const { tf } = site;
  const x = site.inputs[0].as('channelsLast');
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => site.plain(i));
  const gain = tf.mul(scale, inverseRoot(site, variance, epsilon));
  return [site.give('channelsLast', tf.add(tf.mul(tf.sub(x, mean), gain), shift))];
};

/**
 * Training-mode batch norm out of the library's own functions. Its gradient, with s = 1 / sqrt(variance + epsilon) and
 * M elements a channel: dx = scale s (dy - dshift / M - (x - mean) s dscale / M).
 */
export const composedNorm = (tf: Tf, scalar: KernelSite['scalar'] = tf.scalar): BatchNorm => ({
  forward(x, scale, shift, epsilon) {
    const axes = overImages(x);
    const mean = tf.mean(x, axes);
    const centred = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centred), axes);
    const gain = tf.mul(scale, tf.rsqrt(tf.add(variance, scalar(epsilon))));
    return [tf.add(tf.mul(centred, gain), shift), mean, variance];
  },
  backward(dy, x, scale, mean, variance, epsilon) {
    const axes = overImages(x);
    const share = scalar(scale.size / x.size);
    const root = tf.rsqrt(tf.add(variance, scalar(epsilon)));
    const centred = tf.sub(x, mean);
    const dshift = tf.sum(dy, axes);
    const dscale = tf.mul(tf.sum(tf.mul(dy, centred), axes), root);
    const slope = tf.mul(tf.mul(dscale, root), share);
    const bent = tf.sub(tf.sub(dy, tf.mul(dshift, share)), tf.mul(centred, slope));
    return [tf.mul(bent, tf.mul(scale, root)), dscale, dshift];
  },
});

/** The native one for images with more than one element a channel, whose n - 1 it divides by. */
const normFor = ({ tf, scalar, fusedNorm }: KernelSite, x: Tensor, channels: number): BatchNorm =>
  fusedNorm && x.rank === 4 && x.size > channels ? fusedNorm : composedNorm(tf, scalar);

export const batchNormalizationTraining: Kernel = (site, { epsilon }: Epsilon) => {
  const x = site.inputs[0].as('channelsLast');
  const [scale, shift] = [site.plain(1), site.plain(2)];
  const [y, mean, variance] = normFor(site, x, scale.size).forward(x, scale, shift, epsilon);
  return [site.give('channelsLast', y), site.give('plain', mean, 1), site.give('plain', variance, 2)];
};

export const batchNormalizationGradient: Kernel = (site, { epsilon }: Epsilon) => {
  const [dy, x] = [0, 1].map((i) => site.inputs[i].as('channelsLast'));
  const [scale, mean, variance] = [2, 3, 4].map((i) => site.plain(i));
  const norm = normFor(site, x, scale.size);
  const [dx, dscale, dshift] = norm.backward(dy, x, scale, mean, variance, epsilon);
  return [site.give('channelsLast', dx), site.give('plain', dscale, 1), site.give('plain', dshift, 2)];
};

type Groups = Epsilon & { readonly num_groups: number };

/** [N, H, W, C] as [N, H W, groups, C / groups]: a group's mean is one over the axes 1 and 3. */
function groupedImage({ tf }: KernelSite, x: Tensor, groups: number): Tensor {
  const [n, channels] = [x.shape[0], x.shape[x.shape.length - 1]];
  return tf.reshape(x, [n, x.size / (n * channels), groups, channels / groups]);
}

function normalised(site: KernelSite, x: Tensor, { num_groups: groups, epsilon }: Groups) {
  const { tf } = site;
  const rows = groupedImage(site, x, groups);
  const mean = (v: Tensor) => tf.mean(v, [1, 3], true);
  const centred = tf.sub(rows, mean(rows));
  const root = inverseRoot(site, mean(tf.square(centred)), epsilon);
  return { normal: tf.mul(centred, root), root, mean };
}

export const groupNormalization: Kernel = (site, attributes: Groups) => {
  const { tf } = site;
  const x = site.inputs[0].as('channelsLast');
  const { normal } = normalised(site, x, attributes);
  const scaled = tf.mul(tf.reshape(normal, x.shape), site.plain(1));
  return [site.give('channelsLast', tf.add(scaled, site.plain(2)))];
};

/** With h = dy scale: dx = s (h - mean of h - x^ times the mean of h x^), means over a group of one image. */
export const groupNormalizationGradient: Kernel = (site, attributes: Groups) => {
  const { tf } = site;
  const [dy, x] = [0, 1].map((i) => site.inputs[i].as('channelsLast'));
  const { normal, root, mean } = normalised(site, x, attributes);
  const h = groupedImage(site, tf.mul(dy, site.plain(2)), attributes.num_groups);
  const bent = tf.sub(tf.sub(h, mean(h)), tf.mul(normal, mean(tf.mul(h, normal))));
  const axes = overImages(x);
  return [
    site.give('channelsLast', tf.reshape(tf.mul(bent, root), x.shape)),
    site.give('plain', tf.sum(tf.mul(dy, tf.reshape(normal, x.shape)), axes), 1),
    site.give('plain', tf.sum(dy, axes), 2),
  ];
};

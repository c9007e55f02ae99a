/** Matrix products, and the loss that ends a classifier. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernel } from '../kernel';

export const gemm: Kernel = (site, { transA, transB }: { transA: boolean; transB: boolean }) => {
  const { tf } = site;
  const y = tf.matMul(site.plain(0), site.plain(1), transA, transB);
  return [site.give('plain', site.inputs.length === 3 ? tf.add(y, site.plain(2)) : y)];
};

export const matMul: Kernel = (site) => [site.give('plain', site.tf.matMul(site.plain(0), site.plain(1)))];

/** TensorFlow.js takes shares along the last axis only: the wanted one is put there and back. */
export const softmax: Kernel = (site, { axis }: { axis: number }) => {
  const { tf } = site;
  const last = site.shape().length - 1;
  const order = site.shape().map((_, i) => (i === axis ? last : i === last ? axis : i));
  const x = site.plain(0);
  const y = axis === last ? tf.softmax(x) : tf.transpose(tf.softmax(tf.transpose(x, order)), order);
  return [site.give('plain', y)];
};

export const oneHot: Kernel = (site, { depth }: { depth: number }) => [
  site.give('plain', site.tf.oneHot(site.plain(0) as Tensor1D, depth, 1, 0, 'float32')),
];

/** The largest logit is taken off before the exponential, so that large ones do not overflow. */
export const softmaxCrossEntropyLoss: Kernel = (site) => {
  const { tf } = site;
  const logits = site.plain(0) as Tensor2D;
  const [rows, classes] = logits.shape;
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  const log = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
  const target = tf.oneHot(site.plain(1) as Tensor1D, classes, 1, 0, 'float32');
  const loss = tf.mul(tf.sum(tf.mul(log, target)), site.scalar(-1 / rows));
  return [site.give('plain', loss), site.give('plain', log, 1)];
};

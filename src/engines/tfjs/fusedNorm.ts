/**
 * TensorFlow's own batch norm for training, which the library's public functions leave out: two kernels where the
 * composed ones are two dozen small ones, and most of a residual network's step is starting kernels. It is reached
 * through the native backend's way of running any operation. What the gradient takes as its second figure differs
 * between processor (the variance) and GPU (the inverse deviation), and no document promises either: both are tried
 * on a few numbers, and where neither agrees with the composed kernels those stay in use.
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from './deviceValue';

/** Over the last axis of [N, H, W, C], with population variances, as the graph's operators have it. */
export interface BatchNorm {
  forward(
    x: Tensor,
    scale: Tensor,
    shift: Tensor,
    epsilon: number,
  ): [y: Tensor, mean: Tensor, variance: Tensor];
  backward(
    dy: Tensor,
    x: Tensor,
    scale: Tensor,
    mean: Tensor,
    variance: Tensor,
    epsilon: number,
  ): [dx: Tensor, dscale: Tensor, dshift: Tensor];
}

/** What tfjs-node's backend has beside the interface of every backend. */
interface NativeBackend {
  readonly binding: Readonly<Record<string, number>>;
  executeMultipleOutputs(name: string, attributes: object[], inputs: Tensor[], count: number): Tensor[];
}

type SecondFigure = 'variance' | 'inverseDeviation';

const found = new WeakMap<Tf, BatchNorm | null>();

/** The native batch norm where there is one that agrees with `composed`, else null; tried once a library. */
export function findFusedNorm(tf: Tf, composed: BatchNorm): BatchNorm | null {
  const known = found.get(tf);
  if (known !== undefined) return known;
  const candidates = (['variance', 'inverseDeviation'] as const).map((figure) => fused(tf, figure));
  const fitting = candidates.find((candidate) => candidate && agrees(tf, candidate, composed)) ?? null;
  found.set(tf, fitting);
  return fitting;
}

function fused(tf: Tf, figure: SecondFigure): BatchNorm | null {
  const backend = tf.backend() as unknown as Partial<NativeBackend>;
  if (!backend.binding || !backend.executeMultipleOutputs) return null;
  const { binding } = backend;
  const run = backend.executeMultipleOutputs.bind(backend);
  const attributes = (epsilon: number) => [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
  // Kept for as long as the library is: a handful of numbers, which would otherwise be sent again for every layer.
  const constants = new Map<number | 'nothing', Tensor>();
  const constant = (value: number | 'nothing'): Tensor => {
    const known = constants.get(value);
    if (known) return known;
    const made = tf.keep(value === 'nothing' ? tf.tensor1d([]) : tf.scalar(value));
    constants.set(value, made);
    return made;
  };
  const nothing = () => constant('nothing');
  return {
    forward(x, scale, shift, epsilon) {
      const inputs = [x, scale, shift, nothing(), nothing()];
      const [y, mean, corrected] = run('FusedBatchNormV3', attributes(epsilon), inputs, 6);
      // It reports the estimate with n - 1; the graph's variance is the one with n.
      const count = x.size / scale.size;
      return [y, mean, tf.mul(corrected, constant((count - 1) / count))];
    },
    backward(dy, x, scale, mean, variance, epsilon) {
      const second = figure === 'variance' ? variance : tf.rsqrt(tf.add(variance, constant(epsilon)));
      const inputs = [dy, x, scale, mean, second, nothing()];
      const [dx, dscale, dshift] = run('FusedBatchNormGradV3', attributes(epsilon), inputs, 5);
      return [dx, dscale, dshift];
    },
  };
}

/** Whether two batch norms give the same on numbers whose variance is far from 1. */
function agrees(tf: Tf, one: BatchNorm, other: BatchNorm): boolean {
  try {
    return tf.tidy(() => {
      const wave = (size: number, pace: number) =>
        Float32Array.from({ length: size }, (_, i) => Math.sin(i * pace));
      const shape: [number, number, number, number] = [8, 8, 8, 16];
      const size = 8 * 8 * 8 * 16;
      const x = tf.add(tf.mul(tf.tensor4d(wave(size, 0.7), shape), 5), 2) as Tensor4D;
      const dy = tf.tensor4d(wave(size, 1.3), shape);
      const scale = tf.add(tf.tensor1d(wave(16, 0.9)), 2) as Tensor1D;
      const shift = tf.tensor1d(wave(16, 0.4));
      const all = ({ forward, backward }: BatchNorm) => {
        const results = forward(x, scale, shift, 1e-3);
        return [...results, ...backward(dy, x, scale, results[1], results[2], 1e-3)];
      };
      const wanted = all(other);
      return all(one).every((result, i) => {
        const largest = tf.max(tf.abs(wanted[i])).dataSync()[0];
        const worst = tf.max(tf.abs(tf.sub(result, wanted[i]))).dataSync()[0];
        return worst <= 1e-4 * largest;
      });
    });
  } catch {
    // An operation that this TensorFlow does not have, or not with these attributes.
    return false;
  }
}

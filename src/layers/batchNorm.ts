/** Batch norm: batch statistics while training, running statistics for evaluation (Ioffe and Szegedy 2015). */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';

export interface BatchNormSpec {
  /** Added to the variance before the root. */
  readonly epsilon: number;
  /** The share of the running statistics that a step keeps. */
  readonly momentum: number;
  /** Starts the scale (gamma) at 0 instead of 1. */
  readonly zero?: boolean;
}

export function batchNorm(
  b: Builder,
  scope: string,
  x: Value,
  { epsilon, momentum, zero = false }: BatchNormSpec,
  name: string = scope,
): Value {
  return b.layer(
    scope,
    'BatchNormalization',
    [x],
    () => {
      const type = float32(x.type.shape[1]);
      const scale = b.parameter('weight', type, 'scale', { kind: zero ? 'zeros' : 'ones' }).value;
      const shift = b.parameter('bias', type, 'shift', { kind: 'zeros' }).value;
      const mean = b.parameter('running_mean', type, 'runningMean', { kind: 'zeros' }).value;
      const variance = b.parameter('running_var', type, 'runningVariance', { kind: 'ones' }).value;
      return b.mode === 'training'
        ? b.op('BatchNormalizationTraining', [x, scale, shift], { epsilon, momentum })
        : b.op('BatchNormalization', [x, scale, shift, mean, variance], { epsilon });
    },
    name,
  );
}

/**
 * Dropout (Srivastava et al. 2014) and stochastic depth (Huang et al. 2016). The draws are graph inputs, so that
 * a step can be repeated exactly; at inference nothing is drawn.
 */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';

/** Drops every element with probability `rate` while training; what is kept grows by 1 / (1 - rate). */
export function dropout(b: Builder, scope: string, x: Value, rate: number): Value {
  if (rate === 0 || b.mode === 'inference') return x;
  return b.layer(scope, 'Dropout', [x], () => {
    const mask = b.noise(x.type, 1 - rate, 1 / (1 - rate));
    return b.op('Mul', [x, mask]);
  });
}

/**
 * Drops the whole of `x`, for all images of a step together, with probability 1 - `survival`. As in the paper,
 * what survives is not scaled while training; at inference everything is scaled by `survival`.
 */
export function dropBranch(b: Builder, scope: string, x: Value, survival: number): Value {
  if (survival === 1) return x;
  return b.layer(scope, 'Mul', [x], () => {
    const kept = b.mode === 'training' ? b.noise(float32(), survival, 1) : b.constant(float32(), [survival]);
    return b.op('Mul', [x, kept]);
  });
}

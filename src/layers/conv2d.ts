/** A convolution layer: weights [out, in / groups, k, k], biases if asked for. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';
import { biasInitializer, type Initialization, initializerFor } from './initializers';

export interface Conv2dSpec {
  readonly out: number;
  /** Square kernel side. */
  readonly kernel: number;
  readonly stride?: number;
  /**
   * All four sides, or TensorFlow's `same` (ceil(size / stride) out, the odd zero behind); half the kernel by
   * default, which keeps the size at stride 1.
   */
  readonly padding?: number | 'same';
  readonly groups?: number;
  readonly bias?: boolean;
  /** What every bias starts at; 0 by default. */
  readonly biasStart?: number;
  readonly init: Initialization;
  /** Factor on what `init` draws; 0 starts the weights at zero. */
  readonly gain?: number;
}

/** x [N, C, H, W] to [N, out, H', W']. `name` is the parameter-name segment where it is not the scope. */
export function conv2d(b: Builder, scope: string, x: Value, spec: Conv2dSpec, name: string = scope): Value {
  const {
    out,
    kernel,
    stride = 1,
    padding = Math.floor(kernel / 2),
    groups = 1,
    bias = false,
    biasStart = 0,
  } = spec;
  return b.layer(
    scope,
    'Conv',
    [x],
    () => {
      const shape = [out, Math.max(1, Math.floor(x.type.shape[1] / groups)), kernel, kernel];
      const start = initializerFor(spec.init, shape, spec.gain);
      const weight = b.parameter('weight', float32(...shape), 'weight', start);
      const inputs = [x, weight.value];
      if (bias) inputs.push(b.parameter('bias', float32(out), 'bias', biasInitializer(biasStart)).value);
      return b.op('Conv', inputs, {
        strides: [stride, stride],
        pads: padsOf(padding, x, kernel, stride),
        group: groups,
      });
    },
    name,
  );
}

/** top, left, bottom, right */
export function padsOf(padding: number | 'same', x: Value, kernel: number, stride: number): number[] {
  if (padding !== 'same') return [padding, padding, padding, padding];
  const totals = x.type.shape
    .slice(2)
    .map((size) => Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size));
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, i) => total - before[i])];
}

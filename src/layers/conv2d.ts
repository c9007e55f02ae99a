/** A convolution layer: weights [out, in / groups, k, k], biases if asked for. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';
import { type Initialization, initializerFor } from './initializers';

export interface Conv2dSpec {
  readonly out: number;
  /** Square kernel side. */
  readonly kernel: number;
  readonly stride?: number;
  /** All four sides; half the kernel by default, which keeps the size at stride 1. */
  readonly padding?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly init: Initialization;
}

/** x [N, C, H, W] to [N, out, H', W']. `name` is the parameter-name segment where it is not the scope. */
export function conv2d(b: Builder, scope: string, x: Value, spec: Conv2dSpec, name: string = scope): Value {
  const { out, kernel, stride = 1, padding = Math.floor(kernel / 2), groups = 1, bias = false, init } = spec;
  return b.layer(
    scope,
    'Conv',
    [x],
    () => {
      const shape = [out, x.type.shape[1] / groups, kernel, kernel];
      const weight = b.parameter('weight', float32(...shape), 'weight', initializerFor(init, shape));
      const inputs = [x, weight.value];
      if (bias) inputs.push(b.parameter('bias', float32(out), 'bias', { kind: 'zeros' }).value);
      return b.op('Conv', inputs, {
        strides: [stride, stride],
        pads: [padding, padding, padding, padding],
        group: groups,
      });
    },
    name,
  );
}

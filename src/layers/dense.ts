/** A dense layer: weights [out, in], biases. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';
import { type Initialization, initializerFor } from './initializers';

/** x [N, in] to [N, out]. */
export function dense(
  b: Builder,
  scope: string,
  x: Value,
  { out, init, bias = true }: { out: number; init: Initialization; bias?: boolean },
  name: string = scope,
): Value {
  return b.layer(
    scope,
    'Gemm',
    [x],
    () => {
      const shape = [out, x.type.shape[1]];
      const inputs = [
        x,
        b.parameter('weight', float32(...shape), 'weight', initializerFor(init, shape)).value,
      ];
      if (bias) inputs.push(b.parameter('bias', float32(out), 'bias', { kind: 'zeros' }).value);
      return b.op('Gemm', inputs, { transB: true });
    },
    name,
  );
}

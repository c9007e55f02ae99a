/** A dense layer: weights [out, in], biases. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';
import { biasInitializer, type Initialization, initializerFor } from './initializers';

export interface DenseSpec {
  readonly out: number;
  readonly init: Initialization;
  /** True by default. */
  readonly bias?: boolean;
  /** What every bias starts at; 0 by default. */
  readonly biasStart?: number;
  /** Factor on what `init` draws; 0 starts the weights at zero. */
  readonly gain?: number;
}

/** x [N, in] to [N, out]. */
export function dense(b: Builder, scope: string, x: Value, spec: DenseSpec, name: string = scope): Value {
  const { out, init, bias = true, biasStart = 0, gain } = spec;
  return b.layer(
    scope,
    'Gemm',
    [x],
    () => {
      const shape = [out, x.type.shape[1]];
      const start = initializerFor(init, shape, gain);
      const inputs = [x, b.parameter('weight', float32(...shape), 'weight', start).value];
      if (bias) inputs.push(b.parameter('bias', float32(out), 'bias', biasInitializer(biasStart)).value);
      return b.op('Gemm', inputs, { transB: true });
    },
    name,
  );
}

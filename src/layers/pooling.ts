/** Pooling layers; parameter-free. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';

export interface PoolSpec {
  readonly kernel: number;
  readonly stride: number;
  readonly padding?: number;
}

/** x [N, C, H, W] to the maxima of square windows [N, C, H', W']. */
export function maxPool(
  b: Builder,
  scope: string,
  x: Value,
  { kernel, stride, padding = 0 }: PoolSpec,
): Value {
  return b.layer(scope, 'MaxPool', [x], () =>
    b.op('MaxPool', [x], {
      kernel: [kernel, kernel],
      strides: [stride, stride],
      pads: [padding, padding, padding, padding],
    }),
  );
}

/** x [N, C, H, W] to rows [N, C] of means. */
export function globalAveragePool(b: Builder, scope: string, x: Value): Value {
  return flatten(
    b,
    b.layer(scope, 'GlobalAveragePool', [x], () => b.op('GlobalAveragePool', [x])),
  );
}

/** x [N, C, H, W] to rows [N, C] of maxima. */
export function globalMaxPool(b: Builder, scope: string, x: Value): Value {
  const [, , height, width] = x.type.shape;
  return flatten(
    b,
    b.layer(scope, 'GlobalMaxPool', [x], () => b.op('MaxPool', [x], { kernel: [height, width] })),
  );
}

/** x [N, ...] to rows [N, size]. */
export function flatten(b: Builder, x: Value, scope = 'flatten'): Value {
  return b.layer(scope, 'Flatten', [x], () => b.op('Flatten', [x]));
}

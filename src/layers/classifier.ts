/** Global average pooling and one dense layer: how residual networks end. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { dense } from './dense';

/** x [N, C, H, W] to logits [N, classes]; parameters `fc.weight`, `fc.bias`. */
export function classifier(b: Builder, x: Value, classes: number): Value {
  const pooled = b.layer('avgpool', 'GlobalAveragePool', [x], () => b.op('GlobalAveragePool', [x]));
  const rows = b.layer('flatten', 'Flatten', [pooled], () => b.op('Flatten', [pooled]));
  return dense(b, 'fc', rows, { out: classes, init: 'lecun-normal' });
}

/** What a loss is: a scalar from logits [N, classes] and labels [N], written in operators. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';

export interface Loss {
  readonly id: string;
  readonly title: string;
  build(b: Builder, logits: Value, labels: Value): Value;
}

/** Global pooling and one dense layer: how residual networks end. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { dense } from './dense';
import { dropout } from './dropout';
import type { Initialization } from './initializers';
import { globalAveragePool, globalMaxPool } from './pooling';
import { fixupBias } from './scalar';
import type { Style } from './style';

export interface ClassifierSpec {
  readonly classes: number;
  /** Share of the pooled features that training drops. */
  readonly dropout: number;
  readonly pooling?: 'avg' | 'max';
  /** How its weights start; LeCun's, since nothing rectifies behind it. Zero under Fixup. */
  readonly init?: Initialization;
  /** The parameters' name, `fc` by default. */
  readonly name?: string;
}

/** x [N, C, H, W] or rows [N, C] to logits [N, classes]. */
export function classifier(b: Builder, x: Value, spec: ClassifierSpec, style: Style): Value {
  const { classes, pooling = 'avg', init = 'lecun-normal', name = 'fc' } = spec;
  const rows =
    x.type.shape.length === 2
      ? x
      : pooling === 'avg'
        ? globalAveragePool(b, 'avgpool', x)
        : globalMaxPool(b, 'maxpoolHead', x);
  const kept = dropout(b, 'dropout', rows, spec.dropout);
  const shifted = fixupBias(b, 'biasHead', kept, style);
  return dense(b, 'fc', shifted, { out: classes, init, gain: style.scalarBiases ? 0 : 1 }, name);
}

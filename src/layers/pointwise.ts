/** A map of channels that looks at one pixel: a 1x1 convolution, or for rows a dense layer. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { conv2d } from './conv2d';
import { dense } from './dense';
import type { Initialization } from './initializers';

export interface PointwiseSpec {
  readonly out: number;
  /** Of the convolution; rows have none. */
  readonly stride?: number;
  readonly padding?: 0 | 'same';
  readonly bias: boolean;
  /** What every bias starts at; 0 by default. */
  readonly biasStart?: number;
  readonly init: Initialization;
}

/** x [N, C, H, W] to [N, out, H', W'], or [N, C] to [N, out]. */
export function pointwise(b: Builder, scope: string, x: Value, spec: PointwiseSpec, name = scope): Value {
  return x.type.shape.length === 2
    ? dense(b, scope, x, spec, name)
    : conv2d(b, scope, x, { padding: 0, ...spec, kernel: 1 }, name);
}

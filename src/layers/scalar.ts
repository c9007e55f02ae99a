/** One trainable number for a whole tensor: the multipliers and biases of SkipInit, ReZero and Fixup. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';
import type { Style } from './style';

/** x + bias, the bias starting at 0. */
export function scalarBias(b: Builder, scope: string, x: Value): Value {
  return b.layer(
    scope,
    'Add',
    [x],
    () => b.op('Add', [x, b.parameter(scope, float32(1), 'shift', { kind: 'zeros' }).value]),
    '',
  );
}

/** x times a trainable scalar that starts at `start`. */
export function scalarScale(b: Builder, scope: string, x: Value, start: 0 | 1): Value {
  const initializer = { kind: start === 0 ? 'zeros' : 'ones' } as const;
  return b.layer(
    scope,
    'Mul',
    [x],
    () => b.op('Mul', [x, b.parameter(scope, float32(1), 'scale', initializer).value]),
    '',
  );
}

/** x times a number that nobody trains. */
export function constantScale(b: Builder, scope: string, x: Value, factor: number): Value {
  return b.layer(scope, 'Mul', [x], () => b.op('Mul', [x, b.constant(float32(), [factor])]));
}

/** The scalar bias that Fixup puts before every weight layer and activation; nothing in other styles. */
export function fixupBias(b: Builder, scope: string, x: Value, style: Style): Value {
  return style.scalarBiases ? scalarBias(b, scope, x) : x;
}

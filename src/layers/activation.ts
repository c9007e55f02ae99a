/** Activations by the names that people type. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';

export const activations = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh' } as const;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations) as ActivationName[];

export function activation(b: Builder, scope: string, x: Value, name: ActivationName): Value {
  const op = activations[name];
  return b.layer(scope, op, [x], () => b.op(op, [x]));
}

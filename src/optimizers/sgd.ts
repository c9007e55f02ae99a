/**
 * Stochastic gradient descent with weight decay and, where it is asked for, momentum, as PyTorch writes it:
 * v' = mu v + g + lambda w, w' = w - eta v'. He 2015 uses mu 0.9 and lambda 1e-4 on all parameters, batch norm's
 * included. `momentum.ts` is the same update with another default.
 */
import { amount, type OptionsOf } from '../base/options';
import type { Builder } from '../ir/builder';
import { addScaled, defineOptimizer, type UpdateInputs } from './optimizer';

export const descentOptions = (momentum: number) => ({
  momentum: amount(momentum, 0, 0.9999, 'Share of the last update direction that is kept; 0 is plain SGD.'),
  weightDecay: amount(1e-4, 0, 1, 'L2 penalty factor, added to the gradient as lambda w.'),
});

export type DescentOptions = OptionsOf<ReturnType<typeof descentOptions>>;

export const descentSlots = ({ momentum }: DescentOptions): 'momentum'[] =>
  momentum === 0 ? [] : ['momentum'];

/** One step; without momentum it keeps no state. */
export function descend(
  b: Builder,
  { parameters, gradient, learningRate, slots }: UpdateInputs,
  { momentum, weightDecay }: DescentOptions,
) {
  const penalised = addScaled(b, gradient, weightDecay, parameters);
  const direction = momentum === 0 ? penalised : addScaled(b, penalised, momentum, slots.momentum);
  return {
    parameters: b.op('Sub', [parameters, b.op('Mul', [direction, learningRate])]),
    slots: momentum === 0 ? ({} as Record<'momentum', never>) : { momentum: direction },
  };
}

export const sgd = defineOptimizer({
  id: 'sgd',
  title: 'SGD',
  citation: 'Robbins, Monro 1951',
  options: descentOptions(0),
  slots: descentSlots,
  build: descend,
});

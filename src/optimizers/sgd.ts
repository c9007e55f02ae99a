/**
 * Stochastic gradient descent with momentum and weight decay, as PyTorch writes it: v' = mu v + g + lambda w,
 * w' = w - eta v'. He 2015 uses mu 0.9 and lambda 1e-4 on all parameters, batch norm's included.
 */
import { amount } from '../base/options';
import { addScaled, defineOptimizer } from './optimizer';

export const sgdOptions = {
  momentum: amount(0.9, 0, 0.9999, 'Share of the last update direction that is kept; 0 is plain SGD.'),
  weightDecay: amount(1e-4, 0, 1, 'L2 penalty factor, added to the gradient as lambda w.'),
};

export const sgd = defineOptimizer({
  id: 'sgd',
  title: 'SGD with momentum',
  citation: 'Polyak 1964; Sutskever et al. 2013',
  options: sgdOptions,
  slots: ({ momentum }) => (momentum === 0 ? [] : ['momentum']),
  build(b, { parameters, gradient, learningRate, slots }, { momentum, weightDecay }) {
    const penalised = addScaled(b, gradient, weightDecay, parameters);
    const direction = momentum === 0 ? penalised : addScaled(b, penalised, momentum, slots.momentum);
    return {
      parameters: b.op('Sub', [parameters, b.op('Mul', [direction, learningRate])]),
      slots: momentum === 0 ? ({} as Record<'momentum', never>) : { momentum: direction },
    };
  },
});

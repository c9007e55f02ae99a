/** Adam with decoupled weight decay: w' = w - eta lambda w - eta m^ / (sqrt(v^) + eps), as PyTorch scales it. */
import { amount } from '../base/options';
import { adamDirection, adamOptions } from './adam';
import { addScaled, defineOptimizer } from './optimizer';

export const adamw = defineOptimizer({
  id: 'adamw',
  title: 'AdamW',
  citation: 'Loshchilov, Hutter: Decoupled Weight Decay Regularization. ICLR 2019 (arXiv 1711.05101)',
  options: {
    ...adamOptions,
    weightDecay: amount(0.01, 0, 1, 'Share of the weights that a step takes off, times the learning rate.'),
  },
  slots: () => ['firstMoment', 'secondMoment'],
  build(b, inputs, options) {
    const { parameters, learningRate, gradient } = inputs;
    const { direction, slots } = adamDirection(b, inputs, gradient, options);
    const total = addScaled(b, direction, options.weightDecay, parameters);
    return { parameters: b.op('Sub', [parameters, b.op('Mul', [total, learningRate])]), slots };
  },
});

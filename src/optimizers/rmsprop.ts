/**
 * RMSprop (Tieleman and Hinton 2012): s' = rho s + (1 - rho) g^2, d = g / (sqrt(s') + eps), w' = w - eta d, with
 * momentum on d if asked for. PyTorch adds eps outside the root, Keras inside it.
 */
import { amount, toggle } from '../base/options';
import { float32 } from '../ir/tensorType';
import { addScaled, defineOptimizer, mixed } from './optimizer';

export const rmsprop = defineOptimizer({
  id: 'rmsprop',
  title: 'RMSprop',
  citation: 'Tieleman, Hinton: Neural Networks for Machine Learning, lecture 6.5. 2012',
  options: {
    rho: amount(0.9, 0, 0.9999, 'Share of the mean square that a step keeps (PyTorch calls it alpha, 0.99).'),
    epsilon: amount(1e-7, 1e-16, 1, 'Added to the root of the mean square: 1e-7 in Keras, 1e-8 in PyTorch.'),
    epsilonInside: toggle(false, 'Adds epsilon to the mean square before the root, as Keras does.'),
    momentum: amount(0, 0, 0.9999, 'Share of the last update direction that is kept.'),
    weightDecay: amount(0, 0, 1, 'L2 penalty factor, added to the gradient as lambda w.'),
  },
  slots: ({ momentum }) => (momentum === 0 ? ['meanSquare'] : ['meanSquare', 'momentum']),
  build(b, { parameters, gradient, learningRate, slots }, options) {
    const { rho, epsilon, epsilonInside, momentum, weightDecay } = options;
    const penalised = addScaled(b, gradient, weightDecay, parameters);
    const meanSquare = mixed(b, rho, slots.meanSquare, b.op('Mul', [penalised, penalised]));
    const small = b.constant(float32(), [epsilon]);
    const ground = epsilonInside
      ? b.op('Sqrt', [b.op('Add', [meanSquare, small])])
      : b.op('Add', [b.op('Sqrt', [meanSquare]), small]);
    const scaled = b.op('Div', [penalised, ground]);
    const direction = momentum === 0 ? scaled : addScaled(b, scaled, momentum, slots.momentum);
    return {
      parameters: b.op('Sub', [parameters, b.op('Mul', [direction, learningRate])]),
      slots: (momentum === 0 ? { meanSquare } : { meanSquare, momentum: direction }) as Record<
        'meanSquare' | 'momentum',
        typeof meanSquare
      >,
    };
  },
});

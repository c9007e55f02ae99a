/**
 * Gradient descent with Nesterov's momentum, as PyTorch and Keras write it: v' = mu v + g + lambda w and
 * w' = w - eta (g + lambda w + mu v'), which looks one step of momentum ahead.
 */
import { addScaled, defineOptimizer } from './optimizer';
import { descentOptions } from './sgd';

export const nesterov = defineOptimizer({
  id: 'nesterov',
  title: 'SGD with Nesterov momentum',
  citation: 'Nesterov 1983; Sutskever et al. 2013',
  options: descentOptions(0.9),
  slots: () => ['momentum'],
  build(b, { parameters, gradient, learningRate, slots }, { momentum, weightDecay }) {
    const penalised = addScaled(b, gradient, weightDecay, parameters);
    const velocity = addScaled(b, penalised, momentum, slots.momentum);
    const direction = addScaled(b, penalised, momentum, velocity);
    return {
      parameters: b.op('Sub', [parameters, b.op('Mul', [direction, learningRate])]),
      slots: { momentum: velocity },
    };
  },
});

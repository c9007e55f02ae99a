/** Gradient descent with momentum: the update of `sgd`, which keeps nothing of the last direction by default. */
import { defineOptimizer } from './optimizer';
import { descend, descentOptions, descentSlots } from './sgd';

export const momentum = defineOptimizer({
  id: 'momentum',
  title: 'SGD with momentum',
  citation: 'Polyak 1964; Sutskever et al. 2013',
  options: descentOptions(0.9),
  slots: descentSlots,
  build: descend,
});

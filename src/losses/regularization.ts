/**
 * Penalties and clipping as declared options: what may be done to a gradient before the optimizer gets it. How it is
 * done in operators is `autodiff/regularize.ts`.
 */
import { amount, type OptionsOf } from '../base/options';

export const regularizationOptions = {
  l1: amount(0, 0, 1, 'Penalty on the sum of the absolute weights of convolutions and dense layers.'),
  l2: amount(
    0,
    0,
    1,
    'Penalty on half the sum of the squared weights of convolutions and dense layers; unlike weight decay it leaves biases and norms alone. Keras has no half: its 0.01 is 0.02 here.',
  ),
  clipValue: amount(0, 0, 1e9, 'Largest absolute value of any element of the gradient; 0 cuts nothing.'),
  clipNorm: amount(0, 0, 1e9, 'Largest L2 norm of the whole gradient; 0 cuts nothing.'),
};

export type Regularization = OptionsOf<typeof regularizationOptions>;

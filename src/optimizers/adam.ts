/**
 * Adam (Kingma and Ba 2015): m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g^2, both divided by what they lack
 * while young, w' = w - eta m^ / (sqrt(v^) + eps). Weight decay here is an L2 penalty inside the gradient, as in
 * PyTorch's Adam; `adamw` takes it off the weights instead.
 */
import { amount, type OptionsOf } from '../base/options';
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';
import { addScaled, defineOptimizer, mixed, type UpdateInputs } from './optimizer';

export const adamOptions = {
  beta1: amount(0.9, 0, 0.9999, 'Share of the first moment that a step keeps.'),
  beta2: amount(0.999, 0, 0.999999, 'Share of the second moment that a step keeps.'),
  epsilon: amount(
    1e-8,
    1e-16,
    1,
    'Added to the root of the second moment: 1e-8 in PyTorch and the paper, 1e-7 in Keras.',
  ),
};

export const adam = defineOptimizer({
  id: 'adam',
  title: 'Adam',
  citation: 'Kingma, Ba: Adam. ICLR 2015 (arXiv 1412.6980)',
  options: {
    ...adamOptions,
    weightDecay: amount(0, 0, 1, 'L2 penalty factor, added to the gradient as lambda w.'),
  },
  slots: () => ['firstMoment', 'secondMoment'],
  build(b, inputs, options) {
    const { parameters, learningRate } = inputs;
    const gradient = addScaled(b, inputs.gradient, options.weightDecay, parameters);
    const { direction, slots } = adamDirection(b, inputs, gradient, options);
    return { parameters: b.op('Sub', [parameters, b.op('Mul', [direction, learningRate])]), slots };
  },
});

/** m^ / (sqrt(v^) + eps) and the next moments. */
export function adamDirection(
  b: Builder,
  { step, slots }: UpdateInputs,
  gradient: Value,
  { beta1, beta2, epsilon }: OptionsOf<typeof adamOptions>,
) {
  const firstMoment = mixed(b, beta1, slots.firstMoment, gradient);
  const secondMoment = mixed(b, beta2, slots.secondMoment, b.op('Mul', [gradient, gradient]));
  const root = b.op('Sqrt', [b.op('Div', [secondMoment, grown(b, beta2, step)])]);
  const ground = b.op('Add', [root, b.constant(float32(), [epsilon])]);
  const direction = b.op('Div', [b.op('Div', [firstMoment, grown(b, beta1, step)]), ground]);
  return { direction, slots: { firstMoment, secondMoment } };
}

/**
 * 1 - beta^step, a scalar. In float32 the difference would lose four digits at beta 0.999, so it is written as
 * tanh(x / 2) (1 + exp(-x)) with x = -step ln(beta), which is the same number.
 */
function grown(b: Builder, beta: number, step: Value): Value {
  const scalar = (value: number) => b.constant(float32(), [value]);
  if (beta === 0) return scalar(1);
  const half = b.op('Tanh', [b.op('Mul', [step, scalar(-Math.log(beta) / 2)])]);
  const power = b.op('Exp', [b.op('Mul', [step, scalar(Math.log(beta))])]);
  return b.op('Mul', [half, b.op('Add', [power, scalar(1)])]);
}

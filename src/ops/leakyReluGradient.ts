/** The gradient of LeakyRelu: dy where x was positive, alpha dy elsewhere. */
import { float32 } from '../ir/tensorType';
import { inferBroadcast } from './broadcasting';
import { defineOperator, float } from './operator';
import { scalar } from './spelling';

export const leakyReluGradient = defineOperator({
  name: 'LeakyReluGradient',
  summary: 'dy where x > 0, else alpha dy; inputs dy, x.',
  attributes: { alpha: float(0.01) },
  infer: (inputs) => inferBroadcast('LeakyReluGradient', inputs),
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([dy, x], { alpha }) => [dy.data.map((v, i) => (x.data[i] > 0 ? v : alpha * v))],
  onnx: {
    any: (w, site, { alpha }) => {
      const [positive] = w.node('Greater', [site.in(1), scalar(w, 0)]);
      const [mask] = w.node('Cast', [positive], { to: 1 });
      // alpha + (1 - alpha) mask is 1 or alpha.
      const [wide] = w.node('Mul', [mask, scalar(w, 1 - alpha)]);
      const [slope] = w.node('Add', [wide, scalar(w, alpha)]);
      return w.node('Mul', [site.in(0), slope]);
    },
  },
  examples: [
    {
      title: 'by hand',
      inputs: [
        { type: float32(4), data: [1, 2, 3, 4] },
        { type: float32(4), data: [-1, 0.5, 2, 0] },
      ],
      attributes: { alpha: 0.5 },
      expected: [0.5, 2, 3, 2],
    },
  ],
});

/** The gradient of Elu from its output: where y is not positive, alpha exp(x) = y + alpha. */
import { float32 } from '../ir/tensorType';
import { inferBroadcast } from './broadcasting';
import { defineOperator, float } from './operator';
import { scalar } from './spelling';

export const eluGradient = defineOperator({
  name: 'EluGradient',
  summary: 'dy where y > 0, else dy (y + alpha); inputs dy, y.',
  attributes: { alpha: float(1) },
  infer: (inputs) => inferBroadcast('EluGradient', inputs),
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([dy, y], { alpha }) => [dy.data.map((v, i) => (y.data[i] > 0 ? v : v * (y.data[i] + alpha)))],
  onnx: {
    any: (w, site, { alpha }) => {
      const [positive] = w.node('Greater', [site.in(1), scalar(w, 0)]);
      const [slope] = w.node('Add', [site.in(1), scalar(w, alpha)]);
      const [chosen] = w.node('Where', [positive, scalar(w, 1), slope]);
      return w.node('Mul', [site.in(0), chosen]);
    },
  },
  examples: [
    {
      title: 'by hand',
      inputs: [
        { type: float32(3), data: [1, 2, 3] },
        { type: float32(3), data: [-0.5, 0.5, 2] },
      ],
      expected: [0.5, 2, 3],
    },
  ],
});

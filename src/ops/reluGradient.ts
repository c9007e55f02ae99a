/** The gradient of Relu: dy where the output was positive, 0 elsewhere (at 0 itself 0, as frameworks have it). */
import { float32 } from '../ir/tensorType';
import { inferBroadcast } from './broadcasting';
import { defineOperator } from './operator';
import { scalar } from './spelling';

export const reluGradient = defineOperator({
  name: 'ReluGradient',
  summary: 'dy where y > 0, else 0; inputs dy, y.',
  attributes: {},
  infer: (inputs) => inferBroadcast('ReluGradient', inputs),
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([dy, y]) => [dy.data.map((v, i) => (y.data[i] > 0 ? v : 0))],
  onnx: {
    any: (w, site) => {
      const [positive] = w.node('Greater', [site.in(1), scalar(w, 0)]);
      // A product with the mask as numbers costs a quarter of Where on onnxruntime's CPU provider.
      const [mask] = w.node('Cast', [positive], { to: 1 });
      return w.node('Mul', [site.in(0), mask]);
    },
    // min(1, 3e38 y) for y > 0 is 1 for every normal number: one pass for the mask where a comparison takes two.
    cpu: (w, site) => {
      const [mask] = w.node('HardSigmoid', [site.in(1)], { alpha: { float: 3e38 }, beta: { float: 0 } });
      return w.node('Mul', [site.in(0), mask]);
    },
  },
  examples: [
    {
      title: 'by hand',
      inputs: [
        { type: float32(4), data: [1, 2, 3, 4] },
        { type: float32(4), data: [0, 0.5, 2, 0] },
      ],
      expected: [0, 2, 3, 0],
    },
  ],
});

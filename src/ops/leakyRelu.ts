/** x where it is positive, alpha x elsewhere (Maas et al. 2013). */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator, float } from './operator';

export const leakyRelu = defineOperator({
  name: 'LeakyRelu',
  summary: 'x where x > 0, alpha x elsewhere.',
  attributes: { alpha: float(0.01) },
  infer: (inputs) => inferSame('LeakyRelu', inputs),
  gradient: ({ b, inputs: [x], gradients: [dy] }, { alpha }) => [
    dy && b.op('LeakyReluGradient', [dy, x], { alpha }),
  ],
  reference: ([x], { alpha }) => [x.data.map((v) => (v > 0 ? v : alpha * v))],
  onnx: {
    any: (w, site, { alpha }) => w.node('LeakyRelu', [site.in(0)], { alpha: { float: alpha } }),
  },
  examples: [
    {
      title: 'both signs',
      inputs: [{ type: float32(4), data: [-1, 0.5, 2, -3] }],
      attributes: { alpha: 0.1 },
      expected: [-0.1, 0.5, 2, -0.3],
    },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 4) }] },
  ],
});

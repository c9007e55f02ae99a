/** x where it is positive, alpha (exp(x) - 1) elsewhere (Clevert et al. 2016). */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator, float } from './operator';

export const elu = defineOperator({
  name: 'Elu',
  summary: 'x where x > 0, alpha (exp(x) - 1) elsewhere.',
  attributes: { alpha: float(1) },
  infer: (inputs) => inferSame('Elu', inputs),
  gradient: ({ b, outputs: [y], gradients: [dy] }, { alpha }) => [
    dy && b.op('EluGradient', [dy, y], { alpha }),
  ],
  reference: ([x], { alpha }) => [x.data.map((v) => (v > 0 ? v : alpha * Math.expm1(v)))],
  onnx: { any: (w, site, { alpha }) => w.node('Elu', [site.in(0)], { alpha: { float: alpha } }) },
  examples: [
    {
      title: 'both signs',
      inputs: [{ type: float32(3), data: [-1, 0.5, 2] }],
      expected: [Math.expm1(-1), 0.5, 2],
    },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 4) }], attributes: { alpha: 0.7 } },
  ],
});

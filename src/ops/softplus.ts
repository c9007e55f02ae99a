/** log(1 + exp(x)), a rectifier without a corner (Dugas et al. 2001); what Mish is made of. */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const softplus = defineOperator({
  name: 'Softplus',
  summary: 'log(1 + exp(x)), element by element.',
  attributes: {},
  infer: (inputs) => inferSame('Softplus', inputs),
  gradient: ({ b, inputs: [x], gradients: [dy] }) => [dy && b.op('Mul', [dy, b.op('Sigmoid', [x])])],
  reference: ([x]) => [x.data.map((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))))],
  onnx: { any: sameInOnnx('Softplus') },
  examples: [
    {
      title: 'by hand',
      inputs: [{ type: float32(4), data: [0, Math.log(3), 60, -60] }],
      expected: [Math.LN2, Math.log(4), 60, 0],
    },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 4) }] },
  ],
});

/** The logistic function 1 / (1 + exp(-x)). */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const sigmoid = defineOperator({
  name: 'Sigmoid',
  summary: 'The logistic function 1 / (1 + exp(-x)).',
  attributes: {},
  infer: (inputs) => inferSame('Sigmoid', inputs),
  gradient: ({ b, outputs: [y], gradients: [dy] }) => {
    if (!dy) return [null];
    return [
      b.op('Mul', [dy, b.op('Mul', [y, b.op('Sub', [b.constant({ dtype: 'float32', shape: [] }, [1]), y])])]),
    ];
  },
  reference: ([x]) => [x.data.map((v) => 1 / (1 + Math.exp(-v)))],
  onnx: { any: sameInOnnx('Sigmoid') },
  examples: [
    {
      title: 'by hand',
      inputs: [{ type: float32(4), data: [0, 2, -2, 20] }],
      expected: [0.5, 1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(2)), 1 / (1 + Math.exp(-20))],
    },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 4) }] },
  ],
});

/** The exponential, element by element. */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const exp = defineOperator({
  name: 'Exp',
  summary: 'The exponential, element by element.',
  attributes: {},
  infer: (inputs) => inferSame('Exp', inputs),
  gradient: ({ b, outputs: [y], gradients: [dy] }) => {
    if (!dy) return [null];
    return [b.op('Mul', [dy, y])];
  },
  reference: ([x]) => [x.data.map((v) => Math.exp(v))],
  onnx: { any: sameInOnnx('Exp') },
  examples: [
    {
      title: 'by hand',
      inputs: [{ type: float32(4), data: [0, 1, -1, 2] }],
      expected: [1, Math.E, 1 / Math.E, Math.E * Math.E],
    },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 4) }] },
  ],
});

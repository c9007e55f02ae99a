/** The hyperbolic tangent. */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const tanh = defineOperator({
  name: 'Tanh',
  summary: 'The hyperbolic tangent.',
  attributes: {},
  infer: (inputs) => inferSame('Tanh', inputs),
  gradient: ({ b, outputs: [y], gradients: [dy] }) => {
    if (!dy) return [null];
    return [
      b.op('Mul', [dy, b.op('Sub', [b.constant({ dtype: 'float32', shape: [] }, [1]), b.op('Mul', [y, y])])]),
    ];
  },
  reference: ([x]) => [x.data.map((v) => Math.tanh(v))],
  onnx: { any: sameInOnnx('Tanh') },
  examples: [
    {
      title: 'by hand',
      inputs: [{ type: float32(4), data: [0, 1, -1, 0.5] }],
      expected: [0, Math.tanh(1), Math.tanh(-1), Math.tanh(0.5)],
    },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 4) }] },
  ],
});

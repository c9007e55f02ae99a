/** Element-wise quotient, with NumPy's broadcasting. */
import { float32 } from '../ir/tensorType';
import { inferBroadcast, referenceBinary, sumTo } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const div = defineOperator({
  name: 'Div',
  summary: 'Element-wise quotient with broadcasting.',
  attributes: {},
  infer: (inputs) => inferBroadcast('Div', inputs),
  gradient: ({ b, inputs: [x, y], outputs: [z], gradients: [dz], needs }) => {
    if (!dz) return [null, null];
    const dx = b.op('Div', [dz, y]);
    return [
      needs(0) ? sumTo(b, dx, x.type.shape) : null,
      // d(x / y) / dy = -(x / y) / y
      needs(1)
        ? sumTo(
            b,
            b.op('Mul', [b.op('Mul', [dx, z]), b.constant({ dtype: 'float32', shape: [] }, [-1])]),
            y.type.shape,
          )
        : null,
    ];
  },
  reference: (inputs, _, [out]) => referenceBinary(inputs, out.shape, (x, y) => x / y),
  onnx: { any: sameInOnnx('Div') },
  examples: [
    {
      title: 'same shape',
      inputs: [
        { type: float32(2, 2), data: [1, 2, 3, 4] },
        { type: float32(2, 2), data: [4, 2, 8, 16] },
      ],
      expected: [0.25, 1, 0.375, 0.25],
    },
    {
      title: 'a channel vector against an image',
      inputs: [{ type: float32(2, 3, 2, 2) }, { type: float32(3, 1, 1), data: [0.5, 2, -1.5] }],
    },
    {
      title: 'a scalar against a vector',
      inputs: [{ type: float32() }, { type: float32(5), data: [0.5, 2, -1.5, 3, 1] }],
    },
  ],
});

/** Element-wise product, with NumPy's broadcasting. */
import { float32 } from '../ir/tensorType';
import { inferBroadcast, referenceBinary, sumTo } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const mul = defineOperator({
  name: 'Mul',
  summary: 'Element-wise product with broadcasting.',
  attributes: {},
  infer: (inputs) => inferBroadcast('Mul', inputs),
  gradient: ({ b, inputs: [x, y], gradients: [dz], needs }) => {
    if (!dz) return [null, null];
    return [
      needs(0) ? sumTo(b, b.op('Mul', [dz, y]), x.type.shape) : null,
      needs(1) ? sumTo(b, b.op('Mul', [dz, x]), y.type.shape) : null,
    ];
  },
  reference: (inputs, _, [out]) => referenceBinary(inputs, out.shape, (x, y) => x * y),
  onnx: { any: sameInOnnx('Mul') },
  examples: [
    {
      title: 'same shape',
      inputs: [
        { type: float32(2, 2), data: [1, 2, 3, 4] },
        { type: float32(2, 2), data: [4, 2, 8, 16] },
      ],
      expected: [4, 4, 24, 64],
    },
    {
      title: 'a channel vector against an image',
      inputs: [{ type: float32(2, 3, 2, 2) }, { type: float32(3, 1, 1) }],
    },
    { title: 'a scalar against a vector', inputs: [{ type: float32() }, { type: float32(5) }] },
  ],
});

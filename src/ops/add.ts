/** Element-wise sum, with NumPy's broadcasting. */
import { float32 } from '../ir/tensorType';
import { inferBroadcast, referenceBinary, sumTo } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const add = defineOperator({
  name: 'Add',
  summary: 'Element-wise sum with broadcasting.',
  attributes: {},
  infer: (inputs) => inferBroadcast('Add', inputs),
  gradient: ({ b, inputs: [x, y], gradients: [dz], needs }) => {
    if (!dz) return [null, null];
    return [needs(0) ? sumTo(b, dz, x.type.shape) : null, needs(1) ? sumTo(b, dz, y.type.shape) : null];
  },
  reference: (inputs, _, [out]) => referenceBinary(inputs, out.shape, (x, y) => x + y),
  onnx: { any: sameInOnnx('Add') },
  examples: [
    {
      title: 'same shape',
      inputs: [
        { type: float32(2, 2), data: [1, 2, 3, 4] },
        { type: float32(2, 2), data: [4, 2, 8, 16] },
      ],
      expected: [5, 4, 11, 20],
    },
    {
      title: 'a channel vector against an image',
      inputs: [{ type: float32(2, 3, 2, 2) }, { type: float32(3, 1, 1) }],
    },
    { title: 'a scalar against a vector', inputs: [{ type: float32() }, { type: float32(5) }] },
  ],
});

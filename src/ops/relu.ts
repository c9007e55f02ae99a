/** max(0, x) (Nair and Hinton 2010). */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const relu = defineOperator({
  name: 'Relu',
  summary: 'The larger of x and 0.',
  attributes: {},
  infer: (inputs) => inferSame('Relu', inputs),
  gradient: ({ b, outputs: [y], gradients: [dy] }) => [dy && b.op('ReluGradient', [dy, y])],
  reference: ([x]) => [x.data.map((v) => Math.max(0, v))],
  onnx: { any: sameInOnnx('Relu') },
  examples: [
    { title: 'both signs', inputs: [{ type: float32(4), data: [-1, 0.5, 2, -3] }], expected: [0, 0.5, 2, 0] },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 4) }] },
  ],
});

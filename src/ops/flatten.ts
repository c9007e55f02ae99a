/** Images to rows: [N, C, H, W] becomes [N, C H W]. */
import { float32, sizeOf } from '../ir/tensorType';
import { defineOperator, expectInputs } from './operator';
import { sameInOnnx } from './spelling';

export const flatten = defineOperator({
  name: 'Flatten',
  summary: 'Keeps the batch axis and joins all others.',
  attributes: {},
  infer: (inputs) => {
    expectInputs('Flatten', inputs, 'any');
    const [n, ...rest] = inputs[0].shape;
    return [{ dtype: inputs[0].dtype, shape: [n, sizeOf(rest)] }];
  },
  gradient: ({ b, inputs: [x], gradients: [dy] }) => [
    dy && b.op('Reshape', [dy], { shape: [...x.type.shape] }),
  ],
  reference: ([x]) => [x.data],
  onnx: { any: sameInOnnx('Flatten') },
  examples: [{ title: 'an image', inputs: [{ type: float32(2, 3, 2, 2) }], expectedShape: [2, 12] }],
});

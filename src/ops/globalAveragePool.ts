/** The mean over height and width: [N, C, H, W] to [N, C, 1, 1] (Lin et al. 2013). */
import { float32 } from '../ir/tensorType';
import { defineOperator, expectInputs } from './operator';
import { sameInOnnx } from './spelling';

export const globalAveragePool = defineOperator({
  name: 'GlobalAveragePool',
  summary: 'Mean of every channel over its image.',
  attributes: {},
  infer: (inputs) => {
    expectInputs('GlobalAveragePool', inputs, 4);
    const [n, c] = inputs[0].shape;
    return [{ dtype: inputs[0].dtype, shape: [n, c, 1, 1] }];
  },
  gradient: ({ b, inputs: [x], gradients: [dy] }) => {
    const [, , h, w] = x.type.shape;
    return [
      dy &&
        b.op('Expand', [b.op('Mul', [dy, b.constant(float32(), [1 / (h * w)])])], {
          shape: [...x.type.shape],
        }),
    ];
  },
  reference: ([x]) => {
    const [n, c, h, w] = x.shape;
    const area = h * w;
    return [
      Float64Array.from({ length: n * c }, (_, i) => {
        let sum = 0;
        for (let p = 0; p < area; p++) sum += x.data[i * area + p];
        return sum / area;
      }),
    ];
  },
  onnx: { any: sameInOnnx('GlobalAveragePool') },
  examples: [
    { title: 'by hand', inputs: [{ type: float32(1, 1, 2, 2), data: [1, 2, 3, 6] }], expected: [3] },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 5) }] },
  ],
});

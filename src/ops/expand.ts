/** Broadcasting made explicit: repeats axes of length 1. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { broadcastShapes, float32, sameShape } from '../ir/tensorType';
import { broadcastOffsets, sumTo } from './broadcasting';
import { defineOperator, expectInputs, ints } from './operator';
import { int64s } from './spelling';

export const expand = defineOperator({
  name: 'Expand',
  summary: 'Repeats axes of length 1 until the shape is reached.',
  attributes: { shape: ints() },
  infer: (inputs, { shape }) => {
    expectInputs('Expand', inputs, 'any');
    const joined = broadcastShapes(inputs[0].shape, shape);
    if (!joined || !sameShape(joined, shape))
      throw new ShapeError(t('Expand cannot make {1} of {0}.', inputs[0].shape.join('x'), shape.join('x')));
    return [{ dtype: inputs[0].dtype, shape }];
  },
  gradient: ({ b, inputs: [x], gradients: [dy] }) => [dy && sumTo(b, dy, x.type.shape)],
  reference: ([x], { shape }) => [Float64Array.from(broadcastOffsets(x.shape, shape), (i) => x.data[i])],
  onnx: { any: (w, site, { shape }) => w.node('Expand', [site.in(0), int64s(w, ...shape)]) },
  examples: [
    {
      title: 'a column',
      inputs: [{ type: float32(2, 1), data: [1, 2] }],
      attributes: { shape: [2, 2] },
      expected: [1, 1, 2, 2],
    },
    {
      title: 'a channel over an image',
      inputs: [{ type: float32(2, 3, 1, 1) }],
      attributes: { shape: [2, 3, 2, 2] },
    },
  ],
});

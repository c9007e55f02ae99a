/** The same elements under another shape. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, sizeOf } from '../ir/tensorType';
import { defineOperator, expectInputs, ints } from './operator';
import { int64s } from './spelling';

export const reshape = defineOperator({
  name: 'Reshape',
  summary: 'Gives a tensor another shape with as many elements; the order of elements stays.',
  attributes: { shape: ints() },
  infer: (inputs, { shape }) => {
    expectInputs('Reshape', inputs, 'any');
    if (sizeOf(shape) !== sizeOf(inputs[0].shape))
      throw new ShapeError(t('Reshape cannot make {1} of {0}.', inputs[0].shape.join('x'), shape.join('x')));
    return [{ dtype: inputs[0].dtype, shape }];
  },
  gradient: ({ b, inputs: [x], gradients: [dy] }) => [
    dy && b.op('Reshape', [dy], { shape: [...x.type.shape] }),
  ],
  reference: ([x]) => [x.data],
  onnx: { any: (w, site, { shape }) => w.node('Reshape', [site.in(0), int64s(w, ...shape)]) },
  examples: [
    {
      title: 'to a matrix',
      inputs: [{ type: float32(4), data: [1, 2, 3, 4] }],
      attributes: { shape: [2, 2] },
      expected: [1, 2, 3, 4],
      expectedShape: [2, 2],
    },
    { title: 'to a scalar', inputs: [{ type: float32(1, 1) }], attributes: { shape: [] } },
  ],
});

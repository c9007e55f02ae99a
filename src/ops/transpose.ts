/** Re-orders axes. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, sizeOf, stridesOf } from '../ir/tensorType';
import { defineOperator, expectInputs, ints } from './operator';
import { sameInOnnx } from './spelling';

export const transpose = defineOperator({
  name: 'Transpose',
  summary: 'Axis i of the result is axis perm[i] of the input.',
  attributes: { perm: ints() },
  infer: (inputs, { perm }) => {
    expectInputs('Transpose', inputs, 'any');
    const { shape, dtype } = inputs[0];
    if (perm.length !== shape.length || [...perm].sort((a, b) => a - b).some((p, i) => p !== i))
      throw new ShapeError(t('Transpose cannot order {0} by {1}.', shape.join('x'), perm.join(', ')));
    return [{ dtype, shape: perm.map((p) => shape[p]) }];
  },
  gradient: ({ b, gradients: [dy] }, { perm }) => [
    dy && b.op('Transpose', [dy], { perm: perm.map((_, i) => perm.indexOf(i)) }),
  ],
  reference: ([x], { perm }) => {
    const shape = perm.map((p) => x.shape[p]);
    const from = stridesOf(x.shape);
    const to = stridesOf(shape);
    const y = new Float64Array(sizeOf(shape));
    for (let i = 0; i < y.length; i++) {
      let offset = 0;
      for (let d = 0; d < perm.length; d++) offset += (Math.floor(i / to[d]) % shape[d]) * from[perm[d]];
      y[i] = x.data[offset];
    }
    return [y];
  },
  onnx: { any: sameInOnnx('Transpose') },
  examples: [
    {
      title: 'a matrix',
      inputs: [{ type: float32(2, 3), data: [1, 2, 3, 4, 5, 6] }],
      attributes: { perm: [1, 0] },
      expected: [1, 4, 2, 5, 3, 6],
    },
    { title: 'NCHW to NHWC', inputs: [{ type: float32(2, 3, 2, 4) }], attributes: { perm: [0, 2, 3, 1] } },
  ],
});

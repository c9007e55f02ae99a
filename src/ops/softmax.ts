/** exp(x) along an axis, divided by its sum: the shares that attention gives (Bahdanau et al. 2015). */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, sizeOf } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator, int } from './operator';
import { sameInOnnx } from './spelling';

export const softmax = defineOperator({
  name: 'Softmax',
  summary: 'exp(x) along `axis`, divided by its sum along it.',
  attributes: { axis: int() },
  infer: (inputs, { axis }) => {
    const [type] = inferSame('Softmax', inputs);
    if (axis < 0 || axis >= type.shape.length)
      throw new ShapeError(t('Softmax has no axis {1} in {0}.', type.shape.join('x'), axis));
    return [type];
  },
  // dx = y (dy - sum of dy y along the axis)
  gradient: ({ b, outputs: [y], gradients: [dy] }, { axis }) => {
    if (!dy) return [null];
    const weighted = b.op('Mul', [dy, y]);
    const sum = b.op('ReduceSum', [weighted], { axes: [axis] });
    return [b.op('Sub', [weighted, b.op('Mul', [y, sum])])];
  },
  reference: ([x], { axis }) => {
    const y = new Float64Array(x.data.length);
    const length = x.shape[axis];
    const inner = sizeOf(x.shape.slice(axis + 1));
    for (let i = 0; i < y.length; i++) {
      if (Math.floor(i / inner) % length !== 0) continue;
      let top = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < length; k++) top = Math.max(top, x.data[i + k * inner]);
      let sum = 0;
      for (let k = 0; k < length; k++) sum += Math.exp(x.data[i + k * inner] - top);
      for (let k = 0; k < length; k++) y[i + k * inner] = Math.exp(x.data[i + k * inner] - top) / sum;
    }
    return [y];
  },
  onnx: { any: sameInOnnx('Softmax') },
  examples: [
    {
      title: 'even odds, and three to one',
      inputs: [{ type: float32(2, 2), data: [5, 5, Math.log(3), 0] }],
      attributes: { axis: 1 },
      expected: [0.5, 0.5, 0.75, 0.25],
    },
    {
      title: 'large numbers',
      inputs: [{ type: float32(1, 3), data: [1000, 1000, -1000] }],
      attributes: { axis: 1 },
      expected: [0.5, 0.5, 0],
    },
    { title: 'attention of two heads', inputs: [{ type: float32(2, 2, 3, 5) }], attributes: { axis: 3 } },
    { title: 'across channels', inputs: [{ type: float32(2, 4, 3, 3) }], attributes: { axis: 1 } },
  ],
});

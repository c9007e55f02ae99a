/** Joins tensors along one axis. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, sizeOf } from '../ir/tensorType';
import { defineOperator, int } from './operator';
import { sameInOnnx } from './spelling';

export const concat = defineOperator({
  name: 'Concat',
  summary: 'Joins any number of tensors along `axis`.',
  attributes: { axis: int() },
  infer: (inputs, { axis }) => {
    const [first] = inputs;
    const fits = inputs.every(
      ({ shape, dtype }) =>
        dtype === first.dtype &&
        shape.length === first.shape.length &&
        shape.every((d, i) => i === axis || d === first.shape[i]),
    );
    if (!first || axis < 0 || axis >= first.shape.length || !fits)
      throw new ShapeError(
        t('Concat cannot join {0} along axis {1}.', inputs.map((i) => i.shape.join('x')).join(', '), axis),
      );
    const along = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
    return [{ dtype: first.dtype, shape: first.shape.map((d, i) => (i === axis ? along : d)) }];
  },
  gradient: ({ b, inputs, gradients: [dy] }, { axis }) => {
    if (!dy) return inputs.map(() => null);
    return [...b.apply('Split', [dy], { axis, sizes: inputs.map((v) => v.type.shape[axis]) })];
  },
  reference: (inputs, { axis }, [out]) => {
    const y = new Float64Array(sizeOf(out.shape));
    const row = sizeOf(out.shape.slice(axis));
    let at = 0;
    for (const x of inputs) {
      const width = sizeOf(x.shape.slice(axis));
      for (let r = 0; r * width < x.data.length; r++)
        y.set(x.data.subarray(r * width, (r + 1) * width), r * row + at);
      at += width;
    }
    return [y];
  },
  onnx: { any: sameInOnnx('Concat') },
  examples: [
    {
      title: 'columns',
      inputs: [
        { type: float32(2, 1), data: [1, 2] },
        { type: float32(2, 2), data: [3, 4, 5, 6] },
      ],
      attributes: { axis: 1 },
      expected: [1, 3, 4, 2, 5, 6],
    },
    {
      title: 'vectors',
      inputs: [{ type: float32(2) }, { type: float32(3) }, { type: float32(1) }],
      attributes: { axis: 0 },
    },
  ],
});

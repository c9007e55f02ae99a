/** Cuts a tensor into pieces along one axis. */
import { t } from '../base/localize';
import type { Value } from '../ir/graph';
import { ShapeError } from '../ir/shapeError';
import { float32, sizeOf } from '../ir/tensorType';
import { defineOperator, expectInputs, int, ints } from './operator';
import { int64s } from './spelling';

export const split = defineOperator({
  name: 'Split',
  summary: 'Cuts a tensor along `axis` into pieces of the given sizes.',
  attributes: { axis: int(), sizes: ints() },
  infer: (inputs, { axis, sizes }) => {
    expectInputs('Split', inputs, 'any');
    const { shape, dtype } = inputs[0];
    if (sizes.reduce((a, b) => a + b, 0) !== shape[axis])
      throw new ShapeError(
        t('Split cannot cut {0} along axis {1} into {2}.', shape.join('x'), axis, sizes.join('+')),
      );
    return sizes.map((size) => ({ dtype, shape: shape.map((d, i) => (i === axis ? size : d)) }));
  },
  gradient: ({ b, outputs, gradients }, { axis }) => {
    if (gradients.every((g) => g === null)) return [null];
    const zero = b.constant({ dtype: 'float32', shape: [] }, [0]);
    const parts: Value[] = gradients.map(
      (g, i) => g ?? b.op('Expand', [zero], { shape: [...outputs[i].type.shape] }),
    );
    return [b.op('Concat', parts, { axis })];
  },
  reference: ([x], { axis, sizes }, outputs) => {
    const row = sizeOf(x.shape.slice(axis));
    const inner = sizeOf(x.shape.slice(axis + 1));
    let at = 0;
    return sizes.map((size, i) => {
      const y = new Float64Array(sizeOf(outputs[i].shape));
      const width = size * inner;
      for (let r = 0; r * row < x.data.length; r++)
        y.set(x.data.subarray(r * row + at, r * row + at + width), r * width);
      at += width;
      return y;
    });
  },
  onnx: {
    any: (w, site, { axis, sizes }) =>
      w.node('Split', [site.in(0), int64s(w, ...sizes)], { axis }, { outputs: sizes.length }),
  },
  examples: [
    {
      title: 'a vector',
      inputs: [{ type: float32(4), data: [1, 2, 3, 4] }],
      attributes: { axis: 0, sizes: [1, 3] },
      expected: [1],
    },
    { title: 'columns', inputs: [{ type: float32(2, 5) }], attributes: { axis: 1, sizes: [2, 1, 2] } },
  ],
});

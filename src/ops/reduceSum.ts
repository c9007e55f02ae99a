/** Sum over axes. */
import { float32 } from '../ir/tensorType';
import { defineOperator } from './operator';
import { inferReduction, reductionAttributes, referenceReduction, spellReduction } from './reductions';

export const reduceSum = defineOperator({
  name: 'ReduceSum',
  summary: 'Sum over axes.',
  attributes: reductionAttributes,
  infer: (inputs, attributes) => inferReduction('ReduceSum', inputs, attributes),
  gradient: ({ b, inputs: [x], gradients: [dy] }, { axes }) => {
    if (!dy) return [null];
    const shape = x.type.shape;
    const kept = shape.map((d, i) => (axes.length === 0 || axes.includes(i) ? 1 : d));
    return [b.op('Expand', [b.op('Reshape', [dy], { shape: kept })], { shape: [...shape] })];
  },
  reference: (inputs, { axes }) => [referenceReduction(inputs, axes, (v) => v)],
  onnx: { any: spellReduction('ReduceSum', 'input') },
  examples: [
    {
      title: 'rows',
      inputs: [{ type: float32(2, 2), data: [1, 2, 3, 4] }],
      attributes: { axes: [1] },
      expected: [3, 7],
    },
    { title: 'everything', inputs: [{ type: float32(2, 3, 2, 2) }], attributes: { keepdims: false } },
    {
      title: 'all but the channels',
      inputs: [{ type: float32(2, 3, 2, 2) }],
      attributes: { axes: [0, 2, 3] },
    },
  ],
});

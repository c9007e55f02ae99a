/** Sum of squares over axes: a squared L2 norm. */
import { float32 } from '../ir/tensorType';
import { defineOperator } from './operator';
import { inferReduction, reductionAttributes, referenceReduction, spellReduction } from './reductions';

export const reduceSumSquare = defineOperator({
  name: 'ReduceSumSquare',
  summary: 'Sum of squares over axes: a squared L2 norm.',
  attributes: reductionAttributes,
  infer: (inputs, attributes) => inferReduction('ReduceSumSquare', inputs, attributes),
  gradient: ({ b, inputs: [x], gradients: [dy] }, { axes }) => {
    if (!dy) return [null];
    const shape = x.type.shape;
    const kept = shape.map((d, i) => (axes.length === 0 || axes.includes(i) ? 1 : d));
    return [b.op('Mul', [b.op('Add', [x, x]), b.op('Reshape', [dy], { shape: kept })])];
  },
  reference: (inputs, { axes }) => [referenceReduction(inputs, axes, (v) => v * v)],
  onnx: { any: spellReduction('ReduceSumSquare', 'attribute') },
  examples: [
    {
      title: 'rows',
      inputs: [{ type: float32(2, 2), data: [1, 2, 3, 4] }],
      attributes: { axes: [1] },
      expected: [5, 25],
    },
    { title: 'everything', inputs: [{ type: float32(2, 3, 2, 2) }], attributes: { keepdims: false } },
    {
      title: 'all but the channels',
      inputs: [{ type: float32(2, 3, 2, 2) }],
      attributes: { axes: [0, 2, 3] },
    },
  ],
});

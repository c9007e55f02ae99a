/** Mean over axes. */
import { float32, sizeOf } from '../ir/tensorType';
import { defineOperator } from './operator';
import { inferReduction, reductionAttributes, referenceReduction, spellReduction } from './reductions';

export const reduceMean = defineOperator({
  name: 'ReduceMean',
  summary: 'Mean over axes.',
  attributes: reductionAttributes,
  infer: (inputs, attributes) => inferReduction('ReduceMean', inputs, attributes),
  gradient: ({ b, inputs: [x], outputs: [y], gradients: [dy] }, { axes }) => {
    if (!dy) return [null];
    const shape = x.type.shape;
    const kept = shape.map((d, i) => (axes.length === 0 || axes.includes(i) ? 1 : d));
    const share = b.constant({ dtype: 'float32', shape: [] }, [sizeOf(y.type.shape) / sizeOf(shape)]);
    return [
      b.op('Expand', [b.op('Mul', [b.op('Reshape', [dy], { shape: kept }), share])], { shape: [...shape] }),
    ];
  },
  reference: (inputs, { axes }) => [
    referenceReduction(inputs, axes, (v) => v).map((v, _, all) => (v * all.length) / inputs[0].data.length),
  ],
  onnx: { any: spellReduction('ReduceMean', 'attribute') },
  examples: [
    {
      title: 'rows',
      inputs: [{ type: float32(2, 2), data: [1, 2, 3, 4] }],
      attributes: { axes: [1] },
      expected: [1.5, 3.5],
    },
    { title: 'everything', inputs: [{ type: float32(2, 3, 2, 2) }], attributes: { keepdims: false } },
    {
      title: 'all but the channels',
      inputs: [{ type: float32(2, 3, 2, 2) }],
      attributes: { axes: [0, 2, 3] },
    },
  ],
});

/** Surrounds a tensor with zeros: the parameter-free shortcut of He 2015 (option A) pads channels behind. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, sizeOf, stridesOf } from '../ir/tensorType';
import { defineOperator, expectInputs, ints } from './operator';
import { int64s } from './spelling';

export const pad = defineOperator({
  name: 'Pad',
  summary: 'Adds zeros: `pads` holds how many before each axis, then how many behind each.',
  attributes: { pads: ints() },
  infer: (inputs, { pads }) => {
    expectInputs('Pad', inputs, 'any');
    const { shape, dtype } = inputs[0];
    if (pads.length !== 2 * shape.length || pads.some((p) => p < 0))
      throw new ShapeError(t('Pad cannot add {1} to {0}.', shape.join('x'), pads.join(', ')));
    return [{ dtype, shape: shape.map((d, i) => d + pads[i] + pads[i + shape.length]) }];
  },
  gradient: ({ b, inputs: [x], gradients: [dy] }, { pads }) => {
    const rank = x.type.shape.length;
    const starts = pads.slice(0, rank);
    return [
      dy &&
        b.op('Slice', [dy], {
          starts,
          ends: starts.map((s, i) => s + x.type.shape[i]),
          steps: starts.map(() => 1),
        }),
    ];
  },
  reference: ([x], { pads }, [out]) => {
    const y = new Float64Array(sizeOf(out.shape));
    const from = stridesOf(x.shape);
    const to = stridesOf(out.shape);
    x.data.forEach((v, i) => {
      let offset = 0;
      for (let d = 0; d < from.length; d++)
        offset += ((Math.floor(i / from[d]) % x.shape[d]) + pads[d]) * to[d];
      y[offset] = v;
    });
    return [y];
  },
  onnx: { any: (w, site, { pads }) => w.node('Pad', [site.in(0), int64s(w, ...pads)]) },
  examples: [
    {
      title: 'both ends',
      inputs: [{ type: float32(2), data: [1, 2] }],
      attributes: { pads: [1, 2] },
      expected: [0, 1, 2, 0, 0],
    },
    {
      title: 'channels behind',
      inputs: [{ type: float32(2, 3, 2, 2) }],
      attributes: { pads: [0, 0, 0, 0, 0, 3, 0, 0] },
    },
  ],
});

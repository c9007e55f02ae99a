/** Cuts every element to a range: gradient clipping by value, and the factor of clipping by norm. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator, float } from './operator';
import { scalar } from './spelling';

export const clip = defineOperator({
  name: 'Clip',
  summary: 'The nearest number from `min` to `max`, element by element.',
  attributes: { min: float(), max: float() },
  infer: (inputs, { min, max }) => {
    if (!(min <= max)) throw new ShapeError(t('Clip cannot cut to the range from {0} to {1}.', min, max));
    return inferSame('Clip', inputs);
  },
  gradient: { none: 'it cuts gradients, and stands behind differentiation only' },
  reference: ([x], { min, max }) => [x.data.map((v) => Math.min(max, Math.max(min, v)))],
  onnx: {
    any: (w, site, { min, max }) => w.node('Clip', [site.in(0), scalar(w, min), scalar(w, max)]),
  },
  examples: [
    {
      title: 'both ends',
      inputs: [{ type: float32(4), data: [-2, -0.25, 0.5, 7] }],
      attributes: { min: -1, max: 1 },
      expected: [-1, -0.25, 0.5, 1],
    },
    { title: 'a scalar', inputs: [{ type: float32(), data: [3] }], attributes: { min: 0, max: 1 } },
  ],
});

/**
 * The gradient of group norm. With M elements a group, s = 1 / sqrt(variance + epsilon), x^ = (x - mean) s and
 * h = dy scale (the gradient of x^):
 *
 *     dshift = sum dy      dscale = sum dy x^      dx = s (h - mean of h - x^ times the mean of h x^)
 *
 * with sums over batch and image, and means over a group of one image.
 */
import { float32 } from '../ir/tensorType';
import { channelShape, eachChannel, statisticsAxes } from './channels';
import { groupedShape, groupNormAttributes, groupNormals } from './groupNormalization';
import { defineOperator, expectInputs } from './operator';
import { int64s, type Name } from './spelling';

export const groupNormalizationGradient = defineOperator({
  name: 'GroupNormalizationGradient',
  summary: 'dx, dscale [C], dshift [C] from dy, x and scale.',
  attributes: groupNormAttributes,
  infer: (inputs) => {
    expectInputs('GroupNormalizationGradient', inputs, 'any', 'any', 1);
    return [inputs[1], inputs[2], inputs[2]];
  },
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([dy, x, scale], { num_groups, epsilon }) => {
    const { normal, roots, size } = groupNormals(x, num_groups, epsilon);
    const dscale = new Float64Array(scale.data.length);
    const dshift = new Float64Array(scale.data.length);
    const h = new Float64Array(normal.length);
    eachChannel(x.shape, (i, c) => {
      dshift[c] += dy.data[i];
      dscale[c] += dy.data[i] * normal[i];
      h[i] = dy.data[i] * scale.data[c];
    });
    const dx = new Float64Array(normal.length);
    for (let g = 0; g < roots.length; g++) {
      let mean = 0;
      let product = 0;
      for (let i = g * size; i < (g + 1) * size; i++) {
        mean += h[i] / size;
        product += (h[i] * normal[i]) / size;
      }
      for (let i = g * size; i < (g + 1) * size; i++) dx[i] = roots[g] * (h[i] - mean - normal[i] * product);
    }
    return [dx, dscale, dshift];
  },
  onnx: {
    any: (w, site, { num_groups: groups, epsilon }) => {
      const { shape } = site.inputs[1].type;
      const grouped = int64s(w, ...groupedShape(shape, groups));
      const op = (name: string, ...inputs: Name[]) => w.node(name, inputs)[0];
      const mean = (name: Name) => w.node('ReduceMean', [name], { axes: [2], keepdims: 1 })[0];
      const x = op('Reshape', site.in(1), grouped);
      const centred = op('Sub', x, mean(x));
      const variance = mean(op('Mul', centred, centred));
      const root = op('Sqrt', op('Add', variance, w.constant('float32', [], [epsilon])));
      const normal = op('Div', centred, root);
      const scale = op('Reshape', site.in(2), int64s(w, ...channelShape(shape)));
      const h = op('Reshape', op('Mul', site.in(0), scale), grouped);
      const bent = op('Sub', op('Sub', h, mean(h)), op('Mul', normal, mean(op('Mul', h, normal))));
      const dx = op('Reshape', op('Div', bent, root), int64s(w, ...shape));
      const axes = int64s(w, ...statisticsAxes(shape));
      const sum = (name: Name) => w.node('ReduceSum', [name, axes], { keepdims: 0 })[0];
      const product = op('Mul', site.in(0), op('Reshape', normal, int64s(w, ...shape)));
      return [dx, sum(product), sum(site.in(0))];
    },
  },
  examples: [
    {
      title: 'a constant dy in one group has no effect on x',
      inputs: [
        { type: float32(1, 2, 2), data: [1, 1, 1, 1] },
        { type: float32(1, 2, 2), data: [1, 3, 10, 30] },
        { type: float32(2), data: [2, 2] },
      ],
      attributes: { num_groups: 1 },
      expected: [0, 0, 0, 0],
    },
    {
      title: 'an image',
      inputs: [{ type: float32(3, 6, 4, 5) }, { type: float32(3, 6, 4, 5) }, { type: float32(6) }],
      attributes: { num_groups: 2 },
    },
  ],
});

/**
 * Group norm (Wu and He 2018): the channels of one image in equal groups, each normalised by its own mean and
 * population variance, then scaled and shifted a channel. ONNX has it from opset 18 on; here it is spelled with
 * InstanceNormalization over [N, groups, rest].
 */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, type Shape, sizeOf } from '../ir/tensorType';
import { channelShape, eachChannel } from './channels';
import { defineOperator, expectInputs, float, int, type Tensor } from './operator';
import { int64s } from './spelling';

export const groupNormAttributes = { num_groups: int(), epsilon: float(1e-5) };

export const groupNormalization = defineOperator({
  name: 'GroupNormalization',
  summary: 'Normalises x [N, C, ...] a group of channels at a time, then scales [C] and shifts [C].',
  attributes: groupNormAttributes,
  infer: (inputs, { num_groups: groups }) => {
    expectInputs('GroupNormalization', inputs, 'any', 1, 1);
    const [x, scale, shift] = inputs;
    const channels = x.shape[1];
    if (groups < 1 || channels % groups !== 0 || scale.shape[0] !== channels || shift.shape[0] !== channels)
      throw new ShapeError(
        t(
          'Group norm cannot divide {0} channels into {1} groups with {2} scales and {3} shifts.',
          channels,
          groups,
          scale.shape[0],
          shift.shape[0],
        ),
      );
    return [x];
  },
  gradient: ({ b, inputs: [x, scale], gradients: [dy] }, attributes) =>
    dy ? [...b.apply('GroupNormalizationGradient', [dy, x, scale], attributes)] : [null, null, null],
  reference: ([x, scale, shift], { num_groups, epsilon }) => {
    const { normal } = groupNormals(x, num_groups, epsilon);
    const y = new Float64Array(normal.length);
    eachChannel(x.shape, (i, c) => {
      y[i] = normal[i] * scale.data[c] + shift.data[c];
    });
    return [y];
  },
  onnx: {
    any: (w, site, { num_groups: groups, epsilon }) => {
      const { shape } = site.inputs[0].type;
      const channels = int64s(w, ...channelShape(shape));
      // The batch is left open, so that an exported model takes any.
      const anyBatch = ([_, ...rest]: readonly number[]) => int64s(w, -1, ...rest);
      const [rows] = w.node('Reshape', [site.in(0), anyBatch(groupedShape(shape, groups))]);
      const vector = (value: number) =>
        w.constant('float32', [groups], new Array<number>(groups).fill(value));
      const [normal] = w.node('InstanceNormalization', [rows, vector(1), vector(0)], {
        epsilon: { float: epsilon },
      });
      const [back] = w.node('Reshape', [normal, anyBatch(shape)]);
      const [scaled] = w.node('Mul', [back, w.node('Reshape', [site.in(1), channels])[0]]);
      return w.node('Add', [scaled, w.node('Reshape', [site.in(2), channels])[0]]);
    },
  },
  examples: [
    {
      title: 'two groups of one channel: means 2 and 20, deviations 1 and 10',
      inputs: [
        { type: float32(1, 2, 2), data: [1, 3, 10, 30] },
        { type: float32(2), data: [1, 2] },
        { type: float32(2), data: [0, 5] },
      ],
      attributes: { num_groups: 2, epsilon: 0 },
      expected: [-1, 1, 3, 7],
    },
    {
      title: 'an image',
      inputs: [{ type: float32(3, 6, 4, 5) }, { type: float32(6) }, { type: float32(6) }],
      attributes: { num_groups: 3 },
    },
    {
      title: 'rows in one group (layer norm)',
      inputs: [{ type: float32(4, 8) }, { type: float32(8) }, { type: float32(8) }],
      attributes: { num_groups: 1 },
    },
  ],
});

/** [N, groups, everything else]. */
export function groupedShape(shape: Shape, groups: number): number[] {
  return [shape[0], groups, sizeOf(shape) / (shape[0] * groups)];
}

/** x normalised by its groups, and 1 / sqrt(variance + epsilon) of every group, in order of memory. */
export function groupNormals(x: Tensor, groups: number, epsilon: number) {
  const [n, , size] = groupedShape(x.shape, groups);
  const normal = new Float64Array(x.data.length);
  const roots = new Float64Array(n * groups);
  for (let g = 0; g < roots.length; g++) {
    const part = x.data.subarray(g * size, (g + 1) * size);
    const mean = part.reduce((a, b) => a + b, 0) / size;
    const variance = part.reduce((a, b) => a + (b - mean) ** 2, 0) / size;
    roots[g] = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < size; i++) normal[g * size + i] = (part[i] - mean) * roots[g];
  }
  return { normal, roots, size };
}

/** Batch norm with the batch's own statistics (Ioffe and Szegedy 2015); the variance is the population's. */

import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32 } from '../ir/tensorType';
import { channelShape, eachChannel, statisticsAxes } from './channels';
import { defineOperator, expectInputs, float, type Tensor } from './operator';
import { int64s } from './spelling';

export const batchNormalizationTraining = defineOperator({
  name: 'BatchNormalizationTraining',
  summary:
    'Normalises x [N, C, ...] a channel at a time, then scales and shifts; outputs y, mean [C], variance [C].',
  attributes: {
    epsilon: float(1e-5),
    /** What a step keeps of the running statistics; read where those are updated, not here. */
    momentum: float(0.9),
  },
  infer: (inputs) => {
    expectInputs('BatchNormalizationTraining', inputs, 'any', 1, 1);
    const [x, scale, shift] = inputs;
    if (scale.shape[0] !== x.shape[1] || shift.shape[0] !== x.shape[1])
      throw new ShapeError(
        t(
          'Batch norm of {0} channels has {1} scales and {2} shifts.',
          x.shape[1],
          scale.shape[0],
          shift.shape[0],
        ),
      );
    return [x, scale, scale];
  },
  gradient: ({ b, inputs: [x, scale], outputs: [, mean, variance], gradients: [dy] }, { epsilon }) => {
    if (!dy) return [null, null, null];
    return [...b.apply('BatchNormalizationGradient', [dy, x, scale, mean, variance], { epsilon })];
  },
  reference: ([x, scale, shift], { epsilon }) => {
    const { mean, variance } = channelStatistics(x);
    const y = new Float64Array(x.data.length);
    eachChannel(x.shape, (i, c) => {
      y[i] = (scale.data[c] * (x.data[i] - mean[c])) / Math.sqrt(variance[c] + epsilon) + shift.data[c];
    });
    return [y, mean, variance];
  },
  onnx: {
    any: (w, site, { epsilon }) => {
      const shape = site.inputs[0].type.shape;
      const axes = statisticsAxes(shape);
      const channels = int64s(w, shape[1]);
      const along = (name: string) => w.node('Reshape', [name, int64s(w, ...channelShape(shape))])[0];
      const [mean] = w.node('ReduceMean', [site.in(0)], { axes, keepdims: 1 });
      const [centred] = w.node('Sub', [site.in(0), mean]);
      const [square] = w.node('Mul', [centred, centred]);
      const [variance] = w.node('ReduceMean', [square], { axes, keepdims: 1 });
      const [shifted] = w.node('Add', [variance, w.constant('float32', [], [epsilon])]);
      const [root] = w.node('Sqrt', [shifted]);
      const [normal] = w.node('Div', [centred, root]);
      const [scaled] = w.node('Mul', [normal, along(site.in(1))]);
      const [y] = w.node('Add', [scaled, along(site.in(2))]);
      return [y, w.node('Reshape', [mean, channels])[0], w.node('Reshape', [variance, channels])[0]];
    },
    // With momentum 0 onnxruntime's running statistics are the batch's own. It writes them over the memory of the
    // statistics that it is given, so these are made anew for every node and never an initializer.
    cpu: (w, site, { epsilon }) => {
      const shape = int64s(w, site.inputs[0].type.shape[1]);
      const [mean] = w.node('ConstantOfShape', [shape]);
      const [variance] = w.node('ConstantOfShape', [shape]);
      return w.node(
        'BatchNormalization',
        [site.in(0), site.in(1), site.in(2), mean, variance],
        { training_mode: 1, momentum: { float: 0 }, epsilon: { float: epsilon } },
        { outputs: 3 },
      );
    },
  },
  examples: [
    {
      title: 'by hand: mean 2, variance 1',
      inputs: [
        { type: float32(2, 1), data: [1, 3] },
        { type: float32(1), data: [2] },
        { type: float32(1), data: [5] },
      ],
      attributes: { epsilon: 0 },
      expected: [3, 7],
    },
    {
      title: 'an image',
      inputs: [{ type: float32(3, 4, 5, 5) }, { type: float32(4) }, { type: float32(4) }],
    },
    {
      title: '16 channels',
      inputs: [{ type: float32(2, 16, 4, 4) }, { type: float32(16) }, { type: float32(16) }],
    },
    { title: 'rows', inputs: [{ type: float32(6, 3) }, { type: float32(3) }, { type: float32(3) }] },
  ],
});

export function channelStatistics(x: Tensor): { mean: Float64Array; variance: Float64Array } {
  const channels = x.shape[1];
  const count = x.data.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  eachChannel(x.shape, (i, c) => {
    mean[c] += x.data[i] / count;
  });
  eachChannel(x.shape, (i, c) => {
    variance[c] += (x.data[i] - mean[c]) ** 2 / count;
  });
  return { mean, variance };
}

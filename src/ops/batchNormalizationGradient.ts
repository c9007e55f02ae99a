/**
 * The gradient of training-mode batch norm. With M elements a channel, s = 1 / sqrt(variance + epsilon) and
 * x^ = (x - mean) s:
 *
 *     dshift = sum dy        dscale = sum dy x^        dx = scale s (dy - dshift / M - x^ dscale / M)
 *
 * so dx is one affine map of dy and x a channel, and only two sums over the image are needed.
 */
import { float32 } from '../ir/tensorType';
import { channelShape, eachChannel, statisticsAxes } from './channels';
import { defineOperator, expectInputs, float } from './operator';
import { int64s, type Name } from './spelling';

export const batchNormalizationGradient = defineOperator({
  name: 'BatchNormalizationGradient',
  summary: 'dx, dscale [C], dshift [C] from dy, x, scale, mean and variance.',
  attributes: { epsilon: float(1e-5) },
  infer: (inputs) => {
    expectInputs('BatchNormalizationGradient', inputs, 'any', 'any', 1, 1, 1);
    return [inputs[1], inputs[2], inputs[2]];
  },
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([dy, x, scale, mean, variance], { epsilon }) => {
    const channels = scale.data.length;
    const count = x.data.length / channels;
    const dscale = new Float64Array(channels);
    const dshift = new Float64Array(channels);
    const dx = new Float64Array(x.data.length);
    const root = variance.data.map((v) => 1 / Math.sqrt(v + epsilon));
    const normal = (i: number, c: number) => (x.data[i] - mean.data[c]) * root[c];
    eachChannel(x.shape, (i, c) => {
      dshift[c] += dy.data[i];
      dscale[c] += dy.data[i] * normal(i, c);
    });
    eachChannel(x.shape, (i, c) => {
      dx[i] = scale.data[c] * root[c] * (dy.data[i] - dshift[c] / count - (normal(i, c) * dscale[c]) / count);
    });
    return [dx, dscale, dshift];
  },
  onnx: {
    any: (w, site, { epsilon }) => {
      const shape = site.inputs[1].type.shape;
      const axes = int64s(w, ...statisticsAxes(shape));
      const count = shape.reduce((a, b) => a * b, 1) / shape[1];
      const float = (value: number) => w.constant('float32', [], [value]);
      const along = (name: Name) => w.node('Reshape', [name, int64s(w, ...channelShape(shape))])[0];
      const op = (name: string, ...inputs: Name[]) => w.node(name, inputs)[0];
      const sum = (name: Name) => w.node('ReduceSum', [name, axes], { keepdims: 0 })[0];
      const [dy, x, scale, mean, variance] = site.inputs.map((_, i) => site.in(i));
      const root = op('Sqrt', op('Add', variance, float(epsilon)));
      const centred = op('Sub', x, along(mean));
      const dshift = sum(dy);
      const product = op('Mul', dy, centred);
      const dscale = op('Div', sum(product), root);
      const gain = op('Div', scale, root);
      // dx = gain dy - gain dscale s / M (x - mean) - gain dshift / M
      const slope = op('Mul', gain, op('Div', op('Mul', dscale, float(1 / count)), root));
      const offset = op('Mul', gain, op('Mul', dshift, float(1 / count)));
      const bent = op('Sub', op('Mul', dy, along(gain)), op('Mul', centred, along(slope)));
      return [op('Sub', bent, along(offset)), dscale, dshift];
    },
  },
  examples: [
    {
      title: 'a constant dy has no effect on x',
      inputs: [
        { type: float32(2, 1), data: [1, 1] },
        { type: float32(2, 1), data: [1, 3] },
        { type: float32(1), data: [2] },
        { type: float32(1), data: [2] },
        { type: float32(1), data: [1] },
      ],
      expected: [0, 0],
    },
    {
      title: 'an image',
      inputs: [
        { type: float32(3, 16, 4, 4) },
        { type: float32(3, 16, 4, 4) },
        { type: float32(16) },
        { type: float32(16) },
        { type: float32(16), data: Array.from({ length: 16 }, (_, i) => 0.5 + i / 16) },
      ],
    },
  ],
});

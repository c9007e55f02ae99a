/** Two-dimensional convolution (cross-correlation, as every framework computes it). */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, sizeOf } from '../ir/tensorType';
import { convLoop } from './convLoop';
import { defineOperator, expectInputs, int, ints } from './operator';
import { windowOutput } from './window';

export const windowAttributes = {
  strides: ints([1, 1]),
  /** top, left, bottom, right */
  pads: ints([0, 0, 0, 0]),
  dilations: ints([1, 1]),
  group: int(1),
};

export const conv = defineOperator({
  name: 'Conv',
  summary: 'x [N, C, H, W] with weights [K, C / group, kH, kW] and, if given, biases [K].',
  attributes: windowAttributes,
  infer: (inputs, attributes) => {
    if (inputs.length === 3) expectInputs('Conv', inputs, 4, 4, 1);
    else expectInputs('Conv', inputs, 4, 4);
    const [[n, c, ...image], [k, perGroup, ...kernel]] = inputs.map((i) => i.shape);
    const { group } = attributes;
    if (perGroup * group !== c || k % group !== 0)
      throw new ShapeError(
        t(
          'Conv with weights {1} and {2} groups takes {3} channels, but its input {0} has {4}.',
          inputs[0].shape.join('x'),
          inputs[1].shape.join('x'),
          group,
          perGroup * group,
          c,
        ),
      );
    return [{ dtype: inputs[0].dtype, shape: [n, k, ...windowOutput('Conv', image, kernel, attributes)] }];
  },
  macs: ([, w], [out]) => out.shape[0] * out.shape[2] * out.shape[3] * sizeOf(w.shape),
  gradient: ({ b, inputs, gradients: [dy], needs }, attributes) => {
    const [x, w] = inputs;
    if (!dy) return inputs.map(() => null);
    const dx = needs(0)
      ? b.op('ConvInputGradient', [dy, w], { ...attributes, size: x.type.shape.slice(2) })
      : null;
    const dw = needs(1)
      ? b.op('ConvWeightGradient', [x, dy], { ...attributes, kernel: w.type.shape.slice(2) })
      : null;
    if (inputs.length === 2) return [dx, dw];
    return [dx, dw, needs(2) ? b.op('ReduceSum', [dy], { axes: [0, 2, 3], keepdims: false }) : null];
  },
  reference: ([x, w, bias], attributes, [out]) => {
    const y = new Float64Array(sizeOf(out.shape));
    const area = out.shape[2] * out.shape[3];
    if (bias) for (let i = 0; i < y.length; i++) y[i] = bias.data[Math.floor(i / area) % out.shape[1]];
    convLoop(x.shape, w.shape, out.shape, attributes, (ix, iw, iy) => {
      y[iy] += x.data[ix] * w.data[iw];
    });
    return [y];
  },
  onnx: {
    any: (w, site, { strides, pads, dilations, group }) =>
      w.node(
        'Conv',
        site.inputs.map((_, i) => site.in(i)),
        { strides, pads, dilations, group, kernel_shape: site.inputs[1].type.shape.slice(2) },
      ),
  },
  examples: [
    {
      title: 'a sum over 2x2',
      inputs: [
        { type: float32(1, 1, 3, 3), data: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
        { type: float32(1, 1, 2, 2), data: [1, 1, 1, 1] },
      ],
      expected: [12, 16, 24, 28],
    },
    {
      title: '3x3, padded',
      inputs: [{ type: float32(2, 3, 5, 4) }, { type: float32(4, 3, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1] },
    },
    {
      title: '3x3, stride 2, odd size, biases',
      inputs: [{ type: float32(2, 3, 7, 7) }, { type: float32(4, 3, 3, 3) }, { type: float32(4) }],
      attributes: { pads: [1, 1, 1, 1], strides: [2, 2] },
    },
    {
      title: '3x3, stride 2, even size',
      inputs: [{ type: float32(2, 3, 8, 6) }, { type: float32(4, 3, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1], strides: [2, 2] },
    },
    {
      title: 'uneven pads (TensorFlow same)',
      inputs: [{ type: float32(1, 2, 6, 6) }, { type: float32(3, 2, 3, 3) }],
      attributes: { pads: [0, 0, 1, 1], strides: [2, 2] },
    },
    {
      title: '1x1, stride 2',
      inputs: [{ type: float32(2, 4, 6, 6) }, { type: float32(8, 4, 1, 1) }],
      attributes: { strides: [2, 2] },
    },
    {
      title: 'groups',
      inputs: [{ type: float32(2, 4, 5, 5) }, { type: float32(6, 2, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1], group: 2 },
    },
    {
      title: 'dilated',
      inputs: [{ type: float32(1, 2, 7, 7) }, { type: float32(3, 2, 3, 3) }],
      attributes: { pads: [2, 2, 2, 2], dilations: [2, 2] },
    },
    {
      title: 'dilated, stride 2',
      inputs: [{ type: float32(1, 2, 9, 8) }, { type: float32(3, 2, 3, 3) }],
      attributes: { pads: [2, 2, 2, 2], dilations: [2, 2], strides: [2, 2] },
    },
    {
      title: '16 channels, padded',
      inputs: [{ type: float32(2, 16, 6, 6) }, { type: float32(32, 16, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1] },
    },
    {
      title: '16 channels, stride 2',
      inputs: [{ type: float32(2, 16, 6, 6) }, { type: float32(32, 16, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1], strides: [2, 2] },
    },
    {
      title: '7x7, stride 2, three channels',
      inputs: [{ type: float32(1, 3, 12, 12) }, { type: float32(16, 3, 7, 7) }],
      attributes: { pads: [3, 3, 3, 3], strides: [2, 2] },
    },
  ],
});

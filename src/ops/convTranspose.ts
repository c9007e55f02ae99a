/**
 * Transposed convolution, the way up in U-shaped networks (Zeiler et al. 2010): what a convolution's gradient does
 * to its input, as a layer with weights of its own. Weights lie as PyTorch and ONNX have them, input channels first.
 */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, sizeOf } from '../ir/tensorType';
import { windowAttributes } from './conv';
import { convLoop } from './convLoop';
import { defineOperator, expectInputs, ints } from './operator';

const attributes = {
  ...windowAttributes,
  /** Rows below and columns to the right beyond the windows; less than a stride. */
  output_padding: ints([0, 0]),
};

export const convTranspose = defineOperator({
  name: 'ConvTranspose',
  summary: "x [N, C, H, W] with weights [C, K / group, kH, kW] and, if given, biases [K] to [N, K, H', W'].",
  attributes,
  infer: (inputs, { strides, pads, dilations, group, output_padding: extra }) => {
    if (inputs.length === 3) expectInputs('ConvTranspose', inputs, 4, 4, 1);
    else expectInputs('ConvTranspose', inputs, 4, 4);
    const [[n, c, ...image], [rows, perGroup, ...kernel]] = inputs.map((i) => i.shape);
    const size = image.map(
      (d, i) => (d - 1) * strides[i] - pads[i] - pads[i + 2] + dilations[i] * (kernel[i] - 1) + 1 + extra[i],
    );
    if (rows !== c || c % group !== 0 || size.some((d, i) => d < 1 || extra[i] >= strides[i]))
      throw new ShapeError(
        t(
          'ConvTranspose with weights {1} and {2} groups does not fit its input {0}.',
          inputs[0].shape.join('x'),
          inputs[1].shape.join('x'),
          group,
        ),
      );
    return [{ dtype: inputs[0].dtype, shape: [n, perGroup * group, ...size] }];
  },
  macs: ([x, w]) => sizeOf(x.shape) * sizeOf(w.shape.slice(1)),
  gradient: ({ b, inputs, gradients: [dy], needs }, { output_padding: _, ...window }) => {
    const [x, w] = inputs;
    if (!dy) return inputs.map(() => null);
    // Forward and backward change places: dx is the convolution, and dy is what the weights slide over.
    const dx = needs(0) ? b.op('Conv', [dy, w], window) : null;
    const dw = needs(1)
      ? b.op('ConvWeightGradient', [dy, x], { ...window, kernel: w.type.shape.slice(2) })
      : null;
    if (inputs.length === 2) return [dx, dw];
    return [dx, dw, needs(2) ? b.op('ReduceSum', [dy], { axes: [0, 2, 3], keepdims: false }) : null];
  },
  reference: ([x, w, bias], window, [out]) => {
    const y = new Float64Array(sizeOf(out.shape));
    const area = out.shape[2] * out.shape[3];
    if (bias) for (let i = 0; i < y.length; i++) y[i] = bias.data[Math.floor(i / area) % out.shape[1]];
    convLoop(out.shape, w.shape, x.shape, window, (iy, iw, ix) => {
      y[iy] += x.data[ix] * w.data[iw];
    });
    return [y];
  },
  onnx: {
    any: (w, site, { strides, pads, dilations, group, output_padding }) =>
      w.node(
        'ConvTranspose',
        site.inputs.map((_, i) => site.in(i)),
        {
          strides,
          pads,
          dilations,
          group,
          output_padding,
          kernel_shape: site.inputs[1].type.shape.slice(2),
        },
      ),
  },
  examples: [
    {
      title: 'a pixel becomes a 2x2 window',
      inputs: [
        { type: float32(1, 1, 1, 2), data: [1, 10] },
        { type: float32(1, 1, 2, 2), data: [1, 2, 3, 4] },
      ],
      attributes: { strides: [2, 2] },
      expected: [1, 2, 10, 20, 3, 4, 30, 40],
    },
    {
      title: '3x3, stride 2, an odd row behind, biases',
      inputs: [{ type: float32(2, 4, 3, 4) }, { type: float32(4, 3, 3, 3) }, { type: float32(3) }],
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
    },
    {
      title: 'groups, another kernel a side',
      inputs: [{ type: float32(2, 4, 3, 3) }, { type: float32(4, 3, 3, 2) }],
      attributes: { pads: [1, 0, 1, 0], group: 2, strides: [1, 2] },
    },
    {
      title: 'uneven pads (TensorFlow same)',
      inputs: [{ type: float32(1, 2, 3, 3) }, { type: float32(2, 3, 3, 3) }],
      attributes: { strides: [2, 2], pads: [0, 0, 1, 1] },
    },
    {
      title: '16 channels',
      inputs: [{ type: float32(2, 16, 3, 3) }, { type: float32(16, 16, 2, 2) }],
      attributes: { strides: [2, 2] },
    },
  ],
});

/** The gradient of a convolution with respect to its input: a transposed convolution of dy. */
import { float32, sizeOf } from '../ir/tensorType';
import { windowAttributes } from './conv';
import { convLoop } from './convLoop';
import { defineOperator, expectInputs, ints } from './operator';
import { outputPadding } from './window';

export const convInputGradient = defineOperator({
  name: 'ConvInputGradient',
  summary: "dx [N, C, H, W] from dy [N, K, H', W'] and the weights [K, C / group, kH, kW]; `size` is H, W.",
  attributes: { ...windowAttributes, size: ints() },
  infer: (inputs, { group, size }) => {
    expectInputs('ConvInputGradient', inputs, 4, 4);
    const [dy, w] = inputs;
    return [{ dtype: dy.dtype, shape: [dy.shape[0], w.shape[1] * group, ...size] }];
  },
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([dy, w], attributes, [out]) => {
    const dx = new Float64Array(sizeOf(out.shape));
    convLoop(out.shape, w.shape, dy.shape, attributes, (ix, iw, iy) => {
      dx[ix] += dy.data[iy] * w.data[iw];
    });
    return [dx];
  },
  onnx: {
    any: (writer, site, { size, group, ...window }) => {
      const [dy, w] = site.inputs.map((v) => v.type.shape);
      const kernel = w.slice(2);
      return writer.node('ConvTranspose', [site.in(0), site.in(1)], {
        ...window,
        group,
        kernel_shape: kernel,
        output_padding: outputPadding(size, dy.slice(2), kernel, window),
      });
    },
    cpu: (writer, site, { size, group, ...window }) => {
      const [dy, w] = site.inputs.map((v) => v.type.shape);
      const kernel = w.slice(2);
      const { strides, pads, dilations } = window;
      if (group !== 1 || strides.some((s) => s !== 1) || dilations.some((d) => d !== 1))
        return writer.node('ConvTranspose', [site.in(0), site.in(1)], {
          ...window,
          group,
          kernel_shape: kernel,
          output_padding: outputPadding(size, dy.slice(2), kernel, window),
        });
      // Stride 1: an ordinary convolution with the weights transposed and turned by half a circle.
      const area = kernel[0] * kernel[1];
      const int64 = (...data: number[]) => writer.constant('int64', [data.length], data);
      const [turned] = writer.node('Transpose', [site.in(1)], { perm: [1, 0, 2, 3] });
      let weights = turned;
      if (area > 1) {
        const [flat] = writer.node('Reshape', [turned, int64(w[1], w[0], area)]);
        const order = Array.from({ length: area }, (_, i) => area - 1 - i);
        const [flipped] = writer.node('Gather', [flat, int64(...order)], { axis: 2 });
        [weights] = writer.node('Reshape', [flipped, int64(w[1], w[0], ...kernel)]);
      }
      return writer.node('Conv', [site.in(0), weights], {
        strides,
        dilations,
        group,
        kernel_shape: kernel,
        pads: [0, 1, 2, 3].map((i) => kernel[i % 2] - 1 - pads[i]),
      });
    },
  },
  examples: [
    {
      title: 'a sum over 2x2',
      inputs: [
        { type: float32(1, 1, 2, 2), data: [1, 2, 3, 4] },
        { type: float32(1, 1, 2, 2), data: [1, 1, 1, 1] },
      ],
      attributes: { size: [3, 3] },
      expected: [1, 3, 2, 4, 10, 6, 3, 7, 4],
    },
    {
      title: '3x3, padded',
      inputs: [{ type: float32(2, 4, 5, 4) }, { type: float32(4, 3, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1], size: [5, 4] },
    },
    {
      title: '3x3, stride 2, even size',
      inputs: [{ type: float32(2, 4, 4, 3) }, { type: float32(4, 3, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1], strides: [2, 2], size: [8, 6] },
    },
    {
      title: 'groups',
      inputs: [{ type: float32(2, 6, 5, 5) }, { type: float32(6, 2, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1], group: 2, size: [5, 5] },
    },
    {
      title: '16 channels',
      inputs: [{ type: float32(2, 32, 6, 6) }, { type: float32(32, 16, 3, 3) }],
      attributes: { pads: [1, 1, 1, 1], size: [6, 6] },
    },
  ],
});

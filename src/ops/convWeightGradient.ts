/** The gradient of a convolution with respect to its weights: input and dy correlated over batch and image. */
import { float32, sizeOf } from '../ir/tensorType';
import { windowAttributes } from './conv';
import { convLoop } from './convLoop';
import { defineOperator, expectInputs, ints } from './operator';
import { int64s } from './spelling';

export const convWeightGradient = defineOperator({
  name: 'ConvWeightGradient',
  summary: "dw [K, C / group, kH, kW] from x [N, C, H, W] and dy [N, K, H', W']; `kernel` is kH, kW.",
  attributes: { ...windowAttributes, kernel: ints() },
  infer: (inputs, { group, kernel }) => {
    expectInputs('ConvWeightGradient', inputs, 4, 4);
    const [x, dy] = inputs;
    return [{ dtype: x.dtype, shape: [dy.shape[1], x.shape[1] / group, ...kernel] }];
  },
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([x, dy], attributes, [out]) => {
    const dw = new Float64Array(sizeOf(out.shape));
    convLoop(x.shape, out.shape, dy.shape, attributes, (ix, iw, iy) => {
      dw[iw] += x.data[ix] * dy.data[iy];
    });
    return [dw];
  },
  onnx: {
    // The batch becomes the channels: dw[k, c] = conv(x[:, c], dy[:, k]) with strides and dilations swapped.
    any: (w, site, { strides, pads, dilations, group, kernel }) => {
      const [[n, c, h, width]] = site.inputs.map((v) => v.type.shape);
      const perGroup = c / group;
      let x = site.in(0);
      if (group > 1) {
        [x] = w.node('Reshape', [x, int64s(w, n, group, perGroup, h, width)]);
        [x] = w.node('Transpose', [x], { perm: [2, 1, 0, 3, 4] });
        [x] = w.node('Reshape', [x, int64s(w, perGroup, group * n, h, width)]);
      } else [x] = w.node('Transpose', [x], { perm: [1, 0, 2, 3] });
      const [dy] = w.node('Transpose', [site.in(1)], { perm: [1, 0, 2, 3] });
      const [wide] = w.node('Conv', [x, dy], {
        strides: dilations,
        dilations: strides,
        pads,
        group,
        kernel_shape: site.inputs[1].type.shape.slice(2),
      });
      // Where the stride skipped trailing rows there is one row or column too many.
      const [narrow] = w.node('Slice', [wide, int64s(w, 0, 0), int64s(w, ...kernel), int64s(w, 2, 3)]);
      return w.node('Transpose', [narrow], { perm: [1, 0, 2, 3] });
    },
  },
  examples: [
    {
      title: 'a sum over 2x2',
      inputs: [
        { type: float32(1, 1, 3, 3), data: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
        { type: float32(1, 1, 2, 2), data: [1, 1, 1, 1] },
      ],
      attributes: { kernel: [2, 2] },
      expected: [12, 16, 24, 28],
    },
    {
      title: '3x3, padded',
      inputs: [{ type: float32(2, 3, 5, 4) }, { type: float32(2, 4, 5, 4) }],
      attributes: { pads: [1, 1, 1, 1], kernel: [3, 3] },
    },
    {
      title: '3x3, stride 2, even size',
      inputs: [{ type: float32(2, 3, 8, 6) }, { type: float32(2, 4, 4, 3) }],
      attributes: { pads: [1, 1, 1, 1], strides: [2, 2], kernel: [3, 3] },
    },
    {
      title: '1x1, stride 2',
      inputs: [{ type: float32(2, 4, 6, 6) }, { type: float32(2, 8, 3, 3) }],
      attributes: { strides: [2, 2], kernel: [1, 1] },
    },
    {
      title: 'groups',
      inputs: [{ type: float32(2, 4, 5, 5) }, { type: float32(2, 6, 5, 5) }],
      attributes: { pads: [1, 1, 1, 1], group: 2, kernel: [3, 3] },
    },
    {
      title: '16 channels',
      inputs: [{ type: float32(2, 16, 6, 6) }, { type: float32(2, 32, 6, 6) }],
      attributes: { pads: [1, 1, 1, 1], kernel: [3, 3] },
    },
  ],
});

/** The largest value under a sliding window; padding counts as minus infinity. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, type Shape, sizeOf } from '../ir/tensorType';
import { defineOperator, expectInputs, ints, type Tensor } from './operator';
import { type Window, windowOutput } from './window';

export const poolAttributes = {
  kernel: ints(),
  strides: ints([1, 1]),
  /** top, left, bottom, right */
  pads: ints([0, 0, 0, 0]),
};

export interface PoolAttributes {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
}

export const undilated = ({ strides, pads }: PoolAttributes): Window => ({
  strides,
  pads,
  dilations: [1, 1],
});

export const maxPool = defineOperator({
  name: 'MaxPool',
  summary: "Maximum over windows of `kernel`; [N, C, H, W] to [N, C, H', W'].",
  attributes: poolAttributes,
  infer: (inputs, attributes) => {
    expectInputs('MaxPool', inputs, 4);
    const [n, c, ...image] = inputs[0].shape;
    if (attributes.pads.some((p, i) => p >= attributes.kernel[i % 2]))
      throw new ShapeError(
        t('MaxPool cannot pad a {0} window by {1}.', attributes.kernel.join('x'), attributes.pads.join(', ')),
      );
    return [
      {
        dtype: inputs[0].dtype,
        shape: [n, c, ...windowOutput('MaxPool', image, attributes.kernel, undilated(attributes))],
      },
    ];
  },
  gradient: ({ b, inputs: [x], outputs: [y], gradients: [dy] }, attributes) => [
    dy && b.op('MaxPoolGradient', [dy, x, y], attributes),
  ],
  reference: ([x], attributes, [out]) => [
    Float64Array.from(argMax(x, out.shape, attributes), (i) => x.data[i]),
  ],
  onnx: {
    any: (w, site, { kernel, strides, pads }) =>
      w.node('MaxPool', [site.in(0)], { kernel_shape: kernel, strides, pads }),
  },
  examples: [
    {
      title: '2x2',
      inputs: [{ type: float32(1, 1, 2, 4), data: [1, 2, 5, 6, 3, 4, 8, 7] }],
      attributes: { kernel: [2, 2], strides: [2, 2] },
      expected: [4, 8],
    },
    {
      title: '3x3, stride 2, padded: windows overlap',
      inputs: [{ type: float32(2, 3, 7, 6) }],
      attributes: { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    },
  ],
});

/** For every output element the offset of the first largest input element of its window. */
export function argMax(x: Tensor, out: Shape, { kernel, strides, pads }: PoolAttributes): Int32Array {
  const [, , height, width] = x.shape;
  const [, , outHeight, outWidth] = out;
  const best = new Int32Array(sizeOf(out));
  for (let i = 0; i < best.length; i++) {
    const plane = Math.floor(i / (outHeight * outWidth)) * height * width;
    const top = (Math.floor(i / outWidth) % outHeight) * strides[0] - pads[0];
    const left = (i % outWidth) * strides[1] - pads[1];
    let at = -1;
    for (let row = Math.max(0, top); row < Math.min(height, top + kernel[0]); row++)
      for (let column = Math.max(0, left); column < Math.min(width, left + kernel[1]); column++) {
        const offset = plane + row * width + column;
        if (at < 0 || x.data[offset] > x.data[at]) at = offset;
      }
    best[i] = at;
  }
  return best;
}

/** Sliding windows over images: the output-size rule that convolutions and poolings share (ONNX, explicit pads). */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';

/** `pads` are top, left, bottom, right; `strides` and `dilations` are vertical, horizontal. */
export interface Window {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/** Output height and width: floor((size + pads - dilation (kernel - 1) - 1) / stride) + 1. */
export function windowOutput(
  name: string,
  [height, width]: readonly number[],
  kernel: readonly number[],
  { strides, pads, dilations }: Window,
): [number, number] {
  if (strides.length !== 2 || pads.length !== 4 || dilations.length !== 2 || strides.some((s) => s < 1))
    throw new ShapeError(t('{0} takes two strides, four pads and two dilations.', name));
  const along = (size: number, axis: number) =>
    Math.floor(
      (size + pads[axis] + pads[axis + 2] - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis],
    ) + 1;
  const [h, w] = [along(height, 0), along(width, 1)];
  if (h < 1 || w < 1)
    throw new ShapeError(
      t('{0} with a {1} kernel does not fit into {2}.', name, kernel.join('x'), `${height}x${width}`),
    );
  return [h, w];
}

/** What a transposed window lacks to give back `size`: ONNX ConvTranspose's output_padding. */
export function outputPadding(
  size: readonly number[],
  out: readonly number[],
  kernel: readonly number[],
  { strides, pads, dilations }: Window,
): number[] {
  return [0, 1].map(
    (i) => size[i] - ((out[i] - 1) * strides[i] - pads[i] - pads[i + 2] + dilations[i] * (kernel[i] - 1) + 1),
  );
}

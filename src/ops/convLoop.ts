/**
 * The seven loops of a convolution, once for the forward pass and both gradients: `visit` gets the offsets of the
 * input element, the weight and the output element of every multiply-add.
 */
import type { Shape } from '../ir/tensorType';
import type { Window } from './window';

export function convLoop(
  x: Shape,
  w: Shape,
  y: Shape,
  { strides, pads, dilations, group }: Window & { readonly group: number },
  visit: (ix: number, iw: number, iy: number) => void,
): void {
  const [batch, channels, height, width] = x;
  const [kernels, perGroup, kernelHeight, kernelWidth] = w;
  const [, , outHeight, outWidth] = y;
  const kernelsPerGroup = kernels / group;
  for (let n = 0; n < batch; n++)
    for (let k = 0; k < kernels; k++) {
      const first = Math.floor(k / kernelsPerGroup) * perGroup;
      for (let c = 0; c < perGroup; c++) {
        const plane = (n * channels + first + c) * height;
        for (let i = 0; i < kernelHeight; i++)
          for (let j = 0; j < kernelWidth; j++) {
            const iw = ((k * perGroup + c) * kernelHeight + i) * kernelWidth + j;
            for (let p = 0; p < outHeight; p++) {
              const row = p * strides[0] - pads[0] + i * dilations[0];
              if (row < 0 || row >= height) continue;
              const out = ((n * kernels + k) * outHeight + p) * outWidth;
              for (let q = 0; q < outWidth; q++) {
                const column = q * strides[1] - pads[1] + j * dilations[1];
                if (column >= 0 && column < width) visit((plane + row) * width + column, iw, out + q);
              }
            }
          }
      }
    }
}

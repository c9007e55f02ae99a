/** Per-channel sums over batch and image of [N, C, ...], which the batch norm operators' references share. */
import type { Shape } from '../ir/tensorType';

/** Calls `visit` with every element's offset and channel. */
export function eachChannel(shape: Shape, visit: (i: number, channel: number) => void): void {
  const [n, c, ...image] = shape;
  const area = image.reduce((a, b) => a * b, 1);
  let i = 0;
  for (let s = 0; s < n; s++) for (let k = 0; k < c; k++) for (let p = 0; p < area; p++) visit(i++, k);
}

/** Axes of the statistics: the batch and the image. */
export function statisticsAxes(shape: Shape): number[] {
  return shape.map((_, i) => i).filter((i) => i !== 1);
}

/** [1, C, 1, 1] for an image, [1, C] for a row. */
export function channelShape(shape: Shape): number[] {
  return shape.map((d, i) => (i === 1 ? d : 1));
}

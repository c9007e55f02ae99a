/**
 * Convolution weights on their way between PyTorch's order [O, I, kH, kW] and the blocked order. On the host for
 * states that stay blocked between steps; inside the graph for weights that come in plain.
 */
import type { Shape } from '../../../ir/tensorType';
import { sizeOf } from '../../../ir/tensorType';
import type { Name, OnnxWriter } from '../../../ops/spelling';
import { nchwc, reshape, transpose } from './nchwc';

/** Whether weights [O, I / group, kH, kW] have a blocked order: whole blocks, or a plain image on the input side. */
export function hasBlockedWeights([o, i]: Shape, block: number): boolean {
  return o % block === 0 && (i % block === 0 || i < block);
}

/** [O, I, kH, kW] to the blocked order, inside a graph. */
export function blockWeights(w: OnnxWriter, x: Name, shape: Shape, block: number): Name {
  const [o, i, ...kernel] = shape;
  const area = sizeOf(kernel);
  // The output channels become lanes: [O / B, I kH kW, B].
  const lanes = nchwc(w, 'ReorderInput', [reshape(w, x, 1, o, 1, i * area)]);
  if (i % block !== 0 || area === 1) return reshape(w, lanes, ...shape);
  const tiles = reshape(w, lanes, o / block, i / block, block, area, block);
  return reshape(w, transpose(w, tiles, 0, 1, 3, 2, 4), ...shape);
}

/** The blocked order back to [O, I, kH, kW], inside a graph. */
export function unblockWeights(w: OnnxWriter, x: Name, shape: Shape, block: number): Name {
  const [o, i, ...kernel] = shape;
  const area = sizeOf(kernel);
  let lanes = x;
  if (i % block === 0 && area > 1) {
    const tiles = reshape(w, x, o / block, i / block, area, block, block);
    lanes = transpose(w, tiles, 0, 1, 3, 2, 4);
  }
  const image = reshape(w, lanes, 1, o, 1, i * area);
  return reshape(w, nchwc(w, 'ReorderOutput', [image], { channels: o }), ...shape);
}

/** For every element of blocked weights, its offset in PyTorch's order. */
export function blockedOffsets([o, i, ...kernel]: Shape, block: number): Int32Array {
  const area = sizeOf(kernel);
  const offsets = new Int32Array(o * i * area);
  const lanesIn = i % block === 0 ? block : 1;
  let at = 0;
  for (let ob = 0; ob < o; ob += block)
    for (let ib = 0; ib < i; ib += lanesIn)
      for (let k = 0; k < area; k++)
        for (let il = 0; il < lanesIn; il++)
          for (let ol = 0; ol < block; ol++) offsets[at++] = ((ob + ol) * i + ib + il) * area + k;
  return offsets;
}

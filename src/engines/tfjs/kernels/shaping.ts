/** Kernels that move elements: reshape, transpose, cut, join, pad, repeat. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { along, axisIn, type Kernel, spread } from '../kernel';

export const reshape: Kernel = (site) => [
  site.give('plain', site.tf.reshape(site.plain(0), [...site.shape()])),
];

export const transpose: Kernel = (site, { perm }: { perm: readonly number[] }) => [
  site.give('plain', site.tf.transpose(site.plain(0), [...perm])),
];

/** An image is wanted channels last by whatever comes next, so a repeated vector is made so at once. */
export const expand: Kernel = (site, { shape }: { shape: readonly number[] }) => {
  const { tf } = site;
  const [x] = site.inputs;
  const rank = shape.length;
  const layout = rank === 4 && x.shape.length === rank ? 'channelsLast' : 'plain';
  return [site.give(layout, tf.broadcastTo(x.as(layout), along(layout, shape)))];
};

export const concat: Kernel = (site, { axis }: { axis: number }) => {
  const layout = site.preferred();
  const parts = site.inputs.map((v) => v.as(layout));
  return [site.give(layout, site.tf.concat(parts, axisIn(layout, axis, site.shape().length)))];
};

export const split: Kernel = (site, { axis, sizes }: { axis: number; sizes: readonly number[] }) => {
  const layout = site.preferred();
  const at = axisIn(layout, axis, site.shape().length);
  const pieces = site.tf.split(site.inputs[0].as(layout), [...sizes], at);
  return pieces.map((piece, i) => site.give(layout, piece, i));
};

export const slice: Kernel = (
  site,
  { starts, ends, steps }: Record<'starts' | 'ends' | 'steps', readonly number[]>,
) => {
  const { tf } = site;
  const layout = site.preferred();
  const x = site.inputs[0].as(layout);
  const [from, to, by] = [starts, ends, steps].map((list) => along(layout, list));
  const cut = by.every((s) => s === 1)
    ? tf.slice(
        x,
        from,
        to.map((end, i) => end - from[i]),
      )
    : tf.stridedSlice(x, from, to, by);
  return [site.give(layout, cut)];
};

/** Zeros between the elements of a stepped axis, then in front and behind; the last element's own are cut. */
export const sliceGradient: Kernel = (
  site,
  attributes: Record<'starts' | 'steps' | 'shape', readonly number[]>,
) => {
  const { tf } = site;
  const layout = site.preferred();
  const [starts, steps, shape] = [attributes.starts, attributes.steps, attributes.shape].map((list) =>
    along(layout, list),
  );
  let grid = site.inputs[0].as(layout);
  steps.forEach((step, axis) => {
    grid = spread(tf, grid, axis, step);
  });
  const kept = grid.shape.map((d, i) => Math.min(d, shape[i] - starts[i]));
  if (kept.some((d, i) => d < grid.shape[i]))
    grid = tf.slice(
      grid,
      kept.map(() => 0),
      kept,
    );
  const pads = kept.map((d, i): [number, number] => [starts[i], shape[i] - starts[i] - d]);
  return [site.give(layout, padded(grid, pads, tf))];
};

export const pad: Kernel = (site, { pads }: { pads: readonly number[] }) => {
  const layout = site.preferred();
  const rank = site.shape().length;
  const pairs = along(
    layout,
    Array.from({ length: rank }, (_, i): [number, number] => [pads[i], pads[i + rank]]),
  );
  return [site.give(layout, padded(site.inputs[0].as(layout), pairs, site.tf))];
};

function padded(x: Tensor, pads: [number, number][], tf: typeof import('@tensorflow/tfjs-core')): Tensor {
  return x.shape.length === 0 ? tf.clone(x) : tf.pad(x, pads);
}

/** The gradient of Slice: puts dy back on its sub-grid of zeros. */
import { float32, sizeOf } from '../ir/tensorType';
import { defineOperator, expectInputs, ints } from './operator';
import { gridOffsets } from './slice';
import { int64s } from './spelling';

export const sliceGradient = defineOperator({
  name: 'SliceGradient',
  summary: 'Zeros of `shape` with dy at starts + index * steps.',
  attributes: { starts: ints(), steps: ints(), shape: ints() },
  infer: (inputs, { shape }) => {
    expectInputs('SliceGradient', inputs, shape.length);
    return [{ dtype: inputs[0].dtype, shape }];
  },
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([dy], { starts, steps, shape }) => {
    const dx = new Float64Array(sizeOf(shape));
    gridOffsets(dy.shape, shape, starts, steps).forEach((offset, i) => {
      dx[offset] = dy.data[i];
    });
    return [dx];
  },
  onnx: {
    any: (w, site, { starts, steps, shape }) => {
      const grid = site.inputs[0].type.shape;
      const rank = shape.length;
      let name = site.in(0);
      let extent: readonly number[] = grid;
      const strided = shape.map((_, i) => i).filter((i) => steps[i] > 1);
      if (strided.length > 0) {
        // [.., n, ..] -> [.., n, 1, ..] -> pad to [.., n, step, ..] -> [.., n step, ..]: zeros between elements.
        const apart: number[] = [];
        const behind: number[] = [];
        grid.forEach((d, i) => {
          apart.push(d);
          behind.push(0);
          if (steps[i] > 1) {
            apart.push(1);
            behind.push(steps[i] - 1);
          }
        });
        extent = grid.map((d, i) => d * steps[i]);
        [name] = w.node('Reshape', [name, int64s(w, ...apart)]);
        [name] = w.node('Pad', [name, int64s(w, ...apart.map(() => 0), ...behind)]);
        [name] = w.node('Reshape', [name, int64s(w, ...extent)]);
      }
      const behind = shape.map((d, i) => d - starts[i] - extent[i]);
      if (starts.every((s) => s === 0) && behind.every((p) => p === 0)) return [name];
      if (behind.some((p) => p < 0)) {
        // The last element needs no zeros behind it where the axis ends there.
        const ends = extent.map((d, i) => d + Math.min(0, behind[i]));
        const axes = Array.from({ length: rank }, (_, i) => i);
        [name] = w.node('Slice', [
          name,
          int64s(w, ...axes.map(() => 0)),
          int64s(w, ...ends),
          int64s(w, ...axes),
        ]);
      }
      const pads = [...starts, ...behind.map((p) => Math.max(0, p))];
      return pads.some((p) => p > 0) ? w.node('Pad', [name, int64s(w, ...pads)]) : [name];
    },
  },
  examples: [
    {
      title: 'every other element',
      inputs: [{ type: float32(3), data: [1, 2, 3] }],
      attributes: { starts: [0], steps: [2], shape: [5] },
      expected: [1, 0, 2, 0, 3],
    },
    {
      title: 'an offset grid',
      inputs: [{ type: float32(2, 2) }],
      attributes: { starts: [0, 1], steps: [1, 3], shape: [2, 6] },
    },
    {
      title: 'a window',
      inputs: [{ type: float32(1, 3) }],
      attributes: { starts: [0, 2], steps: [1, 1], shape: [2, 6] },
    },
  ],
});

/** A regular sub-grid of a tensor. Every axis is named: `starts`, `ends` and `steps` are as long as the rank. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, type Shape, sizeOf, stridesOf, type TensorType } from '../ir/tensorType';
import { defineOperator, expectInputs, ints } from './operator';
import { int64s } from './spelling';

export const slice = defineOperator({
  name: 'Slice',
  summary: 'Elements starts[i], starts[i] + steps[i], ... below ends[i] of every axis i.',
  attributes: { starts: ints(), ends: ints(), steps: ints() },
  infer: (inputs, { starts, ends, steps }): TensorType[] => {
    expectInputs('Slice', inputs, 'any');
    const { shape, dtype } = inputs[0];
    const wrong = [starts, ends, steps].some((list) => list.length !== shape.length);
    if (wrong || shape.some((d, i) => starts[i] < 0 || ends[i] > d || starts[i] >= ends[i] || steps[i] < 1))
      throw new ShapeError(
        t(
          'Slice cannot take {1} to {2} by {3} of {0}.',
          shape.join('x'),
          starts.join(),
          ends.join(),
          steps.join(),
        ),
      );
    return [{ dtype, shape: shape.map((_, i) => Math.ceil((ends[i] - starts[i]) / steps[i])) }];
  },
  gradient: ({ b, inputs: [x], gradients: [dy] }, { starts, steps }) => [
    dy && b.op('SliceGradient', [dy], { starts, steps, shape: [...x.type.shape] }),
  ],
  reference: ([x], { starts, steps }, [out]) => [
    Float64Array.from(gridOffsets(out.shape, x.shape, starts, steps), (i) => x.data[i]),
  ],
  onnx: {
    any: (w, site, { starts, ends, steps }) => {
      const shape = site.inputs[0].type.shape;
      const axes = shape.map((_, i) => i).filter((i) => starts[i] > 0 || ends[i] < shape[i] || steps[i] > 1);
      if (axes.length === 0) return [site.in(0)];
      const along = (list: readonly number[]) => int64s(w, ...axes.map((i) => list[i]));
      return w.node('Slice', [site.in(0), along(starts), along(ends), int64s(w, ...axes), along(steps)]);
    },
  },
  examples: [
    {
      title: 'every other element',
      inputs: [{ type: float32(5), data: [1, 2, 3, 4, 5] }],
      attributes: { starts: [0], ends: [5], steps: [2] },
      expected: [1, 3, 5],
    },
    {
      title: 'the subsampled shortcut',
      inputs: [{ type: float32(2, 3, 4, 5) }],
      attributes: { starts: [0, 0, 0, 0], ends: [2, 3, 4, 5], steps: [1, 1, 2, 2] },
    },
    {
      title: 'a window',
      inputs: [{ type: float32(2, 6) }],
      attributes: { starts: [0, 2], ends: [1, 5], steps: [1, 1] },
    },
  ],
});

/** For every element of `grid`, its offset in `whole` at starts + index * steps. */
export function gridOffsets(grid: Shape, whole: Shape, starts: Shape, steps: Shape): Int32Array {
  const offsets = new Int32Array(sizeOf(grid));
  const from = stridesOf(grid);
  const to = stridesOf(whole);
  for (let i = 0; i < offsets.length; i++) {
    let offset = 0;
    for (let d = 0; d < grid.length; d++)
      offset += (starts[d] + (Math.floor(i / from[d]) % grid[d]) * steps[d]) * to[d];
    offsets[i] = offset;
  }
  return offsets;
}

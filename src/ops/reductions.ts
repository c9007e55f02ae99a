/** What the reductions share: their shape rule, reference and the axes' default (all). */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { type Shape, sizeOf, stridesOf, type TensorType } from '../ir/tensorType';
import { expectInputs, flag, ints, type Tensor } from './operator';
import { int64s, type Spelling } from './spelling';

export const reductionAttributes = {
  /** Axes from 0; empty means all. */
  axes: ints([]),
  keepdims: flag(true),
};

export interface ReductionAttributes {
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

export function reducedAxes(shape: Shape, axes: readonly number[]): readonly number[] {
  return axes.length === 0 ? shape.map((_, i) => i) : axes;
}

export function inferReduction(
  name: string,
  inputs: readonly TensorType[],
  { axes, keepdims }: ReductionAttributes,
): TensorType[] {
  expectInputs(name, inputs, 'any');
  const { shape, dtype } = inputs[0];
  const over = reducedAxes(shape, axes);
  if (over.some((a) => a < 0 || a >= shape.length))
    throw new ShapeError(t('{0} cannot reduce axes {1} of {2}.', name, over.join(', '), shape.join('x')));
  const result = keepdims
    ? shape.map((d, i) => (over.includes(i) ? 1 : d))
    : shape.filter((_, i) => !over.includes(i));
  return [{ dtype, shape: result }];
}

/** Sums `term(x)` over the axes. */
export function referenceReduction(
  [x]: readonly Tensor[],
  axes: readonly number[],
  term: (v: number) => number,
): Float64Array {
  const over = reducedAxes(x.shape, axes);
  const kept = x.shape.map((d, i) => (over.includes(i) ? 1 : d));
  const result = new Float64Array(sizeOf(kept));
  const from = stridesOf(x.shape);
  const to = stridesOf(kept);
  for (let i = 0; i < x.data.length; i++) {
    let offset = 0;
    for (let d = 0; d < x.shape.length; d++) {
      if (kept[d] !== 1) offset += (Math.floor(i / from[d]) % x.shape[d]) * to[d];
    }
    result[offset] += term(x.data[i]);
  }
  return result;
}

/** Opset 17 takes ReduceSum's axes as an input and the other reductions' as an attribute. */
export function spellReduction(op: string, axesAre: 'input' | 'attribute'): Spelling<ReductionAttributes> {
  return (w, site, { axes, keepdims }) => {
    const over = [...reducedAxes(site.inputs[0].type.shape, axes)];
    if (over.length === 0) return w.node('Identity', [site.in(0)]);
    return axesAre === 'input'
      ? w.node(op, [site.in(0), int64s(w, ...over)], { keepdims: Number(keepdims) })
      : w.node(op, [site.in(0)], { axes: over, keepdims: Number(keepdims) });
  };
}

/** What the element-wise operators share: the broadcasting shape rule, its reference and its gradient's sum. */
import { t } from '../base/localize';
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { ShapeError } from '../ir/shapeError';
import { broadcastShapes, type Shape, sameShape, sizeOf, stridesOf, type TensorType } from '../ir/tensorType';
import { expectInputs, type Tensor } from './operator';

export function inferBroadcast(name: string, inputs: readonly TensorType[]): TensorType[] {
  expectInputs(name, inputs, 'any', 'any');
  const [a, b] = inputs;
  const shape = broadcastShapes(a.shape, b.shape);
  if (!shape || a.dtype !== b.dtype)
    throw new ShapeError(t('{0} cannot join {1} and {2}.', name, a.shape.join('x'), b.shape.join('x')));
  return [{ dtype: a.dtype, shape }];
}

export function inferSame(name: string, inputs: readonly TensorType[]): TensorType[] {
  expectInputs(name, inputs, 'any');
  return [inputs[0]];
}

/** Offsets into a tensor of `shape` for every element of the `out` shape it is broadcast to. */
export function broadcastOffsets(shape: Shape, out: Shape): Int32Array {
  const offsets = new Int32Array(sizeOf(out));
  const strides = stridesOf(shape);
  const lead = out.length - shape.length;
  const outStrides = stridesOf(out);
  for (let i = 0; i < offsets.length; i++) {
    let offset = 0;
    for (let d = lead; d < out.length; d++) {
      if (shape[d - lead] !== 1) offset += (Math.floor(i / outStrides[d]) % out[d]) * strides[d - lead];
    }
    offsets[i] = offset;
  }
  return offsets;
}

export function referenceBinary(
  inputs: readonly Tensor[],
  out: Shape,
  f: (a: number, b: number) => number,
): Float64Array[] {
  const [a, b] = inputs;
  const result = new Float64Array(sizeOf(out));
  if (sameShape(a.shape, out) && sameShape(b.shape, out)) {
    for (let i = 0; i < result.length; i++) result[i] = f(a.data[i], b.data[i]);
    return [result];
  }
  const ia = broadcastOffsets(a.shape, out);
  const ib = broadcastOffsets(b.shape, out);
  for (let i = 0; i < result.length; i++) result[i] = f(a.data[ia[i]], b.data[ib[i]]);
  return [result];
}

/** Sums a gradient back to the shape that was broadcast: the transpose of broadcasting. */
export function sumTo(b: Builder, gradient: Value, shape: Shape): Value {
  const from = gradient.type.shape;
  if (sameShape(from, shape)) return gradient;
  const lead = from.length - shape.length;
  const axes = from.map((_, i) => i).filter((i) => i < lead || (shape[i - lead] === 1 && from[i] !== 1));
  const summed = axes.length === 0 ? gradient : b.op('ReduceSum', [gradient], { axes, keepdims: true });
  return sameShape(summed.type.shape, shape) ? summed : b.op('Reshape', [summed], { shape: [...shape] });
}

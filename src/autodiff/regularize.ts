/**
 * What is done to a gradient between differentiation and the optimizer, in this order, as frameworks have it: L1
 * and L2 penalties on the weights (Keras' kernel_regularizer: neither biases nor norms), then clipping by value,
 * then by global norm. Weight decay is an optimizer's own affair, and comes behind all of these.
 */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';
import type { Regularization } from '../losses/regularization';
import { cellsOf, type ParameterLayout } from './parameterLayout';

/** The gradient [P] that the optimizer gets, from the loss's own, unscaled. The reported loss has no penalties. */
export function regularize(
  b: Builder,
  gradient: Value,
  parameters: Value,
  layout: ParameterLayout,
  { l1 = 0, l2 = 0, clipValue = 0, clipNorm = 0 }: Partial<Regularization>,
): Value {
  let g = gradient;
  if (l1 > 0 || l2 > 0) g = b.op('Add', [g, penaltySlope(b, parameters, layout, l1, l2)]);
  if (clipValue > 0) g = b.op('Clip', [g], { min: -clipValue, max: clipValue });
  if (clipNorm > 0) {
    const ratio = b.op('Div', [b.constant(float32(), [clipNorm]), normOf(b, g)]);
    g = b.op('Mul', [g, b.op('Clip', [ratio], { min: 0, max: 1 })]);
  }
  return g;
}

/** l1 sign(w) + l2 w for weights, 0 for everything else. Weights are the shapes of two and more dimensions. */
function penaltySlope(b: Builder, parameters: Value, layout: ParameterLayout, l1: number, l2: number): Value {
  const scalar = (value: number) => b.constant(float32(), [value]);
  const sizes = layout.classes.map(({ members }) => members.length * members[0].size);
  const pieces = sizes.length === 1 ? [parameters] : b.apply('Split', [parameters], { axis: 0, sizes });
  const slopes = layout.classes.map(({ shape }, i) => {
    const w = pieces[i];
    if (shape.length < 2) return b.op('Expand', [b.constant(float32(1), [0])], { shape: [sizes[i]] });
    const terms = [
      ...(l1 > 0 ? [b.op('Mul', [b.op('Sign', [w]), scalar(l1)])] : []),
      ...(l2 > 0 ? [b.op('Mul', [w, scalar(l2)])] : []),
    ];
    return terms.reduce((sum, term) => b.op('Add', [sum, term]));
  });
  return slopes.length === 1 ? slopes[0] : b.op('Concat', slopes, { axis: 0 });
}

function normOf(b: Builder, vector: Value): Value {
  const [size] = vector.type.shape;
  const cells = cellsOf(size);
  const rows = b.op('Reshape', [vector], { shape: [cells, size / cells] });
  const partial = b.op('ReduceSumSquare', [rows], { axes: [1], keepdims: false });
  return b.op('Sqrt', [b.op('ReduceSum', [partial], { keepdims: false })]);
}

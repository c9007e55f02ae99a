/** Matrix products of a batch: one for every index of the leading axes, which both operands share. */
import { t } from '../base/localize';
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { ShapeError } from '../ir/shapeError';
import { float32, sameShape, sizeOf } from '../ir/tensorType';
import { defineOperator, expectInputs } from './operator';
import { sameInOnnx } from './spelling';

export const matMul = defineOperator({
  name: 'MatMul',
  summary: 'A [..., M, K] times B [..., K, N]; the leading axes are the same in both.',
  attributes: {},
  infer: (inputs) => {
    expectInputs('MatMul', inputs, 'any', 'any');
    const [{ shape: a, dtype }, { shape: b }] = inputs;
    const rank = a.length;
    const fits =
      rank >= 2 &&
      b.length === rank &&
      sameShape(a.slice(0, -2), b.slice(0, -2)) &&
      a[rank - 1] === b[rank - 2];
    if (!fits) throw new ShapeError(t('MatMul cannot multiply {0} by {1}.', a.join('x'), b.join('x')));
    return [{ dtype, shape: [...a.slice(0, -1), b[rank - 1]] }];
  },
  macs: ([a], [out]) => sizeOf(out.shape) * a.shape[a.shape.length - 1],
  gradient: ({ b, inputs: [x, y], gradients: [dz], needs }) => {
    if (!dz) return [null, null];
    return [
      needs(0) ? b.op('MatMul', [dz, turned(b, y)]) : null,
      needs(1) ? b.op('MatMul', [turned(b, x), dz]) : null,
    ];
  },
  reference: ([x, y], _, [out]) => {
    const rank = out.shape.length;
    const [m, n] = [out.shape[rank - 2], out.shape[rank - 1]];
    const k = x.shape[rank - 1];
    return [
      Float64Array.from({ length: sizeOf(out.shape) }, (_, i) => {
        const row = Math.floor(i / n);
        const matrix = Math.floor(row / m);
        let sum = 0;
        for (let l = 0; l < k; l++) sum += x.data[row * k + l] * y.data[(matrix * k + l) * n + (i % n)];
        return sum;
      }),
    ];
  },
  onnx: { any: sameInOnnx('MatMul') },
  examples: [
    {
      title: 'two pairs of vectors',
      inputs: [
        { type: float32(2, 1, 2), data: [1, 2, 3, 4] },
        { type: float32(2, 2, 1), data: [5, 6, 7, 8] },
      ],
      expected: [17, 53],
    },
    { title: 'attention', inputs: [{ type: float32(2, 3, 4, 5) }, { type: float32(2, 3, 5, 6) }] },
    { title: 'matrices', inputs: [{ type: float32(3, 4) }, { type: float32(4, 2) }] },
  ],
});

/** The last two axes exchanged. */
function turned(b: Builder, x: Value): Value {
  const axes = x.type.shape.map((_, i) => i);
  const [last, before] = [axes.pop() ?? 0, axes.pop() ?? 0];
  return b.op('Transpose', [x], { perm: [...axes, last, before] });
}

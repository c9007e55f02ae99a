/** Matrix product with optional transposes and bias: the dense layer, with weights [out, in] as transB has it. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32 } from '../ir/tensorType';
import { defineOperator, expectInputs, flag } from './operator';

export const gemm = defineOperator({
  name: 'Gemm',
  summary: "A' B' + C with A' = A or its transpose, B' = B or its transpose; C (a vector) may be left out.",
  attributes: { transA: flag(false), transB: flag(false) },
  infer: (inputs, { transA, transB }) => {
    if (inputs.length === 3) expectInputs('Gemm', inputs, 2, 2, 1);
    else expectInputs('Gemm', inputs, 2, 2);
    const [m, k] = turned(inputs[0].shape, transA);
    const [k2, n] = turned(inputs[1].shape, transB);
    if (k !== k2 || (inputs.length === 3 && inputs[2].shape[0] !== n))
      throw new ShapeError(t('Gemm cannot multiply {0}.', inputs.map((i) => i.shape.join('x')).join(' by ')));
    return [{ dtype: inputs[0].dtype, shape: [m, n] }];
  },
  macs: ([a], [out], { transA }) => out.shape[0] * out.shape[1] * turned(a.shape, transA)[1],
  gradient: ({ b, inputs, gradients: [dy], needs }, { transA, transB }) => {
    const [x, w] = inputs;
    if (!dy) return inputs.map(() => null);
    // With A' = A, B' = B: dA = dY B^T and dB = A^T dY; a transposed operand gets the transposed product.
    const dx = !needs(0)
      ? null
      : transA
        ? b.op('Gemm', [w, dy], { transA: transB, transB: true })
        : b.op('Gemm', [dy, w], { transB: !transB });
    const dw = !needs(1)
      ? null
      : transB
        ? b.op('Gemm', [dy, x], { transA: true, transB: transA })
        : b.op('Gemm', [x, dy], { transA: !transA });
    if (inputs.length === 2) return [dx, dw];
    return [dx, dw, needs(2) ? b.op('ReduceSum', [dy], { axes: [0], keepdims: false }) : null];
  },
  reference: ([a, b, c], { transA, transB }, [out]) => {
    const [m, n] = out.shape;
    const k = turned(a.shape, transA)[1];
    const y = new Float64Array(m * n);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = c ? c.data[j] : 0;
        for (let l = 0; l < k; l++)
          sum += a.data[transA ? l * m + i : i * k + l] * b.data[transB ? j * k + l : l * n + j];
        y[i * n + j] = sum;
      }
    return [y];
  },
  onnx: {
    any: (w, site, { transA, transB }) =>
      w.node(
        'Gemm',
        site.inputs.map((_, i) => site.in(i)),
        { transA: Number(transA), transB: Number(transB) },
      ),
  },
  examples: [
    {
      title: 'by hand',
      inputs: [
        { type: float32(1, 2), data: [1, 2] },
        { type: float32(2, 2), data: [3, 4, 5, 6] },
      ],
      expected: [13, 16],
    },
    {
      title: 'a dense layer',
      inputs: [{ type: float32(4, 3) }, { type: float32(5, 3) }, { type: float32(5) }],
      attributes: { transB: true },
    },
    {
      title: 'A transposed',
      inputs: [{ type: float32(3, 4) }, { type: float32(3, 5) }],
      attributes: { transA: true },
    },
    {
      title: 'both transposed',
      inputs: [{ type: float32(3, 4) }, { type: float32(5, 3) }],
      attributes: { transA: true, transB: true },
    },
  ],
});

function turned([rows, columns]: readonly number[], transposed: boolean): [number, number] {
  return transposed ? [columns, rows] : [rows, columns];
}

/**
 * The error function, which GELU is made of. The reference evaluates it to float64's precision: the Maclaurin
 * series near 0, Lentz's continued fraction of erfc elsewhere (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const erf = defineOperator({
  name: 'Erf',
  summary: 'The error function 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.',
  attributes: {},
  infer: (inputs) => inferSame('Erf', inputs),
  gradient: ({ b, inputs: [x], gradients: [dy] }) => {
    if (!dy) return [null];
    const scalar = (value: number) => b.constant(float32(), [value]);
    const bell = b.op('Exp', [b.op('Mul', [b.op('Mul', [x, x]), scalar(-1)])]);
    return [b.op('Mul', [dy, b.op('Mul', [bell, scalar(2 / Math.sqrt(Math.PI))])])];
  },
  reference: ([x]) => [x.data.map(errorFunction)],
  onnx: { any: sameInOnnx('Erf') },
  examples: [
    {
      title: 'by the tables',
      inputs: [{ type: float32(5), data: [0, 0.5, -1, 2, 3.5] }],
      expected: [0, 0.5204998778, -0.8427007929, 0.995322265, 0.999999257],
    },
    { title: 'an image', inputs: [{ type: float32(2, 3, 4, 4) }] },
  ],
});

export function errorFunction(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    // Terms of 2 / sqrt(pi) exp(-z^2) sum 2^n z^(2n+1) / (1 3 5 ... 2n+1).
    let term = z;
    let sum = z;
    for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
      term *= (2 * z * z) / (2 * n + 1);
      sum += term;
    }
    return (Math.sign(x) * 2 * sum * Math.exp(-z * z)) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / ((z + fraction) * Math.sqrt(Math.PI)));
}

/** The square root, element by element. */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx } from './spelling';

export const sqrt = defineOperator({
  name: 'Sqrt',
  summary: 'The square root, element by element.',
  attributes: {},
  infer: (inputs) => inferSame('Sqrt', inputs),
  gradient: ({ b, outputs: [y], gradients: [dy] }) => {
    if (!dy) return [null];
    return [b.op('Div', [dy, b.op('Add', [y, y])])];
  },
  reference: ([x]) => [x.data.map((v) => Math.sqrt(v))],
  onnx: { any: sameInOnnx('Sqrt') },
  examples: [
    { title: 'by hand', inputs: [{ type: float32(4), data: [1, 4, 9, 0.25] }], expected: [1, 2, 3, 0.5] },
    {
      title: 'an image',
      inputs: [{ type: float32(2, 3, 4, 4), data: Array.from({ length: 96 }, (_, i) => 1 + (i % 7)) }],
    },
  ],
});

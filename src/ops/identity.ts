/**
 * The same value under another name. A fork gives its two uses one Identity each, so that the gradient by the
 * skip and the gradient by the branch are values of their own; engines spell it as nothing at all.
 */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';

export const identity = defineOperator({
  name: 'Identity',
  summary: 'Passes its input on.',
  attributes: {},
  infer: (inputs) => inferSame('Identity', inputs),
  gradient: ({ gradients: [dy] }) => [dy],
  reference: ([x]) => [x.data],
  onnx: { any: (_, site) => [site.in(0)] },
  examples: [{ title: 'a vector', inputs: [{ type: float32(3), data: [1, -2, 3] }], expected: [1, -2, 3] }],
});

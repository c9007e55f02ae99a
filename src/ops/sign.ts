/** -1, 0 or 1: the slope of the absolute value, which an L1 penalty adds to a gradient. */
import { float32 } from '../ir/tensorType';
import { inferSame } from './broadcasting';
import { defineOperator } from './operator';
import { sameInOnnx, scalar } from './spelling';

export const sign = defineOperator({
  name: 'Sign',
  summary: '-1 where x < 0, 0 where it is 0, 1 where x > 0.',
  attributes: {},
  infer: (inputs) => inferSame('Sign', inputs),
  gradient: { none: 'its slope is 0 wherever it has one; it stands behind differentiation only' },
  reference: ([x]) => [x.data.map(Math.sign)],
  onnx: {
    any: sameInOnnx('Sign'),
    // onnxruntime's WebGPU provider would send Sign to the CPU.
    webgpu: (w, site) => {
      const [above] = w.node('Cast', w.node('Greater', [site.in(0), scalar(w, 0)]), { to: 1 });
      const [below] = w.node('Cast', w.node('Less', [site.in(0), scalar(w, 0)]), { to: 1 });
      return w.node('Sub', [above, below]);
    },
  },
  examples: [
    { title: 'by hand', inputs: [{ type: float32(3), data: [-2, 0, 0.5] }], expected: [-1, 0, 1] },
    { title: 'a matrix', inputs: [{ type: float32(4, 5) }] },
  ],
});

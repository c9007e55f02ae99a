/** Class numbers to rows with a 1 at the class. */
import { float32, int64 } from '../ir/tensorType';
import { defineOperator, expectInputs, int } from './operator';

export const oneHot = defineOperator({
  name: 'OneHot',
  summary: 'Labels [N] to [N, depth] with 1 at the label and 0 elsewhere.',
  attributes: { depth: int() },
  infer: (inputs, { depth }) => {
    expectInputs('OneHot', inputs, 1);
    return [float32(inputs[0].shape[0], depth)];
  },
  gradient: { none: 'labels are whole numbers' },
  reference: ([labels], { depth }) => {
    const y = new Float64Array(labels.data.length * depth);
    labels.data.forEach((label, i) => {
      y[i * depth + label] = 1;
    });
    return [y];
  },
  onnx: {
    any: (w, site, { depth }) =>
      w.node('OneHot', [site.in(0), w.constant('int64', [], [depth]), w.constant('float32', [2], [0, 1])], {
        axis: -1,
      }),
  },
  examples: [
    {
      title: 'two labels',
      inputs: [{ type: int64(2), data: [2, 0] }],
      attributes: { depth: 3 },
      expected: [0, 0, 1, 1, 0, 0],
    },
  ],
});

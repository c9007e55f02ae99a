/** Batch norm with given statistics: what evaluation uses. */
import { float32 } from '../ir/tensorType';
import { sumTo } from './broadcasting';
import { channelShape, eachChannel } from './channels';
import { defineOperator, expectInputs, float } from './operator';

export const batchNormalization = defineOperator({
  name: 'BatchNormalization',
  summary:
    'scale (x - mean) / sqrt(variance + epsilon) + shift, a channel at a time; inputs x, scale, shift, mean, variance.',
  attributes: { epsilon: float(1e-5) },
  infer: (inputs) => {
    expectInputs('BatchNormalization', inputs, 'any', 1, 1, 1, 1);
    return [inputs[0]];
  },
  gradient: ({ b, inputs, gradients: [dy], needs }, { epsilon }) => {
    const [x, scale, shift, mean, variance] = inputs;
    if (!dy) return inputs.map(() => null);
    const along = (v: typeof scale) => b.op('Reshape', [v], { shape: channelShape(x.type.shape) });
    const root = b.op('Sqrt', [b.op('Add', [variance, b.constant(float32(), [epsilon])])]);
    const dx = needs(0) ? b.op('Mul', [dy, along(b.op('Div', [scale, root]))]) : null;
    const normal = () => b.op('Div', [b.op('Sub', [x, along(mean)]), along(root)]);
    const perChannel = (v: typeof dy) =>
      b.op('Reshape', [sumTo(b, v, channelShape(x.type.shape))], { shape: [...scale.type.shape] });
    return [
      dx,
      needs(1) ? perChannel(b.op('Mul', [dy, normal()])) : null,
      needs(2) && shift ? perChannel(dy) : null,
      null,
      null,
    ];
  },
  reference: ([x, scale, shift, mean, variance], { epsilon }) => {
    const y = new Float64Array(x.data.length);
    eachChannel(x.shape, (i, c) => {
      y[i] =
        (scale.data[c] * (x.data[i] - mean.data[c])) / Math.sqrt(variance.data[c] + epsilon) + shift.data[c];
    });
    return [y];
  },
  onnx: {
    any: (w, site, { epsilon }) =>
      w.node(
        'BatchNormalization',
        [0, 1, 2, 3, 4].map((i) => site.in(i)),
        { epsilon: { float: epsilon } },
      ),
  },
  examples: [
    {
      title: 'two channels',
      inputs: [
        { type: float32(1, 2, 1, 2), data: [1, 2, 3, 4] },
        { type: float32(2), data: [1, 2] },
        { type: float32(2), data: [0, 1] },
        { type: float32(2), data: [1, 3] },
        { type: float32(2), data: [1, 4] },
      ],
      attributes: { epsilon: 0 },
      expected: [0, 1, 1, 2],
    },
    {
      title: 'rows',
      inputs: [
        { type: float32(4, 3) },
        { type: float32(3) },
        { type: float32(3) },
        { type: float32(3) },
        { type: float32(3), data: [1, 0.5, 2] },
      ],
    },
  ],
});

/** Mean softmax cross-entropy and the log-probabilities that it is the mean of. */
import { t } from '../base/localize';
import { ShapeError } from '../ir/shapeError';
import { float32, int64 } from '../ir/tensorType';
import { defineOperator, expectInputs } from './operator';
import { int64s } from './spelling';

export const softmaxCrossEntropyLoss = defineOperator({
  name: 'SoftmaxCrossEntropyLoss',
  summary: 'Mean over the batch of -log softmax(logits)[label]; outputs the loss and the log-probabilities.',
  attributes: {},
  infer: (inputs) => {
    expectInputs('SoftmaxCrossEntropyLoss', inputs, 2, 1);
    const [logits, labels] = inputs;
    if (labels.dtype !== 'int64' || labels.shape[0] !== logits.shape[0])
      throw new ShapeError(
        t('The loss takes one label a row: {0} and {1}.', logits.shape.join('x'), labels.shape.join('x')),
      );
    return [float32(), logits];
  },
  gradient: ({ b, inputs: [logits, labels], outputs: [, logProbabilities], gradients: [dLoss, dLog] }) => {
    if (dLog)
      throw new ShapeError(t('The log-probabilities are an output only; nothing may depend on them.'));
    if (!dLoss) return [null, null];
    const [n, classes] = logits.type.shape;
    const target = b.op('OneHot', [labels], { depth: classes });
    const difference = b.op('Sub', [b.op('Exp', [logProbabilities]), target]);
    const share = b.op('Mul', [dLoss, b.constant(float32(), [1 / n])]);
    return [b.op('Mul', [difference, share]), null];
  },
  reference: ([logits, labels]) => {
    const [n, classes] = logits.shape;
    const log = new Float64Array(n * classes);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const row = logits.data.subarray(i * classes, (i + 1) * classes);
      const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const sum = row.reduce((s, v) => s + Math.exp(v - top), 0);
      row.forEach((v, c) => {
        log[i * classes + c] = v - top - Math.log(sum);
      });
      loss -= log[i * classes + labels.data[i]] / n;
    }
    return [Float64Array.of(loss), log];
  },
  onnx: {
    any: (w, site) =>
      w.node('SoftmaxCrossEntropyLoss', [site.in(0), site.in(1)], { reduction: 'mean' }, { outputs: 2 }),
    // Spelled out: onnxruntime would replace the operator by a function whose unread parts it runs first.
    cpu: (w, site) => {
      const [n] = site.inputs[0].type.shape;
      const [log] = w.node('LogSoftmax', [site.in(0)], { axis: 1 });
      const [column] = w.node('Reshape', [site.in(1), int64s(w, n, 1)]);
      const [chosen] = w.node('GatherElements', [log, column], { axis: 1 });
      const [mean] = w.node('ReduceMean', [chosen], { axes: [0, 1], keepdims: 0 });
      return [w.node('Neg', [mean])[0], log];
    },
    webgpu: (w, site) => {
      const [n, classes] = site.inputs[0].type.shape;
      const [log] = w.node('LogSoftmax', [site.in(0)], { axis: 1 });
      const [target] = w.node(
        'OneHot',
        [site.in(1), w.constant('int64', [], [classes]), w.constant('float32', [2], [0, -1 / n])],
        { axis: -1 },
      );
      const [terms] = w.node('Mul', [log, target]);
      const axes = w.constant('int64', [2], [0, 1]);
      return [w.node('ReduceSum', [terms, axes], { keepdims: 0 })[0], log];
    },
  },
  examples: [
    {
      title: 'even odds',
      inputs: [
        { type: float32(2, 2), data: [0, 0, 3, 3] },
        { type: int64(2), data: [0, 1] },
      ],
      expected: [Math.log(2)],
    },
    {
      title: 'large logits',
      inputs: [
        { type: float32(1, 3), data: [1000, 0, -1000] },
        { type: int64(1), data: [0] },
      ],
      expected: [0],
    },
    { title: 'a batch', inputs: [{ type: float32(4, 5) }, { type: int64(4), data: [0, 4, 2, 1] }] },
  ],
});

/**
 * Mean softmax cross-entropy, with label smoothing (Szegedy et al. 2016): the target is 1 - s for the label plus
 * s / classes for every class. With z the logits that is the plain loss plus s (mean of z[label] - mean of z).
 */
import { amount } from '../base/options';
import { float32 } from '../ir/tensorType';
import { defineLoss } from './loss';

export const crossEntropy = defineLoss({
  id: 'cross-entropy',
  title: 'Softmax cross-entropy',
  options: {
    labelSmoothing: amount(
      0,
      0,
      0.9,
      'Share of the target that is spread over all classes; the reported loss includes it.',
    ),
  },
  build(b, logits, labels, { labelSmoothing }) {
    const [loss] = b.apply('SoftmaxCrossEntropyLoss', [logits, labels]);
    if (labelSmoothing === 0) return loss;
    const [n, classes] = logits.type.shape;
    const scalar = (value: number) => b.constant(float32(), [value]);
    const chosen = b.op('Mul', [logits, b.op('OneHot', [labels], { depth: classes })]);
    const ofLabels = b.op('Mul', [b.op('ReduceSum', [chosen], { keepdims: false }), scalar(1 / n)]);
    const margin = b.op('Sub', [ofLabels, b.op('ReduceMean', [logits], { keepdims: false })]);
    return b.op('Add', [loss, b.op('Mul', [margin, scalar(labelSmoothing)])]);
  },
});

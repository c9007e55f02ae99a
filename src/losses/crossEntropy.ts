/** Mean softmax cross-entropy. */
import type { Loss } from './loss';

export const crossEntropy: Loss = {
  id: 'cross-entropy',
  title: 'Softmax cross-entropy',
  build: (b, logits, labels) => b.apply('SoftmaxCrossEntropyLoss', [logits, labels])[0],
};

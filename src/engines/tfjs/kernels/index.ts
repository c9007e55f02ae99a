/** The kernels by operator name. An operator without one does not compile. */
import type { OperatorName } from '../../../ops';
import type { Kernel } from '../kernel';
import { conv, convInputGradient, convTranspose, convWeightGradient } from './convolution';
import {
  binary,
  clip,
  elu,
  eluGradient,
  identity,
  leakyRelu,
  leakyReluGradient,
  reluGradient,
  unary,
} from './elementwise';
import {
  batchNormalization,
  batchNormalizationGradient,
  batchNormalizationTraining,
  groupNormalization,
  groupNormalizationGradient,
} from './normalization';
import { globalAveragePool, maxPool, maxPoolGradient } from './pooling';
import { gemm, matMul, oneHot, softmax, softmaxCrossEntropyLoss } from './products';
import { reduction } from './reductions';
import { concat, expand, pad, reshape, slice, sliceGradient, split, transpose } from './shaping';

export const kernels = {
  Add: binary((tf, a, b) => tf.add(a, b)),
  BatchNormalization: batchNormalization,
  BatchNormalizationGradient: batchNormalizationGradient,
  BatchNormalizationTraining: batchNormalizationTraining,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  ConvInputGradient: convInputGradient,
  ConvTranspose: convTranspose,
  ConvWeightGradient: convWeightGradient,
  Div: binary((tf, a, b) => tf.div(a, b)),
  Elu: elu,
  EluGradient: eluGradient,
  Erf: unary((tf, x) => tf.erf(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Expand: expand,
  Flatten: reshape,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  GroupNormalization: groupNormalization,
  GroupNormalizationGradient: groupNormalizationGradient,
  Identity: identity,
  LeakyRelu: leakyRelu,
  LeakyReluGradient: leakyReluGradient,
  MatMul: matMul,
  MaxPool: maxPool,
  MaxPoolGradient: maxPoolGradient,
  Mul: binary((tf, a, b) => tf.mul(a, b)),
  OneHot: oneHot,
  Pad: pad,
  ReduceMean: reduction((tf, x, axes, keepdims) => tf.mean(x, axes, keepdims)),
  ReduceSum: reduction((tf, x, axes, keepdims) => tf.sum(x, axes, keepdims)),
  ReduceSumSquare: reduction((tf, x, axes, keepdims) => tf.sum(tf.square(x), axes, keepdims)),
  Relu: unary((tf, x) => tf.relu(x)),
  ReluGradient: reluGradient,
  Reshape: reshape,
  Sigmoid: unary((tf, x) => tf.sigmoid(x)),
  Sign: unary((tf, x) => tf.sign(x)),
  Slice: slice,
  SliceGradient: sliceGradient,
  Softmax: softmax,
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
  Softplus: unary((tf, x) => tf.softplus(x)),
  Split: split,
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Sub: binary((tf, a, b) => tf.sub(a, b)),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Transpose: transpose,
} satisfies Record<OperatorName, Kernel>;

/** A kernel whose operator the verifier has found to exist. */
export function kernelOf(op: string): Kernel {
  return (kernels as Record<string, Kernel>)[op];
}

/**
 * Kernels for the blocked layout by operator name. They live here and not in the operators' files because the
 * layout belongs to one provider of one engine; an operator without a line here is spelled plainly, with its
 * operands put back into the plain layout. To add one, write a `BlockedKernel` and one line here.
 */
import type { OperatorName } from '../../../ops';
import type { BlockedKernel } from '../lowering';
import { batchNormalization, batchNormalizationGradient, batchNormalizationTraining } from './batchNorm';
import { conv } from './conv';
import { convInputGradient } from './convInputGradient';
import { convWeightGradient } from './convWeightGradient';
import { add, elementwise, relu, totals } from './elementwise';
import { concat, expand, globalAveragePool, maxPool, pad, slice, sliceGradient, split } from './images';

export const blockedKernels = {
  Add: add,
  BatchNormalization: batchNormalization,
  BatchNormalizationGradient: batchNormalizationGradient,
  BatchNormalizationTraining: batchNormalizationTraining,
  Clip: elementwise,
  Concat: concat,
  Conv: conv,
  ConvInputGradient: convInputGradient,
  ConvWeightGradient: convWeightGradient,
  Div: elementwise,
  Elu: elementwise,
  EluGradient: elementwise,
  Erf: elementwise,
  Exp: elementwise,
  Expand: expand,
  GlobalAveragePool: globalAveragePool,
  LeakyRelu: elementwise,
  LeakyReluGradient: elementwise,
  MaxPool: maxPool,
  Mul: elementwise,
  Pad: pad,
  ReduceMean: totals,
  ReduceSum: totals,
  ReduceSumSquare: totals,
  Relu: relu,
  ReluGradient: elementwise,
  Sigmoid: elementwise,
  Sign: elementwise,
  Slice: slice,
  SliceGradient: sliceGradient,
  Softplus: elementwise,
  Split: split,
  Sqrt: elementwise,
  Sub: elementwise,
  Tanh: elementwise,
} satisfies Partial<Record<OperatorName, BlockedKernel>>;

export function blockedKernelOf(op: string): BlockedKernel | undefined {
  return (blockedKernels as Record<string, BlockedKernel>)[op];
}

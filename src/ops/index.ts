/** The alphabet: every operator by its name. To add one, write its file and one line here. */
import { Builder, type Mode } from '../ir/builder';
import type { Graph, TypingRules } from '../ir/graph';
import { verify as verifyWith } from '../ir/verifier';
import { add } from './add';
import { batchNormalization } from './batchNormalization';
import { batchNormalizationGradient } from './batchNormalizationGradient';
import { batchNormalizationTraining } from './batchNormalizationTraining';
import { clip } from './clip';
import { concat } from './concat';
import { conv } from './conv';
import { convInputGradient } from './convInputGradient';
import { convTranspose } from './convTranspose';
import { convWeightGradient } from './convWeightGradient';
import { div } from './div';
import { elu } from './elu';
import { eluGradient } from './eluGradient';
import { erf } from './erf';
import { exp } from './exp';
import { expand } from './expand';
import { flatten } from './flatten';
import { gemm } from './gemm';
import { globalAveragePool } from './globalAveragePool';
import { groupNormalization } from './groupNormalization';
import { groupNormalizationGradient } from './groupNormalizationGradient';
import { identity } from './identity';
import { leakyRelu } from './leakyRelu';
import { leakyReluGradient } from './leakyReluGradient';
import { matMul } from './matMul';
import { maxPool } from './maxPool';
import { maxPoolGradient } from './maxPoolGradient';
import { mul } from './mul';
import { oneHot } from './oneHot';
import type { Operator } from './operator';
import { pad } from './pad';
import { reduceMean } from './reduceMean';
import { reduceSum } from './reduceSum';
import { reduceSumSquare } from './reduceSumSquare';
import { relu } from './relu';
import { reluGradient } from './reluGradient';
import { reshape } from './reshape';
import { sigmoid } from './sigmoid';
import { sign } from './sign';
import { slice } from './slice';
import { sliceGradient } from './sliceGradient';
import { softmax } from './softmax';
import { softmaxCrossEntropyLoss } from './softmaxCrossEntropyLoss';
import { softplus } from './softplus';
import { split } from './split';
import { sqrt } from './sqrt';
import { sub } from './sub';
import { tanh } from './tanh';
import { transpose } from './transpose';

export const operators = {
  Add: add,
  BatchNormalization: batchNormalization,
  BatchNormalizationGradient: batchNormalizationGradient,
  BatchNormalizationTraining: batchNormalizationTraining,
  Clip: clip,
  Concat: concat,
  Conv: conv,
  ConvInputGradient: convInputGradient,
  ConvTranspose: convTranspose,
  ConvWeightGradient: convWeightGradient,
  Div: div,
  Elu: elu,
  EluGradient: eluGradient,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  Flatten: flatten,
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
  Mul: mul,
  OneHot: oneHot,
  Pad: pad,
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  ReduceSumSquare: reduceSumSquare,
  Relu: relu,
  ReluGradient: reluGradient,
  Reshape: reshape,
  Sigmoid: sigmoid,
  Sign: sign,
  Slice: slice,
  SliceGradient: sliceGradient,
  Softmax: softmax,
  SoftmaxCrossEntropyLoss: softmaxCrossEntropyLoss,
  Softplus: softplus,
  Split: split,
  Sqrt: sqrt,
  Sub: sub,
  Tanh: tanh,
  Transpose: transpose,
} satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators;

/** Typing rules alone, for the builder and the verifier. */
export const rules: TypingRules = operators;

export function newBuilder(name: string, mode: Mode = 'training'): Builder {
  return new Builder(rules, name, mode);
}

export function verify(graph: Graph): Graph {
  return verifyWith(graph, rules);
}

/** An operator whose name came from a graph; the verifier has made sure that it exists. */
export function operatorOf(name: string): Operator {
  return (operators as Record<string, Operator>)[name];
}

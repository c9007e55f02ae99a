/**
 * What a network is: typed nodes under scope paths. A graph is data only; the builder makes it, the verifier
 * re-checks it after every pass, the printer writes it, engines execute it. Nothing here knows training: a
 * training graph is the same nodes, more of them.
 */
import type { Shape, TensorType } from './tensorType';

export type Attribute = number | string | boolean | readonly number[];
export type Attributes = Readonly<Record<string, Attribute>>;

/** Where in somebody's source text a thing was written; offsets and lines from 0, as in an editor. */
export interface SourceRange {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

export interface Value {
  readonly id: number;
  /** Unique within the graph; a parameter's is its public name (`layer1.0.conv1.weight`). */
  readonly name: string;
  readonly type: TensorType;
}

/** What a node is there for. Backward nodes keep the scope of their forward ancestor. */
export type Phase = 'forward' | 'backward' | 'update' | 'record';

export interface Node {
  readonly id: number;
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** `stage2/block1/conv1` */
  readonly scope: string;
  readonly phase: Phase;
}

/** How a parameter starts. Fans are those of the papers: fanIn = in / groups x kernel area. */
export type Initializer =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  /** std = gain / sqrt(fan); `normal` draws N(0, std), `uniform` draws U(-std sqrt 3, std sqrt 3). */
  | {
      readonly kind: 'scaled';
      readonly distribution: 'normal' | 'truncatedNormal' | 'uniform';
      /** Variance is `gain`^2 / `fan`. */
      readonly gain: number;
      readonly fan: number;
    };

export type ParameterRole = 'weight' | 'bias' | 'scale' | 'shift' | 'runningMean' | 'runningVariance';

export interface Parameter {
  readonly value: Value;
  readonly scope: string;
  readonly role: ParameterRole;
  readonly initializer: Initializer;
  /** False for batch norm's running statistics, which a step updates but no gradient reaches. */
  readonly trainable: boolean;
}

/** One row of a layer table: a conv, a norm, an activation, an addition. Usually one node. */
export interface Layer {
  readonly scope: string;
  /** The ONNX operator that names it (`Conv`, `BatchNormalization`, `Relu`, `Add`, `Gemm`). */
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly parameters: readonly Parameter[];
  readonly nodes: readonly Node[];
  readonly source?: SourceRange;
}

/** What carries a block's input past its branch: the kinds that the picture draws differently. */
export type ShortcutKind = 'identity' | 'projection' | 'pad' | 'pool' | 'gate' | 'other';

/** The two uses of a residual block's input. Both are Identity outputs, so that each has a gradient of its own. */
export interface Fork {
  readonly input: Value;
  readonly skip: Value;
  readonly branch: Value;
  readonly shortcut: ShortcutKind;
}

export interface Block {
  readonly scope: string;
  /** torchvision's name, `layer2.0`. */
  readonly name: string;
  /** `basicBlock`, `bottleneck`, ...: equal kinds of equal shape fold into one row. */
  readonly kind: string;
  readonly input: Value;
  readonly output: Value;
  /** Null where nothing is added (a plain block). */
  readonly fork: Fork | null;
  readonly source?: SourceRange;
}

/** A tensor inside a vector that holds several, one after the other; row-major. */
export interface PackedTensor {
  /** In elements. */
  readonly offset: number;
  readonly shape: Shape;
}

/** A state that one run of the graph turns into its successor (parameters, momenta, running statistics). */
export interface State {
  readonly input: Value;
  readonly next: Value;
  /**
   * For a vector: the tensors in it, without gaps. It is a promise too: the graph cuts tensors out of the vector,
   * joins a vector like it from tensors, and else treats all elements of one tensor alike (element-wise work,
   * sums over a whole tensor), so that an engine may keep a tensor's elements in an order of its own.
   */
  readonly packed?: readonly PackedTensor[];
}

/**
 * An input of random numbers, drawn anew for every step: each element is `value` with probability `keep` and 0
 * otherwise. Being inputs, a run's draws can be repeated from its seed and resumed at any step.
 */
export interface Noise {
  /** Called `random:<scope>`; among the graph's inputs. */
  readonly input: Value;
  readonly kind: 'bernoulli';
  readonly keep: number;
  readonly value: number;
}

export interface Constant {
  readonly value: Value;
  readonly data: Float32Array | BigInt64Array;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  /** Those of the inputs that are random; none in inference mode. */
  readonly noises: readonly Noise[];
  readonly parameters: readonly Parameter[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
  readonly states: readonly State[];
  readonly layers: readonly Layer[];
  readonly blocks: readonly Block[];
}

/** An operator's typing rule, as the builder and the verifier need it; the room `ops` supplies the table. */
export interface TypingRule {
  /** Attribute values with defaults filled in; throws ShapeError on an unknown or ill-typed one. */
  complete(attributes: Attributes): Attributes;
  /** Output types; throws ShapeError where the inputs do not fit. */
  infer(inputs: readonly TensorType[], attributes: Attributes): TensorType[];
  /** Multiply-adds of one execution; absent means none are counted. */
  macs?(inputs: readonly TensorType[], outputs: readonly TensorType[], attributes: Attributes): number;
}

export type TypingRules = Readonly<Record<string, TypingRule>>;

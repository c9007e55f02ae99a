/**
 * What is known of a network before it runs, as plain data: the run record keeps it, views draw from it. Vectors
 * of measurements (`vectors`) name their elements by scope path or parameter name, never by index alone.
 */
import type { OptionValue } from '../base/options';
import type { ShortcutKind } from '../ir/graph';
import type { ChannelOrder } from '../ir/tensorType';

/** The kinds of packed vectors that a step records; norms are L2. */
export type VectorKind =
  | 'activationNorm'
  | 'activationMean'
  | 'activationStd'
  | 'activationGradientNorm'
  | 'weightNorm'
  | 'weightGradientNorm'
  | 'updateRatio'
  | 'skipNorm'
  | 'branchNorm'
  | 'forkCosine';

export interface LayerDescription {
  readonly scope: string;
  /** ONNX operator. */
  readonly op: string;
  /** C, H, W without the batch. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly macs: number;
  /** Of a batch norm: the share of the running statistics that a step keeps, and what is added to the variance. */
  readonly batchNorm?: { readonly momentum: number; readonly epsilon: number };
  /** Names of this layer's trainable parameters, as the weight vectors name them. */
  readonly parameterNames: readonly string[];
  readonly source?: SourcePlace;
}

export interface BlockDescription {
  readonly scope: string;
  /** `layer2.0` */
  readonly name: string;
  /** `basicBlock`, `bottleneck`, `plainBlock`, ... */
  readonly kind: string;
  /** Null where nothing is added. */
  readonly shortcut: ShortcutKind | null;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly source?: SourcePlace;
}

/** Lines and columns from 0, as in an editor. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface NetworkDescription {
  /** `resnet20`; unique within a run. */
  readonly name: string;
  readonly title: string;
  /** Whether anything is added anywhere: what the picture calls residual and plain. */
  readonly role: 'residual' | 'plain';
  readonly citation: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** C, H, W without the batch. */
  readonly inputShape: readonly number[];
  /** How its framework prints shapes; absent, as in older records, channels are first. */
  readonly order?: ChannelOrder;
  readonly parameters: { readonly trainable: number; readonly nonTrainable: number };
  readonly macs: number;
  /** In the order of computation. */
  readonly layers: readonly LayerDescription[];
  readonly blocks: readonly BlockDescription[];
  /**
   * For every recorded kind the names of its elements: layer scopes, block scopes with a slash behind
   * (`stage1/block1/`), parameter names, or scopes of residual blocks. Empty where nothing is recorded.
   */
  readonly vectors: Readonly<Partial<Record<VectorKind, readonly string[]>>>;
}

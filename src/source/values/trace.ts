/**
 * What happened to tensors while the program was read: one node an operation, with its inputs, weights, cost and
 * place. Layer tables, skips, problems and the lowered network are all read off this trace.
 */
import type { Dim, Dims } from './dims';
import type { InstanceValue, Site, TensorValue, Weight } from './values';

export type OpAttribute = number | string | boolean | readonly Dim[] | readonly number[] | undefined;

/** What a recipe's rule says of one call. */
export interface OpResult {
  /** Our name of the operation (`conv`, `add`, `flatten`): the lowering's vocabulary. */
  readonly op: string;
  /** One shape per output; undefined where the rank is unknown. */
  readonly shapes: readonly (Dims | undefined)[];
  readonly reason?: string;
  readonly attributes?: Readonly<Record<string, OpAttribute>>;
  /** Multiply-adds. */
  readonly macs?: Dim;
  readonly dtype?: 'float' | 'int' | 'bool';
}

export interface TraceNode {
  readonly id: number;
  readonly op: string;
  readonly attributes: Readonly<Record<string, OpAttribute>>;
  readonly inputs: readonly TensorValue[];
  outputs: readonly TensorValue[];
  readonly weights: readonly Weight[];
  readonly macs: Dim;
  /** Printed callee: `nn.Conv2d`, `F.relu`, `+`. */
  readonly callee: string;
  /** The layer instance, for a module's or layer's call. */
  readonly instance?: InstanceValue;
  /** Module instances being called around it, outermost first; `instance` itself is not among them. */
  readonly owners: readonly InstanceValue[];
  /** Where the call stands. */
  readonly site: Site;
  /** Where its layer was made. */
  readonly made?: Site;
  readonly framework: 'pytorch' | 'keras' | 'tfjs';
  /** It writes over its first input (`+=`). */
  inPlace?: boolean;
  /** What a Keras call around it was told of `training`. */
  readonly training?: boolean;
  /** No gradient comes back through it (`torch.no_grad`). */
  readonly isCut?: boolean;
}

/**
 * What a name can stand for while a program is read: plain data, functions, classes, instances, modules, tensors
 * with symbolic shapes, and the unknown with its reason. Nothing here runs anything.
 */

import type { Environment } from '../interpreter/environment';
import type { ClassForm, FunctionForm, Span } from '../reading/form';
import type { Args, ArgValues, LayerRecipe, NativeFunction } from '../recipes/recipe';
import type { Dim, Dims } from './dims';
import type { TraceNode } from './trace';

/** A place in a source text. */
export interface Site extends Span {
  readonly file: string;
}

export interface UnknownValue {
  readonly kind: 'unknown';
  /** A whole sentence: why nothing is known. */
  readonly reason: string;
}

export interface ListValue {
  readonly kind: 'list' | 'tuple' | 'set';
  items: Value[];
  /** Set where it was changed in a way that is not followed: neither items nor length are known then. */
  lost?: string;
}

export interface DictValue {
  readonly kind: 'dict';
  readonly entries: Map<string, { key: Value; value: Value }>;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly form: FunctionForm;
  readonly environment: Environment;
  readonly defaults: ReadonlyMap<string, Value>;
  /** The class whose body holds it, for `super()`. */
  owner?: ClassValue;
  readonly file: string;
  readonly attributes: Map<string, Value>;
}

export interface BoundValue {
  readonly kind: 'bound';
  readonly self: Value;
  readonly function: FunctionValue | NativeValue;
}

/** A function of a framework or of the language. */
export interface NativeValue {
  readonly kind: 'native';
  readonly function: NativeFunction;
}

/** `functools.partial`. */
export interface PartialValue {
  readonly kind: 'partial';
  readonly callee: Value;
  readonly args: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
}

export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Value[];
  readonly attributes: Map<string, Value>;
  readonly form?: ClassForm;
  readonly file: string;
  /** A framework's layer class. */
  readonly recipe?: LayerRecipe;
  /** Method resolution order, itself first; bases that are not classes are left out. */
  readonly order: readonly ClassValue[];
  /** True where some base is not known, so that a missing attribute proves nothing. */
  readonly hasUnknownBase: boolean;
}

export interface InstanceValue {
  readonly kind: 'instance';
  readonly id: number;
  readonly class: ClassValue;
  readonly attributes: Map<string, Value>;
  /** Set for what derives from a framework's layer: its arguments and state. */
  layer?: LayerState;
  /** Where it was made. */
  readonly made?: Site;
}

export interface Weight {
  /** As the framework names it: `weight`, `kernel`, `running_mean`. */
  readonly name: string;
  readonly shape: Dims;
  readonly trainable: boolean;
  readonly role: 'weight' | 'bias' | 'scale' | 'shift' | 'runningMean' | 'runningVariance';
  /** How it starts, where the file says so. */
  start?: Start;
  /** The file keeps it as it is (`requires_grad = False`). */
  isFrozen?: boolean;
}

/** How the numbers of a weight, or of a tensor that no operation made, begin. */
export type Start =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number; readonly isTruncated?: boolean }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  /** Variance is gain^2 over a fan. */
  | {
      readonly kind: 'scaled';
      readonly distribution: 'normal' | 'truncatedNormal' | 'uniform';
      readonly gain: number;
      readonly fan: 'in' | 'out' | 'mean';
    }
  /** `value` with probability `keep`, else 0, drawn anew for every step. */
  | { readonly kind: 'bernoulli'; readonly keep: number; readonly value: number }
  /** Row-major. */
  | { readonly kind: 'data'; readonly data: readonly number[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What a framework keeps for a layer instance. */
export interface LayerState {
  readonly recipe: LayerRecipe;
  args: ArgValues;
  /** Arguments as bound, with the places where they were written. */
  bound?: Args;
  /** Undefined until the layer is built. */
  weights?: Weight[];
  /** Keras and TF.js: the layer's name. */
  name?: string;
  /** Members of a container, in order, under their names. */
  children: { name: string; value: Value }[];
  built: boolean;
  /** Weights that its own `build` made, and would make again. */
  buildWeights?: Set<Weight>;
  trainable: boolean;
  /** Why what it computes is not what its recipe says (a wrapper around its weights). */
  wrapped?: string;
  /** A functional model's ends. */
  functional?: { inputs: TensorValue[]; outputs: TensorValue[] };
  /** Outputs of calls, so that `layer.output` is known. */
  lastOutput?: Value;
}

export interface ModuleValue {
  readonly kind: 'module';
  /** Canonical dotted name: `torch.nn`, `keras.layers`. */
  readonly name: string;
  /** A file of the workspace; a framework's modules have none. */
  readonly environment?: Environment;
}

export interface TensorValue {
  readonly kind: 'tensor';
  readonly id: number;
  /** Undefined where not even the rank is known. */
  readonly shape?: Dims;
  /** Why the shape is unknown. */
  readonly reason?: string;
  /** What made it; undefined for inputs and constants. */
  readonly node?: TraceNode;
  readonly output: number;
  /** Where it comes from when no node made it. */
  readonly origin: 'node' | 'input' | 'constant' | 'parameter';
  readonly dtype?: 'float' | 'int' | 'bool';
  /** The dimension order of the framework it came from. */
  readonly framework?: 'pytorch' | 'keras' | 'tfjs';
  /** Where it was made (dummy inputs). */
  readonly site?: Site;
  /** A layer's weight that was taken by its name. */
  readonly weight?: { readonly owner: InstanceValue; readonly weight: Weight };
  /** Its numbers, where no operation made it. */
  start?: Start;
  /** A parameter that the file keeps as it is. */
  isFrozen?: boolean;
}

export interface RangeValue {
  readonly kind: 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

export interface SliceValue {
  readonly kind: 'slice';
  readonly lower: Value;
  readonly upper: Value;
  readonly step: Value;
}

export interface SuperValue {
  readonly kind: 'super';
  readonly self: Value;
  readonly after: ClassValue;
}

export interface IteratorValue {
  readonly kind: 'iterator';
  items: Value[];
}

export type Value =
  | { readonly kind: 'none' }
  | { readonly kind: 'ellipsis' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: Dim }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | ListValue
  | DictValue
  | RangeValue
  | SliceValue
  | IteratorValue
  | FunctionValue
  | BoundValue
  | NativeValue
  | PartialValue
  | ClassValue
  | InstanceValue
  | ModuleValue
  | SuperValue
  | TensorValue
  | { readonly kind: 'start'; readonly start: Start }
  | UnknownValue;

export const NONE: Value = { kind: 'none' };
export const TRUE: Value = { kind: 'boolean', value: true };
export const FALSE: Value = { kind: 'boolean', value: false };
export const ELLIPSIS: Value = { kind: 'ellipsis' };

/** Most integers of a program are small and the same few. */
const SMALL: readonly Value[] = Array.from({ length: 1025 }, (_, value) => ({ kind: 'int', value }));

export function int(value: Dim): Value {
  if (typeof value === 'number' && value >= 0 && value <= 1024 && Number.isInteger(value))
    return SMALL[value];
  if (typeof value !== 'number' && value.kind === 'unknownDim') return unknown(value.reason);
  return { kind: 'int', value };
}

export function float(value: number): Value {
  return { kind: 'float', value };
}

export function string(value: string): Value {
  return { kind: 'string', value };
}

export function boolean(value: boolean): Value {
  return value ? TRUE : FALSE;
}

export function list(items: Value[]): ListValue {
  return { kind: 'list', items };
}

export function tuple(items: Value[]): ListValue {
  return { kind: 'tuple', items };
}

export function unknown(reason: string): UnknownValue {
  return { kind: 'unknown', reason };
}

export function dict(entries: Iterable<readonly [string, Value]> = []): DictValue {
  const map = new Map<string, { key: Value; value: Value }>();
  for (const [key, value] of entries) map.set(`s:${key}`, { key: string(key), value });
  return { kind: 'dict', entries: map };
}

/** A dict's key, or undefined where the value cannot be one that we know. */
export function keyOf(value: Value, depth = 0): string | undefined {
  switch (value.kind) {
    case 'string':
      return `s:${value.value}`;
    case 'int':
      return typeof value.value === 'number' ? `n:${value.value}` : undefined;
    case 'float':
      return `n:${value.value}`;
    case 'boolean':
      return `n:${value.value ? 1 : 0}`;
    case 'none':
      return 'none';
    case 'tuple': {
      // Tuples may hold the same tuple twice, and that one again.
      if (depth > 8) return undefined;
      const keys = value.items.map((item) => keyOf(item, depth + 1));
      const text = keys.every((key) => key !== undefined) ? `(${keys.join(',')})` : '';
      return text.length > 0 && text.length < 10_000 ? text : undefined;
    }
    default:
      return undefined;
  }
}

/** True where `b` is an ancestor of `a` or `a` itself. */
export function derivesFrom(a: ClassValue, b: ClassValue): boolean {
  return a.order.includes(b);
}

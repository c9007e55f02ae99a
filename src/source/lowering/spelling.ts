/**
 * What a spelling of one traced operation needs to know, and the turns that all spellings share. Images are
 * N, C, H, W in the IR whatever the framework; where a source counts N, H, W, C, every tensor of rank 4 is turned.
 */
import { t } from '../../base/localize';
import type { Builder } from '../../ir/builder';
import type { Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import type { TraceNode } from '../values/trace';
import type { InstanceValue } from '../values/values';

export interface Spelling {
  readonly b: Builder;
  readonly node: TraceNode;
  /** The node's tensors; a refusal where one of them is not made here. */
  readonly inputs: readonly Value[];
  /** The layer's scope below the current one. */
  readonly scope: string;
  /** Its parameter-name segment; '' adds nothing. */
  readonly name: string;
  /** True where images are N, H, W, C in the source; in the IR they are N, C, H, W all the same. */
  readonly isChannelsLast: boolean;
  /** Sizes of the first output in the IR's order, the batch put in. */
  readonly shape: readonly number[];
  /** Parameters of layers that were built before, for layers that are called twice. */
  readonly shared: Map<InstanceValue, readonly Value[]>;
  /** Its output is the model's. */
  readonly isEnd: boolean;
  /** Input i alone, for operations whose other inputs are not followed. */
  input(i: number): Value;
  refuse(reason: string): never;
}

/** Answers with one value an output of the operation. */
export type Speller = (s: Spelling) => readonly Value[];

/** A row of the layer table without parameters. */
export function row(s: Spelling, op: string, body: () => Value): Value {
  return s.b.layer(s.scope, op, s.inputs, body, '');
}

export function scalar({ b }: Pick<Spelling, 'b'>, value: number): Value {
  return b.constant(float32(), [value]);
}

/** A tensor in the order that the source counts in, and back. */
export function toSource(s: Spelling, x: Value): Value {
  return s.isChannelsLast && x.type.shape.length === 4 ? s.b.op('Transpose', [x], { perm: [0, 2, 3, 1] }) : x;
}

export function fromSource(s: Spelling, x: Value): Value {
  return s.isChannelsLast && x.type.shape.length === 4 ? s.b.op('Transpose', [x], { perm: [0, 3, 1, 2] }) : x;
}

/** The IR's sizes in the source's order. */
export function sourceOrder(s: Spelling, shape: readonly number[]): number[] {
  const [n, c, h, w] = shape;
  return s.isChannelsLast && shape.length === 4 ? [n, h, w, c] : [...shape];
}

/** An axis in the IR's order. */
export function axisOf(s: Spelling, axis: unknown, rank: number): number {
  const at = typeof axis === 'number' && axis < 0 ? axis + rank : axis;
  if (typeof at !== 'number' || at < 0 || at >= rank) return s.refuse(t('its axis is not known.'));
  return s.isChannelsLast && rank === 4 ? [0, 2, 3, 1][at] : at;
}

/** A number among the attributes, or undefined. */
export function numberOf(s: Spelling, ...names: string[]): number | undefined {
  for (const name of names) {
    const value = s.node.attributes[name];
    if (typeof value === 'number') return value;
  }
  return undefined;
}

/** A list of whole numbers among the attributes. */
export function numbersOf(s: Spelling, name: string): number[] {
  const value = s.node.attributes[name];
  if (!Array.isArray(value) || !value.every((n) => typeof n === 'number'))
    return s.refuse(t('its {0} is not known.', name));
  return value;
}

/** An argument of the layer behind the operation as it was given. */
export function argumentOf(s: Spelling, name: string) {
  return s.node.instance?.layer?.args.get(name);
}

/** True where a flag among the layer's arguments is set, or may be. */
export function isSet(s: Spelling, name: string): boolean {
  const value = argumentOf(s, name);
  return (value?.kind === 'boolean' && value.value) || value?.kind === 'unknown';
}

export function reshaped(s: Spelling, x: Value, shape: readonly number[]): Value {
  const { shape: own } = x.type;
  return own.length === shape.length && own.every((d, i) => d === shape[i])
    ? x
    : s.b.op('Reshape', [x], { shape: [...shape] });
}

export function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

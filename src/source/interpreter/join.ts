/** One value for two ways: equal parts are kept, the rest is unknown and says which condition it hangs on. */
import { type Dim, isUnknownDim, sameDim, unknownDim } from '../values/dims';
import { unknown, type Value } from '../values/values';
import type { Machine } from './machine';

export function join(machine: Machine, a: Value | undefined, b: Value | undefined, reason: string): Value {
  machine.tick();
  if (a === b && a !== undefined) return a;
  if (a === undefined || b === undefined) return unknown(reason);
  if (a.kind === 'unknown') return a;
  if (b.kind === 'unknown') return b;
  if (a.kind === 'tensor' && b.kind === 'tensor') {
    const shape =
      a.shape && b.shape && a.shape.length === b.shape.length
        ? a.shape.map((dim, i) => joinDim(dim, (b.shape ?? [])[i], reason))
        : undefined;
    const [joined] = machine.emit({
      inputs: [a, b],
      rule: () => ({ op: 'either', shapes: [shape], reason, attributes: { reason } }),
      callee: 'if',
      framework: a.framework ?? 'pytorch',
      site: machine.at,
    });
    return joined;
  }
  for (const side of [a, b])
    if ((side.kind === 'list' || side.kind === 'set') && side.lost !== undefined) return unknown(side.lost);
  if ((a.kind === 'list' || a.kind === 'tuple') && a.kind === b.kind && a.items.length === b.items.length) {
    const other = b.items;
    return { kind: a.kind, items: a.items.map((item, i) => join(machine, item, other[i], reason)) };
  }
  return isSame(a, b) ? a : unknown(reason);
}

function joinDim(a: Dim, b: Dim, reason: string): Dim {
  if (isUnknownDim(a)) return a;
  if (isUnknownDim(b)) return b;
  return sameDim(a, b) === true ? a : unknownDim(reason);
}

/** Lists may hold each other: what is larger than this is not the same for certain. */
const MOST_COMPARED = 50_000;

/** Certainly the same value. */
export function isSame(a: Value, b: Value, budget = { left: MOST_COMPARED }): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || budget.left-- <= 0) return false;
  switch (a.kind) {
    case 'none':
    case 'ellipsis':
      return true;
    case 'boolean':
    case 'float':
    case 'string':
      return a.value === (b as typeof a).value;
    case 'int':
      return sameDim(a.value, (b as typeof a).value) === true;
    case 'list':
    case 'tuple':
    case 'set': {
      const items = (b as typeof a).items;
      if (a.lost !== undefined) return false;
      return a.items.length === items.length && a.items.every((item, i) => isSame(item, items[i], budget));
    }
    case 'dict': {
      const entries = (b as typeof a).entries;
      if (entries.size !== a.entries.size) return false;
      for (const [key, entry] of a.entries) {
        const other = entries.get(key);
        if (!other || !isSame(entry.value, other.value, budget)) return false;
      }
      return true;
    }
    case 'bound': {
      const other = b as typeof a;
      return a.function === other.function && isSame(a.self, other.self, budget);
    }
    case 'native':
      return a.function === (b as typeof a).function;
    default:
      return false;
  }
}

/** What a loop walks over. */
import { t } from '../../base/localize';
import { selectFirst } from '../recipes/arithmetic';
import { int, string, type Value } from '../values/values';
import type { Machine } from './machine';

/** Longer sequences are not unrolled. */
export const MOST_ITEMS = 20_000;

/** The items in order, or undefined where they are not known. `expected` is how many a pattern wants. */
export function iterate(machine: Machine, value: Value, expected?: number): Value[] | undefined {
  switch (value.kind) {
    case 'list':
    case 'tuple':
    case 'set':
      if (value.lost !== undefined) return undefined;
      machine.tick(1 + (value.items.length >> 3));
      return value.items.slice();
    case 'iterator':
      return value.items.splice(0);
    case 'range': {
      const count = Math.max(0, Math.ceil((value.stop - value.start) / value.step));
      if (count > MOST_ITEMS) return undefined;
      machine.tick(1 + (count >> 3));
      return Array.from({ length: count }, (_, i) => int(value.start + i * value.step));
    }
    case 'dict':
      return value.entries.has('(unknown)') ? undefined : [...value.entries.values()].map(({ key }) => key);
    case 'string':
      return value.value.length <= MOST_ITEMS ? [...value.value].map(string) : undefined;
    case 'instance': {
      const { layer } = value;
      if (layer?.recipe.type === 'dict') return layer.children.map(({ name }) => string(name));
      if (layer?.children.some(({ name }) => name === '(unknown)')) return undefined;
      if (layer && (layer.recipe.type === 'sequential' || layer.recipe.type === 'list'))
        return layer.children.map((child) => child.value);
      return undefined;
    }
    case 'tensor': {
      const first = value.shape?.[0];
      const count = typeof first === 'number' ? first : undefined;
      if (count === undefined || count > 64 || (expected !== undefined && expected !== count))
        return undefined;
      return Array.from({ length: count }, (_, i) => selectFirst(machine, value, t('iteration'), i));
    }
    default:
      return undefined;
  }
}

export function lengthOf(value: Value): number | undefined {
  switch (value.kind) {
    case 'list':
    case 'tuple':
    case 'set':
      return value.lost === undefined ? value.items.length : undefined;
    case 'iterator':
      return value.items.length;
    case 'range':
      return Math.max(0, Math.ceil((value.stop - value.start) / value.step));
    case 'dict':
      return value.entries.has('(unknown)') ? undefined : value.entries.size;
    case 'string':
      return value.value.length;
    case 'instance': {
      const type = value.layer?.recipe.type;
      return value.layer && (type === 'sequential' || type === 'list' || type === 'dict')
        ? value.layer.children.length
        : undefined;
    }
    default:
      return undefined;
  }
}

/** Subscripts: read and written. */
import { t } from '../../base/localize';
import { indexTensor } from '../recipes/arithmetic';
import { frameworks } from '../recipes/frameworks';
import { keyOf, NONE, type Site, string, unknown, type Value } from '../values/values';
import { classAttribute, getAttribute } from './attributes';
import { plainArgs } from './calls';
import { reasonFor } from './expressions';
import { callFunction } from './functions';
import { type Machine, type Scope, siteOf } from './machine';
import { iterate } from './sequences';

export function getIndex(machine: Machine, object: Value, index: Value, site: Site, scope: Scope): Value {
  if (object.kind === 'unknown') return object;
  if (object.kind === 'tensor') return indexTensor(machine, object, index, site);
  if (object.kind === 'dict') {
    if (index.kind === 'unknown') return index;
    const key = keyOf(index);
    const entry = key === undefined ? undefined : object.entries.get(key);
    if (entry) return entry.value;
    const forgotten = object.entries.get('(unknown)');
    if (forgotten) return forgotten.value;
    return scope.language === 'javascript' && key !== undefined
      ? NONE
      : unknown(t('The dict has no such key that is known.'));
  }
  if (object.kind === 'module' && index.kind === 'string')
    return getAttribute(machine, object, index.value, site, scope);
  if (object.kind === 'instance') return indexInstance(machine, object, index, site, scope);
  if (object.kind === 'class' || object.kind === 'native') return object; // a type with parameters
  if (index.kind === 'unknown') return index;
  const items = object.kind === 'string' ? [...object.value].map(string) : iterate(machine, object);
  if (!items) return unknown(reasonFor(object));
  if (index.kind === 'slice') {
    const part = sliceItems(items, index);
    if (!part) return unknown(t('The slice is not known.'));
    if (object.kind === 'string')
      return string(part.map((item) => (item.kind === 'string' ? item.value : '')).join(''));
    return { kind: object.kind === 'tuple' ? 'tuple' : 'list', items: part };
  }
  const at = integerOf(index);
  if (at === undefined) return unknown(t('The index is not known.'));
  const item = items[at < 0 && scope.language === 'python' ? items.length + at : at];
  return item ?? (scope.language === 'javascript' ? NONE : unknown(t('The index {0} is out of range.', at)));
}

function integerOf(value: Value): number | undefined {
  if (value.kind === 'int' && typeof value.value === 'number') return value.value;
  if (value.kind === 'boolean') return value.value ? 1 : 0;
  if (value.kind === 'string' && /^\d+$/.test(value.value)) return Number(value.value);
  return undefined;
}

export function sliceItems<T>(
  items: readonly T[],
  slice: Extract<Value, { kind: 'slice' }>,
): T[] | undefined {
  const bound = (value: Value): number | undefined | null => {
    if (value.kind === 'none') return undefined;
    return integerOf(value) ?? null;
  };
  const step = bound(slice.step) ?? 1;
  const lower = bound(slice.lower);
  const upper = bound(slice.upper);
  if (lower === null || upper === null || bound(slice.step) === null || step === 0) return undefined;
  if (step === 1) return items.slice(lower ?? 0, upper ?? items.length);
  const clamp = (n: number | undefined, fallback: number) =>
    n === undefined
      ? fallback
      : Math.min(Math.max(n < 0 ? items.length + n : n, step < 0 ? -1 : 0), items.length);
  const result: T[] = [];
  if (step > 0)
    for (let i = clamp(lower, 0); i < clamp(upper, items.length); i += step) result.push(items[i]);
  else {
    const from = Math.min(clamp(lower, items.length - 1), items.length - 1);
    for (let i = from; i > clamp(upper, -1); i += step) result.push(items[i]);
  }
  return result;
}

function indexInstance(
  machine: Machine,
  object: Extract<Value, { kind: 'instance' }>,
  index: Value,
  site: Site,
  scope: Scope,
): Value {
  const method = classAttribute(object.class, '__getitem__');
  if (method?.value.kind === 'function')
    return callFunction(machine, method.value, plainArgs([index], site), site, object);
  const { layer } = object;
  if (!layer) return unknown(t('{0} has no items that are known.', object.class.name));
  if (layer.recipe.type === 'dict') {
    if (index.kind === 'unknown') return index;
    const name = index.kind === 'string' ? index.value : undefined;
    return (
      layer.children.find((child) => child.name === name)?.value ??
      unknown(t('The dict has no such key that is known.'))
    );
  }
  if (index.kind === 'unknown') return index;
  if (index.kind === 'slice') {
    const part = sliceItems(layer.children, index);
    if (!part) return unknown(t('The slice is not known.'));
    return frameworks[layer.recipe.framework].containerSlice(machine, object, part);
  }
  const at = integerOf(index);
  if (at === undefined) return unknown(t('The index is not known.'));
  void scope;
  return layer.children.at(at)?.value ?? unknown(t('The index {0} is out of range.', at));
}

export function setIndex(machine: Machine, object: Value, index: Value, value: Value, scope: Scope): void {
  if (object.kind === 'dict') {
    const key = keyOf(index);
    machine.journal.touchDict(object);
    if (key === undefined) object.entries.clear();
    else object.entries.set(key, { key: index, value });
  } else if (object.kind === 'list') {
    machine.journal.touchList(object);
    const at = integerOf(index);
    if (index.kind === 'slice') {
      object.lost = t('The list was changed in a way that is not followed.');
      return;
    }
    if (at === undefined) object.items = object.items.map(() => unknown(t('The index is not known.')));
    else if (at < 0) object.items[object.items.length + at] = value;
    else if (at <= object.items.length) object.items[at] = value;
  } else if (object.kind === 'instance' && object.layer) {
    const { layer } = object;
    machine.journal.touchChildren(layer.children);
    if (layer.recipe.type === 'dict' && index.kind === 'string') {
      const child = layer.children.find((c) => c.name === index.value);
      if (child) child.value = value;
      else layer.children.push({ name: index.value, value });
      return;
    }
    const at = integerOf(index);
    const child = at === undefined ? undefined : layer.children.at(at);
    if (child) layer.children[layer.children.indexOf(child)] = { name: child.name, value };
    else if (index.kind === 'unknown') for (const each of layer.children) each.value = index;
  }
  void siteOf;
  void scope;
}

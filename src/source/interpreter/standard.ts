/** The standard library's modules, as far as networks use them: math, functools, collections, copy, typing, dataclasses. */
import { t } from '../../base/localize';
import type { NativeContext } from '../recipes/recipe';
import { float, int, NONE, unknown, type Value } from '../values/values';
import { arg, items, nativeOf, number, PYTHON, scopeOf } from './builtins';
import { callValue, plainArgs } from './calls';
import { DATACLASSES } from './dataClasses';
import { reasonFor } from './expressions';
import { native } from './methods';
import { binary } from './operators';

export const mathOf = (operation: (...numbers: number[]) => number) => (c: NativeContext) => {
  const numbers = c.call.positional.map(({ value }) => number(value));
  if (numbers.includes(undefined)) return unknown(reasonFor(arg(c, 0)));
  const value = operation(...(numbers as number[]));
  return Number.isInteger(value) ? int(value) : float(value);
};

export const MATH: Readonly<Record<string, (c: NativeContext) => Value>> = {
  floor: mathOf(Math.floor),
  ceil: mathOf(Math.ceil),
  sqrt: (c) => {
    const value = number(arg(c, 0));
    return value === undefined || value < 0 ? unknown(reasonFor(arg(c, 0))) : float(Math.sqrt(value));
  },
  pow: mathOf((a, b) => a ** b),
  log: mathOf((a, b) => (b === undefined ? Math.log(a) : Math.log(a) / Math.log(b))),
  log2: mathOf(Math.log2),
  // Rates of stochastic depth are made so; a list of numbers serves.
  linspace: (c) => {
    const named = (name: string, at: number) => number(c.call.keywords.get(name)?.value ?? arg(c, at));
    const [start, end] = [named('start', 0), named('end', 1) ?? named('stop', 1)];
    const count = named('steps', 2) ?? named('num', 2);
    if (start === undefined || end === undefined || count === undefined || count > 10_000)
      return unknown(t('The range is not known.'));
    const step = count > 1 ? (end - start) / (count - 1) : 0;
    return {
      kind: 'list',
      items: Array.from({ length: count }, (_, i) =>
        float(i === count - 1 && i > 0 ? end : start + i * step),
      ),
    };
  },
  prod: (c) => {
    const found = items(c, arg(c, 0));
    let product: Value = int(1);
    for (const value of found ?? [unknown(reasonFor(arg(c, 0)))])
      product = binary(c.machine, '*', product, value, c.site, scopeOf(c, 'python'));
    return product;
  },
  round: mathOf(Math.round),
  trunc: mathOf(Math.trunc),
  abs: mathOf(Math.abs),
  min: mathOf(Math.min),
  max: mathOf(Math.max),
};

export const FUNCTOOLS: Readonly<Record<string, (c: NativeContext) => Value>> = {
  partial: (c) => ({
    kind: 'partial',
    callee: arg(c, 0),
    args: c.call.positional.slice(1).map(({ value }) => value),
    keywords: new Map([...c.call.keywords].map(([name, { value }]) => [name, value] as const)),
  }),
  reduce: (c) => {
    const found = items(c, arg(c, 1));
    if (!found) return unknown(reasonFor(arg(c, 1)));
    let result = c.call.positional.length > 2 ? arg(c, 2) : (found.shift() ?? NONE);
    const scope = scopeOf(c, 'python');
    for (const value of found)
      result = callValue(c.machine, arg(c, 0), plainArgs([result, value], c.site), c.site, scope, '');
    return result;
  },
  OrderedDict: (c) => PYTHON.dict(c),
  // Their pixels are not looked at, only what they do to a shape: nothing.
  deepcopy: (c) => copied(c, arg(c, 0), 0),
  copy: (c) => copied(c, arg(c, 0), 0),
};

/** A layer's copy is a layer of its own; nested layers and lists are copied too. */
export function copied(c: NativeContext, value: Value, depth: number): Value {
  if (depth > 40) return unknown(t('The copy is nested too deeply.'));
  c.machine.tick();
  if (value.kind === 'list' || value.kind === 'tuple' || value.kind === 'set')
    return { kind: value.kind, items: value.items.map((item) => copied(c, item, depth + 1)) };
  if (value.kind === 'dict')
    return {
      kind: 'dict',
      entries: new Map(
        [...value.entries].map(([k, e]) => [k, { key: e.key, value: copied(c, e.value, depth + 1) }]),
      ),
    };
  if (value.kind !== 'instance') return value;
  const layer = value.layer && {
    ...value.layer,
    children: value.layer.children.map((child) => ({
      name: child.name,
      value: copied(c, child.value, depth + 1),
    })),
  };
  const twin: Value = { ...value, id: c.machine.id(), attributes: new Map(), layer };
  for (const [name, attribute] of value.attributes)
    twin.attributes.set(name, copied(c, attribute, depth + 1));
  return twin;
}

/** Members of the standard library's modules that networks use. */
export function standardMember(module: string, name: string): Value | undefined {
  switch (module) {
    case 'math':
    case 'numpy':
      if (name === 'pi') return float(Math.PI);
      return nativeOf('math', name, MATH);
    case 'functools':
    case 'collections':
    case 'copy':
      return nativeOf('functools', name, FUNCTOOLS);
    case 'dataclasses':
      return nativeOf('dataclasses', name, DATACLASSES);
    case 'collections.abc':
    case 'typing':
      if (name === 'cast') return native(name, (c) => arg(c, 1));
      return native(name, () => unknown(t('The type is not followed.')));
    default:
      return undefined;
  }
}

/** Names that every JavaScript program has. */
import { t } from '../../base/localize';
import type { NativeContext } from '../recipes/recipe';
import { boolean, dict, int, list, NONE, string, unknown, type Value } from '../values/values';
import { arg, items, nativeOf, number, PYTHON, scopeOf } from './builtins';
import { callValue, plainArgs } from './calls';
import { reasonFor } from './expressions';
import { moduleNamed } from './imports';
import { native } from './methods';
import { iterate, MOST_ITEMS } from './sequences';
import { MATH } from './standard';

export const JAVASCRIPT: Readonly<Record<string, (c: NativeContext) => Value>> = {
  super: (c) => PYTHON.super(c),
  require: (c) => {
    const name = arg(c, 0);
    return name.kind === 'string'
      ? moduleNamed(c.machine, name.value, 0, scopeOf(c, 'javascript'))
      : unknown(t('The name of the module is not known.'));
  },
  typeof: (c) => {
    const types: Partial<Record<Value['kind'], string>> = {
      int: 'number',
      float: 'number',
      string: 'string',
      boolean: 'boolean',
      none: 'undefined',
      function: 'function',
      native: 'function',
      class: 'function',
      list: 'object',
      dict: 'object',
      instance: 'object',
      tensor: 'object',
    };
    const type = types[arg(c, 0).kind];
    return type ? string(type) : unknown(t('The type is not followed.'));
  },
};

export function table(name: string, members: Readonly<Record<string, (c: NativeContext) => Value>>): Value {
  return dict(Object.entries(members).map(([key, call]) => [key, native(`${name}.${key}`, call)] as const));
}

export const JAVASCRIPT_OBJECTS: Readonly<Record<string, Value>> = {
  Math: table('Math', MATH),
  console: table('console', { log: () => NONE, warn: () => NONE, error: () => NONE, table: () => NONE }),
  Array: table('Array', {
    from: (c) => {
      const source = arg(c, 0);
      const length = source.kind === 'dict' ? source.entries.get('s:length')?.value : undefined;
      const count = length && number(length);
      const found =
        count !== undefined && count <= MOST_ITEMS ? new Array<Value>(count).fill(NONE) : items(c, source);
      if (!found) return unknown(reasonFor(source));
      if (c.call.positional.length < 2) return list(found);
      const scope = scopeOf(c, 'javascript');
      return list(
        found.map((value, i) =>
          callValue(c.machine, arg(c, 1), plainArgs([value, int(i)], c.site), c.site, scope, ''),
        ),
      );
    },
    isArray: (c) => boolean(arg(c, 0).kind === 'list' || arg(c, 0).kind === 'tuple'),
  }),
  Object: table('Object', {
    keys: (c) => list(iterate(c.machine, arg(c, 0)) ?? []),
    values: (c) => {
      const value = arg(c, 0);
      return value.kind === 'dict'
        ? list([...value.entries.values()].map((e) => e.value))
        : unknown(reasonFor(value));
    },
    entries: (c) => {
      const value = arg(c, 0);
      return value.kind === 'dict'
        ? list([...value.entries.values()].map((e) => list([e.key, e.value])))
        : unknown(reasonFor(value));
    },
    assign: (c) => {
      const entries = c.call.positional.flatMap(({ value }) =>
        value.kind === 'dict' ? [...value.entries] : [],
      );
      return { kind: 'dict', entries: new Map(entries) };
    },
  }),
};

export function javascriptBuiltin(name: string): Value | undefined {
  return Object.hasOwn(JAVASCRIPT_OBJECTS, name)
    ? JAVASCRIPT_OBJECTS[name]
    : nativeOf('js', name, JAVASCRIPT);
}

/** Methods and attributes of plain data: lists, dicts, strings, numbers, classes of the language. */
import { t } from '../../base/localize';
import type { NativeContext } from '../recipes/recipe';
import {
  boolean,
  type DictValue,
  int,
  keyOf,
  type ListValue,
  NONE,
  string,
  tuple,
  unknown,
  type Value,
} from '../values/values';
import { callValue, plainArgs } from './calls';
import { reasonFor } from './expressions';
import type { Machine, Scope } from './machine';
import { display, equal, truth } from './operators';
import { iterate, lengthOf } from './sequences';

type Method<T> = (self: T, context: NativeContext, scope: Scope) => Value;

export function methodOf(machine: Machine, object: Value, name: string, scope: Scope): Value | undefined {
  if (name === 'length' && scope.language === 'javascript') {
    const length = lengthOf(object);
    return length === undefined ? undefined : int(length);
  }
  switch (object.kind) {
    case 'list':
    case 'tuple':
    case 'set':
      if (object.lost !== undefined && !GROWING.has(name)) {
        const { lost } = object;
        return native(name, () => unknown(lost));
      }
      return method(LIST, object, name, scope);
    case 'dict': {
      if (scope.language === 'javascript') {
        const entry = object.entries.get(`s:${name}`);
        if (entry) return entry.value;
      }
      const lost = object.entries.get('(unknown)')?.value;
      if (lost && ['keys', 'values', 'items', 'copy'].includes(name)) return native(name, () => lost);
      return method(DICT, object, name, scope) ?? (scope.language === 'javascript' ? NONE : undefined);
    }
    case 'string':
      return method(STRING, object.value, name, scope);
    case 'range': {
      const items = iterate(machine, object);
      return items && method(LIST, { kind: 'list', items }, name, scope);
    }
    case 'partial':
      return name === 'func' ? object.callee : undefined;
    case 'native':
      return name === '__name__' ? string(object.function.name) : undefined;
    case 'int':
    case 'float':
      if (name === 'item') return native(name, () => object);
      return undefined;
    default:
      return undefined;
  }
}

export function native(name: string, call: (context: NativeContext) => Value, self?: Value): Value {
  return { kind: 'native', function: { name, self, call } };
}

function method<T extends ListValue | DictValue | string>(
  table: Readonly<Record<string, Method<T>>>,
  self: T,
  name: string,
  scope: Scope,
): Value | undefined {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  return (
    found &&
    native(name, (context) => found(self, context, scope), typeof self === 'string' ? undefined : self)
  );
}

const arg = (context: NativeContext, i: number): Value => context.call.positional[i]?.value ?? NONE;

/** What can be done to a list that is not known without learning anything of it. */
const GROWING = new Set(['append', 'push', 'extend', 'add']);

function integer(value: Value): number | undefined {
  return value.kind === 'int' && typeof value.value === 'number' ? value.value : undefined;
}

function push(self: ListValue, { machine }: NativeContext, items: readonly Value[]): Value {
  machine.journal.touchList(self);
  if (self.items.length + items.length > 20_000) machine.stop(t('a list grows beyond what is followed'));
  self.items.push(...items);
  return int(self.items.length);
}

function each(self: ListValue, context: NativeContext, scope: Scope): Value[] {
  const callback = arg(context, 0);
  return self.items.map((item, i) =>
    callValue(context.machine, callback, plainArgs([item, int(i)], context.site), context.site, scope, ''),
  );
}

const LIST: Readonly<Record<string, Method<ListValue>>> = {
  // Numbers of `linspace`, which are a list here.
  tolist: (self) => ({ kind: 'list', items: [...self.items] }),
  numpy: (self) => self,
  split: (self, c) => {
    const sizes = iterate(c.machine, arg(c, 0))?.map(integer);
    if (!sizes || sizes.includes(undefined)) return unknown(t('The order is not followed.'));
    let at = 0;
    const parts = sizes.map((size = 0) => {
      at += size;
      return { kind: 'list' as const, items: self.items.slice(at - size, at) };
    });
    return tuple(parts);
  },
  append: (self, c) => {
    push(self, c, [arg(c, 0)]);
    return NONE;
  },
  add: (self, c) => {
    if (!self.items.some((item) => equal(item, arg(c, 0)))) push(self, c, [arg(c, 0)]);
    return NONE;
  },
  push: (self, c) =>
    push(
      self,
      c,
      c.call.positional.map(({ value }) => value),
    ),
  extend: (self, c) => {
    const items = iterate(c.machine, arg(c, 0));
    push(self, c, items ?? []);
    if (!items) self.lost = reasonFor(arg(c, 0));
    return NONE;
  },
  insert: (self, c) => {
    const at = integer(arg(c, 0));
    c.machine.journal.touchList(self);
    if (at === undefined) self.items = [unknown(t('The index is not known.'))];
    else self.items.splice(at, 0, arg(c, 1));
    return NONE;
  },
  pop: (self, c) => {
    c.machine.journal.touchList(self);
    const at = c.call.positional.length > 0 ? integer(arg(c, 0)) : self.items.length - 1;
    if (at === undefined) return unknown(t('The index is not known.'));
    return self.items.splice(at, 1)[0] ?? unknown(t('The list is empty.'));
  },
  reverse: (self, c) => {
    c.machine.journal.touchList(self);
    self.items.reverse();
    return self;
  },
  index: (self, c) => {
    const at = self.items.findIndex((item) => equal(item, arg(c, 0)) === true);
    return at < 0 ? unknown(t('The item is not in the list.')) : int(at);
  },
  count: (self, c) => int(self.items.filter((item) => equal(item, arg(c, 0)) === true).length),
  copy: (self) => ({ kind: self.kind, items: self.items.slice() }),
  numel: (self) => {
    let product = 1;
    for (const item of self.items) {
      const size = integer(item);
      if (size === undefined) return unknown(t('The size is not known.'));
      product *= size;
    }
    return int(product);
  },
  as_list: (self) => ({ kind: 'list', items: self.items.slice() }),
  concat: (self, c) => ({
    kind: 'list',
    items: [...self.items, ...c.call.positional.flatMap(({ value }) => iterate(c.machine, value) ?? [value])],
  }),
  slice: (self, c) => ({
    kind: 'list',
    items: self.items.slice(integer(arg(c, 0)), integer(arg(c, 1))),
  }),
  map: (self, c, scope) => ({ kind: 'list', items: each(self, c, scope) }),
  flatMap: (self, c, scope) => ({
    kind: 'list',
    items: each(self, c, scope).flatMap((value) => (value.kind === 'list' ? value.items : [value])),
  }),
  forEach: (self, c, scope) => {
    each(self, c, scope);
    return NONE;
  },
  filter: (self, c, scope) => {
    const kept = each(self, c, scope).map((value) => truth(value, scope));
    if (kept.includes(undefined)) return unknown(t('The condition is not known here.'));
    return { kind: 'list', items: self.items.filter((_, i) => kept[i]) };
  },
  reduce: (self, c, scope) => {
    const items = self.items.slice();
    let result = c.call.positional.length > 1 ? arg(c, 1) : (items.shift() ?? NONE);
    items.forEach((item, i) => {
      result = callValue(c.machine, arg(c, 0), plainArgs([result, item, int(i)], c.site), c.site, scope, '');
    });
    return result;
  },
  includes: (self, c) => boolean(self.items.some((item) => equal(item, arg(c, 0)) === true)),
  join: (self, c) => joined(self.items, arg(c, 0).kind === 'string' ? display(arg(c, 0)) : ','),
  fill: (self, c) => {
    c.machine.journal.touchList(self);
    self.items.fill(arg(c, 0));
    return self;
  },
  entries: (self) => ({
    kind: 'list',
    items: self.items.map((item, i) => ({ kind: 'list', items: [int(i), item] })),
  }),
  at: (self, c) => self.items.at(integer(arg(c, 0)) ?? 0) ?? NONE,
};

function joined(items: readonly Value[], separator: string | undefined): Value {
  const parts = items.map(display);
  return separator === undefined || parts.includes(undefined)
    ? unknown(t('The text is not known.'))
    : string(parts.join(separator));
}

const DICT: Readonly<Record<string, Method<DictValue>>> = {
  keys: (self) => ({ kind: 'list', items: [...self.entries.values()].map(({ key }) => key) }),
  values: (self) => ({ kind: 'list', items: [...self.entries.values()].map(({ value }) => value) }),
  items: (self) => ({
    kind: 'list',
    items: [...self.entries.values()].map(({ key, value }) => tuple([key, value])),
  }),
  get: (self, c) => {
    const key = keyOf(arg(c, 0));
    if (key === undefined) return unknown(t('The key is not known.'));
    return self.entries.get(key)?.value ?? self.entries.get('(unknown)')?.value ?? arg(c, 1);
  },
  pop: (self, c) => {
    const key = keyOf(arg(c, 0));
    if (key === undefined) return unknown(t('The key is not known.'));
    const entry = self.entries.get(key);
    c.machine.journal.touchDict(self);
    self.entries.delete(key);
    return (
      entry?.value ??
      (c.call.positional.length > 1 ? arg(c, 1) : unknown(t('The dict has no such key that is known.')))
    );
  },
  setdefault: (self, c) => {
    const key = keyOf(arg(c, 0));
    if (key === undefined) return unknown(t('The key is not known.'));
    const entry = self.entries.get(key);
    if (entry) return entry.value;
    c.machine.journal.touchDict(self);
    self.entries.set(key, { key: arg(c, 0), value: arg(c, 1) });
    return arg(c, 1);
  },
  update: (self, c) => {
    c.machine.journal.touchDict(self);
    const other = arg(c, 0);
    if (other.kind === 'dict') for (const [key, entry] of other.entries) self.entries.set(key, entry);
    for (const [name, { value }] of c.call.keywords)
      self.entries.set(`s:${name}`, { key: string(name), value });
    return NONE;
  },
  copy: (self) => ({ kind: 'dict', entries: new Map(self.entries) }),
};

const STRING: Readonly<Record<string, Method<string>>> = {
  format: (self, c) => {
    let at = 0;
    let isKnown = true;
    const text = self.replace(/\{(\w*)\}/g, (_, key: string) => {
      const value =
        key === '' ? arg(c, at++) : /^\d+$/.test(key) ? arg(c, Number(key)) : c.call.keywords.get(key)?.value;
      const shown = value && display(value);
      if (shown === undefined) isKnown = false;
      return shown ?? '';
    });
    return isKnown && !/[{}]/.test(text) ? string(text) : unknown(t('The text is not known.'));
  },
  join: (self, c) => joined(iterate(c.machine, arg(c, 0)) ?? [unknown('')], self),
  lower: (self) => string(self.toLowerCase()),
  upper: (self) => string(self.toUpperCase()),
  toLowerCase: (self) => string(self.toLowerCase()),
  toUpperCase: (self) => string(self.toUpperCase()),
  strip: (self) => string(self.trim()),
  split: (self, c) => {
    const separator = arg(c, 0);
    const parts =
      separator.kind === 'string' && separator.value ? self.split(separator.value) : self.trim().split(/\s+/);
    return { kind: 'list', items: parts.map(string) };
  },
  startswith: (self, c) => prefix(self, arg(c, 0), 'start'),
  endswith: (self, c) => prefix(self, arg(c, 0), 'end'),
  startsWith: (self, c) => prefix(self, arg(c, 0), 'start'),
  endsWith: (self, c) => prefix(self, arg(c, 0), 'end'),
  islower: (self) => boolean(/[a-z]/.test(self) && self === self.toLowerCase()),
  isupper: (self) => boolean(/[A-Z]/.test(self) && self === self.toUpperCase()),
  isdigit: (self) => boolean(/^\d+$/.test(self)),
  replace: (self, c) => {
    const [from, to] = [arg(c, 0), arg(c, 1)];
    return from.kind === 'string' && to.kind === 'string'
      ? string(self.replaceAll(from.value, to.value))
      : unknown(t('The text is not known.'));
  },
};

function prefix(self: string, part: Value, where: 'start' | 'end'): Value {
  const options = part.kind === 'tuple' ? part.items : [part];
  if (options.some((option) => option.kind !== 'string')) return unknown(t('The text is not known.'));
  return boolean(
    options.some(
      (o) => o.kind === 'string' && (where === 'start' ? self.startsWith(o.value) : self.endsWith(o.value)),
    ),
  );
}

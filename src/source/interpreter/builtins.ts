/** Names that every Python or JavaScript program has. */
import { t } from '../../base/localize';
import type { Language } from '../reading/form';
import type { NativeContext } from '../recipes/recipe';
import { isKnown } from '../values/dims';
import {
  boolean,
  type ClassValue,
  dict,
  FALSE,
  float,
  int,
  keyOf,
  list,
  NONE,
  string,
  tuple,
  unknown,
  type Value,
} from '../values/values';
import { getAttribute, setAttribute } from './attributes';
import { javascriptBuiltin } from './builtinsJavaScript';
import { callValue, plainArgs } from './calls';
import { reasonFor } from './expressions';
import type { Scope } from './machine';
import { native } from './methods';
import { binary, compare, display, truth } from './operators';
import { iterate, lengthOf } from './sequences';

export const arg = (c: NativeContext, i: number): Value => c.call.positional[i]?.value ?? NONE;

export function scopeOf(c: NativeContext, language: Language): Scope {
  const frame = c.machine.frame;
  const file = c.site.file;
  const module = c.machine.files.get(file)?.module.environment;
  if (!module) throw new Error(`internal: no environment for ${file}`);
  return { environment: module, file, language: frame?.language ?? language };
}

export function number(value: Value): number | undefined {
  if ((value.kind === 'int' || value.kind === 'float') && typeof value.value === 'number') return value.value;
  return value.kind === 'boolean' ? Number(value.value) : undefined;
}

export function items(c: NativeContext, value: Value): Value[] | undefined {
  return iterate(c.machine, value);
}

/** A builtin type: a callable that `isinstance` knows by name. */
export const PYTHON: Readonly<Record<string, (c: NativeContext) => Value>> = {
  range: (c) => {
    const numbers = c.call.positional.map(({ value }) =>
      value.kind === 'int' && isKnown(value.value) ? value.value : undefined,
    );
    if (numbers.length === 0 || numbers.includes(undefined)) {
      const missing = c.call.positional.find((_, i) => numbers[i] === undefined);
      return unknown(missing ? reasonFor(missing.value) : t('The range is not known.'));
    }
    const [a, b, step] = numbers as number[];
    if (step === 0) return unknown(t('The range is not known.'));
    return b === undefined
      ? { kind: 'range', start: 0, stop: a, step: 1 }
      : { kind: 'range', start: a, stop: b, step: step ?? 1 };
  },
  len: (c) => {
    const value = arg(c, 0);
    if (value.kind === 'tensor') return value.shape ? int(value.shape[0] ?? 0) : unknown(value.reason ?? '');
    const length = lengthOf(value);
    return length === undefined ? unknown(reasonFor(value)) : int(length);
  },
  print: () => NONE,
  list: (c) => sequence(c, 'list'),
  tuple: (c) => sequence(c, 'tuple'),
  set: (c) => sequence(c, 'set'),
  sorted: (c) => {
    const found = items(c, arg(c, 0));
    if (!found || c.call.keywords.size > 0) return unknown(t('The order is not followed.'));
    const keyed = found.map((value) => (value.kind === 'string' ? value.value : number(value)));
    if (keyed.includes(undefined)) return unknown(t('The order is not followed.'));
    const order = found
      .map((_, i) => i)
      .sort((i, j) => (keyed[i]! < keyed[j]! ? -1 : keyed[i]! > keyed[j]! ? 1 : 0));
    return list(order.map((i) => found[i]));
  },
  reversed: (c) => {
    const found = items(c, arg(c, 0));
    return found ? { kind: 'iterator', items: found.reverse() } : unknown(reasonFor(arg(c, 0)));
  },
  enumerate: (c) => {
    const found = items(c, arg(c, 0));
    const start = number(
      c.call.keywords.get('start')?.value ?? (c.call.positional.length > 1 ? arg(c, 1) : int(0)),
    );
    if (!found || start === undefined) return unknown(reasonFor(arg(c, 0)));
    return { kind: 'iterator', items: found.map((value, i) => tuple([int(i + start), value])) };
  },
  zip: (c) => {
    const all = c.call.positional.map(({ value }) => ({ value, items: items(c, value) }));
    const missing = all.find((one) => !one.items);
    if (missing) return unknown(reasonFor(missing.value));
    const length = Math.min(...all.map((one) => one.items?.length ?? 0));
    const rows = Array.from({ length: Number.isFinite(length) ? length : 0 }, (_, i) =>
      tuple(all.map((one) => one.items![i])),
    );
    return { kind: 'iterator', items: rows };
  },
  map: (c) => {
    const found = items(c, arg(c, 1));
    if (!found) return unknown(reasonFor(arg(c, 1)));
    const scope = scopeOf(c, 'python');
    return {
      kind: 'iterator',
      items: found.map((value) =>
        callValue(c.machine, arg(c, 0), plainArgs([value], c.site), c.site, scope, ''),
      ),
    };
  },
  filter: (c) => {
    const found = items(c, arg(c, 1));
    if (!found) return unknown(reasonFor(arg(c, 1)));
    const scope = scopeOf(c, 'python');
    const kept = found.map((value) =>
      truth(
        arg(c, 0).kind === 'none'
          ? value
          : callValue(c.machine, arg(c, 0), plainArgs([value], c.site), c.site, scope, ''),
        scope,
      ),
    );
    return kept.includes(undefined)
      ? unknown(t('The condition is not known here.'))
      : { kind: 'iterator', items: found.filter((_, i) => kept[i]) };
  },
  sum: (c) => {
    const found = items(c, arg(c, 0));
    if (!found) return unknown(reasonFor(arg(c, 0)));
    const scope = scopeOf(c, 'python');
    let total: Value = c.call.positional.length > 1 ? arg(c, 1) : int(0);
    for (const value of found) total = binary(c.machine, '+', total, value, c.site, scope);
    return total;
  },
  min: (c) => extreme(c, '<'),
  max: (c) => extreme(c, '>'),
  abs: (c) => {
    const value = number(arg(c, 0));
    if (arg(c, 0).kind === 'tensor') return arg(c, 0);
    return value === undefined
      ? unknown(reasonFor(arg(c, 0)))
      : arg(c, 0).kind === 'int'
        ? int(Math.abs(value))
        : float(Math.abs(value));
  },
  round: (c) => {
    const value = number(arg(c, 0));
    if (value === undefined || c.call.positional.length > 1) return unknown(reasonFor(arg(c, 0)));
    // Halves go to the even neighbour.
    const floor = Math.floor(value);
    const rest = value - floor;
    return int(rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor);
  },
  int: (c) => {
    const value = arg(c, 0);
    if (value.kind === 'int') return value;
    if (value.kind === 'string' && /^\s*-?\d+\s*$/.test(value.value)) return int(Number(value.value));
    const n = number(value);
    return n === undefined ? unknown(reasonFor(value)) : int(Math.trunc(n));
  },
  float: (c) => {
    const n = number(arg(c, 0));
    return n === undefined ? unknown(reasonFor(arg(c, 0))) : float(n);
  },
  bool: (c) => {
    const answer = truth(arg(c, 0), scopeOf(c, 'python'));
    return answer === undefined ? unknown(reasonFor(arg(c, 0))) : boolean(answer);
  },
  str: (c) => {
    const shown = display(arg(c, 0));
    return shown === undefined ? unknown(t('The text is not known.')) : string(shown);
  },
  dict: (c) => {
    const base = arg(c, 0);
    const result = dict([...c.call.keywords].map(([name, { value }]) => [name, value] as const));
    if (base.kind === 'dict') return { kind: 'dict', entries: new Map([...base.entries, ...result.entries]) };
    if (base.kind === 'none') return result;
    const pairs = items(c, base);
    if (!pairs) return unknown(reasonFor(base));
    for (const pair of pairs) {
      const [key, value] = iterate(c.machine, pair) ?? [];
      const text = key && keyOf(key);
      if (!text || !value) return unknown(t('A key of the dict is not known.'));
      result.entries.set(text, { key, value });
    }
    return result;
  },
  isinstance: (c) => isInstance(arg(c, 0), arg(c, 1)),
  issubclass: (c) => {
    const [a, b] = [arg(c, 0), arg(c, 1)];
    return a.kind === 'class' && b.kind === 'class' && !a.hasUnknownBase
      ? boolean(a.order.includes(b))
      : unknown(t('The class is not known.'));
  },
  hasattr: (c) => {
    const [object, name] = [arg(c, 0), arg(c, 1)];
    if (name.kind !== 'string') return unknown(t('The text is not known.'));
    const found = getAttribute(c.machine, object, name.value, c.site, scopeOf(c, 'python'));
    if (found.kind !== 'unknown') return boolean(true);
    if (object.kind === 'instance' && !object.layer && !object.class.hasUnknownBase) return FALSE;
    if (object.kind === 'instance' && object.class.form && !object.class.hasUnknownBase) return FALSE;
    return unknown(found.reason);
  },
  getattr: (c) => {
    const [object, name] = [arg(c, 0), arg(c, 1)];
    if (name.kind !== 'string') return unknown(t('The text is not known.'));
    const found = getAttribute(c.machine, object, name.value, c.site, scopeOf(c, 'python'));
    if (
      found.kind === 'unknown' &&
      c.call.positional.length > 2 &&
      object.kind === 'instance' &&
      !object.class.hasUnknownBase
    )
      return arg(c, 2);
    return found;
  },
  setattr: (c) => {
    const [object, name, value] = [arg(c, 0), arg(c, 1), arg(c, 2)];
    if (name.kind === 'string') setAttribute(c.machine, object, name.value, value, scopeOf(c, 'python'));
    return NONE;
  },
  type: (c) =>
    arg(c, 0).kind === 'instance'
      ? (arg(c, 0) as { class: ClassValue }).class
      : unknown(t('The type is not followed.')),
  callable: (c) => {
    const kind = arg(c, 0).kind;
    return kind === 'unknown'
      ? unknown(reasonFor(arg(c, 0)))
      : boolean(['function', 'bound', 'native', 'class', 'partial', 'instance'].includes(kind));
  },
  next: (c) => {
    const source = arg(c, 0);
    if (source.kind === 'iterator' && source.items.length > 0) return source.items.shift() ?? NONE;
    return unknown(reasonFor(source));
  },
  iter: (c) => {
    const found = items(c, arg(c, 0));
    return found ? { kind: 'iterator', items: found } : unknown(reasonFor(arg(c, 0)));
  },
  any: (c) => quantified(c, true),
  all: (c) => quantified(c, false),
  id: () => unknown(t('The identity is not known.')),
  super: (c) => {
    const frame = [...c.machine.frames].reverse().find((f) => f.owner);
    const given = arg(c, 0);
    const after = given.kind === 'class' ? given : frame?.owner;
    const self = c.call.positional.length > 1 ? arg(c, 1) : frame?.self;
    return after && self
      ? { kind: 'super', self, after }
      : unknown(t('super() stands outside of a method here.'));
  },
  globals: (c) => {
    const environment = c.machine.files.get(c.site.file)?.module.environment;
    c.machine.memory?.looksElsewhere();
    return environment ? dict([...environment.names]) : unknown(t('The names are not known.'));
  },
  object: () => unknown(t('The object is not known.')),
};

function sequence(c: NativeContext, kind: 'list' | 'tuple' | 'set'): Value {
  if (c.call.positional.length === 0) return { kind, items: [] };
  const found = items(c, arg(c, 0));
  return found ? { kind, items: found } : unknown(reasonFor(arg(c, 0)));
}

function extreme(c: NativeContext, operator: '<' | '>'): Value {
  const all =
    c.call.positional.length === 1 ? items(c, arg(c, 0)) : c.call.positional.map(({ value }) => value);
  if (!all || all.length === 0 || c.call.keywords.size > 0) return unknown(reasonFor(arg(c, 0)));
  let best = all[0];
  for (const value of all.slice(1)) {
    const better = compare(c.machine, operator, value, best);
    if (better === undefined) return unknown(reasonFor(value.kind === 'unknown' ? value : best));
    if (better) best = value;
  }
  return best;
}

function quantified(c: NativeContext, wanted: boolean): Value {
  const found = items(c, arg(c, 0));
  if (!found) return unknown(reasonFor(arg(c, 0)));
  const scope = scopeOf(c, 'python');
  let isKnownAll = true;
  for (const value of found) {
    const answer = truth(value, scope);
    if (answer === wanted) return boolean(wanted);
    if (answer === undefined) isKnownAll = false;
  }
  return isKnownAll ? boolean(!wanted) : unknown(t('The condition is not known here.'));
}

const TYPE_NAMES: Readonly<Record<string, readonly Value['kind'][]>> = {
  int: ['int', 'boolean'],
  float: ['float'],
  str: ['string'],
  bool: ['boolean'],
  list: ['list'],
  tuple: ['tuple'],
  dict: ['dict'],
  set: ['set'],
};

function isInstance(value: Value, type: Value): Value {
  if (value.kind === 'unknown') return value;
  if (type.kind === 'tuple') {
    const answers = type.items.map((each) => isInstance(value, each));
    const yes = answers.find((answer) => answer.kind === 'boolean' && answer.value);
    if (yes) return yes;
    return answers.every((answer) => answer.kind === 'boolean')
      ? FALSE
      : unknown(t('The class is not known.'));
  }
  if (type.kind === 'class') {
    if (value.kind !== 'instance') return value.kind === 'tensor' ? boolean(type.name === 'Tensor') : FALSE;
    if (value.class.order.includes(type)) return boolean(true);
    return value.class.hasUnknownBase ? unknown(t('The class is not known.')) : FALSE;
  }
  if (type.kind === 'native') {
    if (type.function.name === 'torch.Tensor') return boolean(value.kind === 'tensor');
    const kinds = TYPE_NAMES[type.function.name];
    if (kinds) return boolean(kinds.includes(value.kind));
    if (['Iterable', 'Sequence', 'Mapping'].includes(type.function.name)) {
      const wanted =
        type.function.name === 'Mapping' ? ['dict'] : ['list', 'tuple', 'set', 'string', 'range', 'dict'];
      return boolean(wanted.includes(value.kind));
    }
  }
  return unknown(t('The class is not known.'));
}

const natives = new Map<string, Map<string, Value>>();

export function nativeOf(
  prefix: string,
  name: string,
  members: Readonly<Record<string, (c: NativeContext) => Value>>,
): Value | undefined {
  if (!Object.hasOwn(members, name)) return undefined;
  let known = natives.get(prefix);
  if (!known) {
    known = new Map();
    natives.set(prefix, known);
  }
  let value = known.get(name);
  if (!value) {
    value = native(name, members[name]);
    known.set(name, value);
  }
  return value;
}

export function builtinNamed(name: string, language: Language): Value | undefined {
  if (language === 'javascript') {
    return javascriptBuiltin(name);
  }
  if (name === '__name__') return string('__main__');
  return nativeOf('python', name, PYTHON);
}

/** Data classes: fields in the order in which they are written, given by position or by keyword, or by default. */
import { t } from '../../base/localize';
import type { ClassForm } from '../reading/form';
import type { CallArgs, NativeContext } from '../recipes/recipe';
import {
  type ClassValue,
  dict,
  type InstanceValue,
  type NativeValue,
  NONE,
  type Site,
  unknown,
  type Value,
} from '../values/values';
import { classAttribute } from './attributes';
import { callValue, plainArgs } from './calls';
import { callFunction } from './functions';
import type { Machine, Scope } from './machine';

const FIELD: NativeValue = { kind: 'native', function: { name: 'field', call: () => NONE } };

/** `dataclasses`: a field's description waits, as it was called, for the class to be made. */
export const DATACLASSES: Readonly<Record<string, (c: NativeContext) => Value>> = {
  field: (c) => ({
    kind: 'partial',
    callee: FIELD,
    args: [],
    keywords: new Map([...c.call.keywords].map(([name, { value }]) => [name, value] as const)),
  }),
  asdict: (c) => {
    const value = c.call.positional[0]?.value;
    if (value?.kind !== 'instance' || fieldsOf(value.class).size === 0)
      return unknown(t('The attributes of an instance are not listed.'));
    return dict([...fieldsOf(value.class).keys()].map((name) => [name, value.attributes.get(name) ?? NONE]));
  },
};

function isDataClass(form: ClassForm | undefined): boolean {
  return (form?.decorators ?? []).some((decorator) => {
    const callee = decorator.kind === 'call' ? decorator.callee : decorator;
    return (callee.kind === 'name' || callee.kind === 'attribute') && callee.name === 'dataclass';
  });
}

/** Fields by name, in order, with their defaults; an heir's default takes the place of its ancestor's. */
function fieldsOf(type: ClassValue): Map<string, Value | undefined> {
  const fields = new Map<string, Value | undefined>();
  for (const owner of [...type.order].reverse()) {
    if (!isDataClass(owner.form)) continue;
    for (const stmt of owner.form?.body ?? []) {
      if (stmt.kind === 'field' && stmt.name) fields.set(stmt.name, undefined);
      else if (stmt.kind === 'assign' && stmt.isAnnotated && stmt.targets[0]?.kind === 'name') {
        const { name } = stmt.targets[0];
        fields.set(name, owner.attributes.get(name));
      }
    }
  }
  return fields;
}

/** Gives a new instance of a class without a constructor its fields; a reason where that cannot be followed. */
export function takeFields(
  machine: Machine,
  type: ClassValue,
  instance: InstanceValue,
  args: CallArgs,
  site: Site,
  scope: Scope,
): string | undefined {
  const reason = t('The fields of {0} are not followed.', type.name);
  const fields = fieldsOf(type);
  if (fields.size === 0)
    return args.positional.length + args.keywords.size > 0 || args.unknownRest !== undefined
      ? reason
      : undefined;
  if (args.unknownRest !== undefined) return args.unknownRest;
  const given = new Map([...args.keywords].map(([name, { value }]) => [name, value] as const));
  const names = [...fields].flatMap(([name, value]) => (isTaken(value) ? [name] : []));
  if (args.positional.length > names.length || [...given.keys()].some((name) => !names.includes(name)))
    return reason;
  args.positional.forEach(({ value }, i) => {
    given.set(names[i], value);
  });
  for (const [name, value] of fields) {
    const found = given.get(name) ?? made(machine, value, site, scope);
    instance.attributes.set(name, found ?? unknown(t('The argument {0} is not given here.', name)));
  }
  const after = classAttribute(type, '__post_init__');
  if (after?.value.kind === 'function')
    callFunction(machine, after.value, plainArgs([], site), site, instance);
  return undefined;
}

/** A field that the constructor takes: all but those with `init=False`. */
function isTaken(value: Value | undefined): boolean {
  if (value?.kind !== 'partial' || value.callee !== FIELD) return true;
  const init = value.keywords.get('init');
  return !(init?.kind === 'boolean' && !init.value);
}

function made(machine: Machine, value: Value | undefined, site: Site, scope: Scope): Value | undefined {
  if (value?.kind !== 'partial' || value.callee !== FIELD) return value;
  const factory = value.keywords.get('default_factory');
  return factory
    ? callValue(machine, factory, plainArgs([], site), site, scope, '')
    : value.keywords.get('default');
}

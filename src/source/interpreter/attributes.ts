/** Attributes of every kind of value: read and written. */
import { t } from '../../base/localize';
import { frameworks, librarySource, moduleMember } from '../recipes/frameworks';
import type { ClassValue, InstanceValue, Site, Value } from '../values/values';
import { string, type TensorValue, unknown } from '../values/values';
import { plainArgs } from './calls';
import { reasonFor } from './expressions';
import { callFunction, initLayer } from './functions';
import { moduleNamed } from './imports';
import type { Machine, Scope } from './machine';
import { methodOf } from './methods';

/** The first class in the order that has the name, and what it has. */
export function classAttribute(
  type: ClassValue,
  name: string,
): { value: Value; owner: ClassValue } | undefined {
  for (const owner of type.order) {
    const value = owner.attributes.get(name);
    if (value !== undefined) return { value, owner };
    // What a framework class does itself hides nothing above it: there is only `object` above.
  }
  return undefined;
}

export function getAttribute(machine: Machine, object: Value, name: string, site: Site, scope: Scope): Value {
  switch (object.kind) {
    case 'unknown':
      return object;
    case 'module': {
      const own = object.environment?.names.get(name);
      if (own) return own;
      if (!object.environment && librarySource(object.name) !== undefined) {
        const library = moduleNamed(machine, object.name, 0, scope);
        const found = library.kind === 'module' ? library.environment?.names.get(name) : undefined;
        // `models.resnet` and `applications.vgg16` are modules with the same names in them.
        if (found) return found;
        if (/^[a-z0-9_]+$/.test(name) && !name.startsWith('preprocess')) return object;
      }
      const member = object.environment ? undefined : moduleMember(object.name, name);
      return member ?? unknown(t('{0}.{1} is not in the recipes.', object.name, name));
    }
    case 'instance':
      return instanceAttribute(machine, object, name, site, scope);
    case 'class': {
      const found = classAttribute(object, name);
      if (found)
        return found.value.kind === 'function' && isClassMethod(found.value)
          ? bound(object, found.value)
          : found.value;
      if (name === '__name__') return string(object.name);
      const recipe = object.order.find((c) => c.recipe)?.recipe;
      if (recipe) return nativeMember(machine, object, undefined, name) ?? missing(object.name, name);
      return missing(object.name, name);
    }
    case 'super':
      return superAttribute(machine, object.self, object.after, name);
    case 'tensor':
      return (
        frameworks[object.framework ?? 'pytorch'].tensorAttribute(machine, object, name, site) ??
        unknownTensorMember(machine, name, site)
      );
    case 'function':
      if (name === '__name__') return string(object.form.name);
      return (
        object.attributes.get(name) ??
        unknown(t('{0} has no attribute {1} that is known.', object.form.name, name))
      );
    default:
      return methodOf(machine, object, name, scope) ?? missing(object.kind, name);
  }
}

function unknownTensorMember(machine: Machine, name: string, site: Site): Value {
  const reason = t('The tensor method {0} is not in the recipes.', name);
  if (machine.muted === 0) {
    machine.unknownCalls.push({
      node: machine.nodes.length,
      site: machine.place(site),
      reason,
      callee: name,
      owners: machine.owners.slice(),
    });
  }
  return unknown(reason);
}

function missing(owner: string, name: string): Value {
  return unknown(t('{0} has no attribute {1} that is known.', owner, name));
}

function isClassMethod(value: Extract<Value, { kind: 'function' }>): boolean {
  return value.form.decorators.some((d) => d.kind === 'name' && d.name === 'classmethod');
}

function bound(self: Value, value: Value): Value {
  return value.kind === 'function' || value.kind === 'native'
    ? { kind: 'bound', self, function: value }
    : value;
}

function instanceAttribute(
  machine: Machine,
  object: InstanceValue,
  name: string,
  site: Site,
  scope: Scope,
): Value {
  const own = object.attributes.get(name);
  if (own) return own;
  const found = classAttribute(object.class, name);
  if (found) {
    if (found.value.kind !== 'function') return found.value;
    if (found.value.form.isProperty)
      return callFunction(machine, found.value, plainArgs([], site), site, object);
    if (found.value.form.isStatic) return found.value;
    return bound(isClassMethod(found.value) ? object.class : object, found.value);
  }
  if (name === '__class__') return object.class;
  if (name === '__dict__') return unknown(t('The attributes of an instance are not listed.'));
  if (object.layer) {
    const child = object.layer.children.find((c) => c.name === name);
    if (child) return child.value;
    const native = frameworks[object.layer.recipe.framework].instanceAttribute(
      machine,
      object,
      name,
      site,
      scope,
    );
    if (native) return native;
  }
  return missing(object.class.name, name);
}

/** `super().forward`, `super().__init__` and the like. */
function superAttribute(machine: Machine, self: Value, after: ClassValue, name: string): Value {
  const type = self.kind === 'instance' ? self.class : self.kind === 'class' ? self : undefined;
  if (!type) return unknown(reasonFor(self));
  const at = type.order.indexOf(after);
  for (const owner of type.order.slice(at + 1)) {
    const value = owner.attributes.get(name);
    if (value !== undefined) return bound(self, value);
    if (owner.recipe && self.kind === 'instance') {
      const native = nativeMember(machine, owner, self, name);
      if (native) return native;
    }
  }
  if (name === '__init__') return NOTHING;
  return missing('super', name);
}

const NOTHING: Value = { kind: 'native', function: { name: '__init__', call: () => ({ kind: 'none' }) } };

/** Members of a framework's own class, with the instance bound where there is one. */
function nativeMember(
  machine: Machine,
  type: ClassValue,
  self: InstanceValue | undefined,
  name: string,
): Value | undefined {
  const recipe = type.order.find((c) => c.recipe)?.recipe;
  if (!recipe) return undefined;
  if (name === '__init__') {
    return {
      kind: 'native',
      function: {
        name: '__init__',
        self,
        call: ({ call, machine: now }) => {
          // nn.Module.__init__(self) names the instance itself.
          const target = self ?? call.positional[0]?.value;
          const rest = self ? call : { ...call, positional: call.positional.slice(1) };
          if (target?.kind === 'instance') {
            const failed = initLayer(now, target, rest, recipe.name);
            if (failed?.kind === 'unknown' && target.layer) target.attributes.set('(unknown)', failed);
          }
          return { kind: 'none' };
        },
      },
    };
  }
  return frameworks[recipe.framework].classMember(machine, recipe, self, name);
}

/** Keeps a parameter as it is, or lets it be trained again. */
export function freeze(tensor: TensorValue, isFrozen: boolean): void {
  if (tensor.weight) tensor.weight.weight.isFrozen = isFrozen;
  else if (tensor.origin === 'parameter') tensor.isFrozen = isFrozen;
}

export function setAttribute(
  machine: Machine,
  object: Value,
  name: string,
  value: Value,
  scope: Scope,
): void {
  if (object.kind === 'tensor' && name === 'requires_grad' && value.kind === 'boolean')
    freeze(object, !value.value);
  if (object.kind === 'instance') {
    const at = object.layer?.children.findIndex((child) => child.name === name) ?? -1;
    if (object.layer && at >= 0) {
      machine.journal.touchChildren(object.layer.children);
      object.layer.children[at] = { name, value };
      return;
    }
    // A container registers what is assigned to it, in order, like any member.
    if (
      object.layer?.recipe.framework === 'pytorch' &&
      (object.layer.recipe.type === 'sequential' || object.layer.recipe.type === 'dict') &&
      value.kind === 'instance' &&
      value.layer
    ) {
      machine.journal.touchChildren(object.layer.children);
      object.layer.children.push({ name, value });
      return;
    }
    machine.journal.setAttribute(object, name, value);
    if (object.layer) frameworks[object.layer.recipe.framework].attributeSet?.(machine, object, name, value);
  } else if (object.kind === 'class') {
    // A framework's own class is shared between analyses and is never changed.
    if (!object.form) return;
    machine.memory?.disturbed(object);
    machine.journal.setName(object.attributes, name, value);
  } else if (object.kind === 'function') {
    machine.memory?.disturbed(object);
    machine.journal.setName(object.attributes, name, value);
  } else if (object.kind === 'module' && object.environment)
    machine.journal.setName(object.environment.names, name, value);
  void scope;
}

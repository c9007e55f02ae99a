/** The modules below a module and their parameters, in PyTorch's order and under its names. */
import { t } from '../../base/localize';
import type { Machine } from '../interpreter/machine';
import { type InstanceValue, NONE, type TensorValue, unknown, type Value } from '../values/values';
import { asTensor } from './arithmetic';
import type { CallArgs } from './recipe';

const NO_CHILDREN: readonly { name: string; value: InstanceValue }[] = [];

/** Modules inside a module, under their names, in the order in which PyTorch registers them. */
export function childrenOf(instance: InstanceValue): readonly { name: string; value: InstanceValue }[] {
  if (instance.attributes.size === 0 && instance.layer?.children.length === 0) return NO_CHILDREN;
  const children: { name: string; value: InstanceValue }[] = [];
  for (const { name, value } of instance.layer?.children ?? [])
    if (value.kind === 'instance' && value.layer) children.push({ name, value });
  for (const [name, value] of instance.attributes)
    if (value.kind === 'instance' && value.layer) children.push({ name, value });
  return children;
}

/** Parameters in PyTorch's order; following them takes long and only matters where a network is built. */
export function parametersOf(
  machine: Machine,
  instance: InstanceValue,
  item: (name: string, tensor: TensorValue) => Value,
): Value {
  if (!machine.followsStarts) return unknown(t('The list of parameters is not followed.'));
  const items = ownParameters(machine, instance).map(({ name, tensor }) => item(name, tensor));
  return { kind: 'iterator', items };
}

export function ownParameters(
  machine: Machine,
  instance: InstanceValue,
): { name: string; tensor: TensorValue }[] {
  return everyModule(instance).flatMap(({ name: path, value: owner }) => {
    const named = (name: string) => (path ? `${path}.${name}` : name);
    const own = [...owner.attributes].flatMap(([name, value]) =>
      value.kind === 'tensor' && value.origin === 'parameter' ? [{ name: named(name), tensor: value }] : [],
    );
    const weights = (owner.layer?.weights ?? []).filter(({ trainable }) => trainable);
    return [
      ...own,
      ...weights.map((weight) => ({
        name: named(weight.name),
        tensor: {
          ...machine.tensor(weight.shape, 'parameter', 'pytorch'),
          weight: { owner, weight },
          start: weight.start,
        },
      })),
    ];
  });
}

export function everyModule(root: InstanceValue): { name: string; value: InstanceValue }[] {
  const list: { name: string; value: InstanceValue }[] = [];
  const seen = new Set<InstanceValue>();
  const walk = (name: string, value: InstanceValue) => {
    if (seen.has(value) || list.length > 5000) return;
    seen.add(value);
    list.push({ name, value });
    for (const child of childrenOf(value)) walk(name ? `${name}.${child.name}` : child.name, child.value);
  };
  walk('', root);
  return list;
}

/** What a model is fed from outside stands for any numbers, whatever the example is made of. */
export function forgetNumbers(args: CallArgs): void {
  for (const { value } of [...args.positional, ...args.keywords.values()])
    if (value.kind === 'tensor' && value.origin !== 'parameter') value.start = undefined;
}

/** The tensors among a call's arguments: nearly always one, which every node keeps. */
export function tensorsGiven(machine: Machine, args: CallArgs): TensorValue[] {
  if (args.positional.length === 1 && args.keywords.size === 0) {
    const only = asTensor(machine, args.positional[0].value, 'pytorch');
    return only ? [only] : [];
  }
  return [...args.positional, ...args.keywords.values()].flatMap(
    ({ value }) => asTensor(machine, value, 'pytorch') ?? [],
  );
}

/** Puts modules behind those of a container. */
export function grow(machine: Machine, instance: InstanceValue, items: readonly Value[]): Value {
  const { layer } = instance;
  if (!layer) return NONE;
  machine.journal.touchChildren(layer.children);
  for (const value of items) layer.children.push({ name: String(layer.children.length), value });
  return instance;
}

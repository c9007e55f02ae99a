/** How PyTorch's modules behave: calls, containers, attributes, tensors' own attributes. */
import { t } from '../../base/localize';
import { classAttribute, freeze, getAttribute, setAttribute } from '../interpreter/attributes';
import { callValue, plainArgs } from '../interpreter/calls';
import { callFunction } from '../interpreter/functions';
import type { Machine, Scope } from '../interpreter/machine';
import { native } from '../interpreter/methods';
import { iterate } from '../interpreter/sequences';
import {
  boolean,
  type ClassValue,
  type InstanceValue,
  int,
  NONE,
  string,
  type TensorValue,
  tuple,
  unknown,
  type Value,
} from '../values/values';
import type { CallContext, FrameworkHooks } from './hooks';
import { pytorchLayers } from './pytorch';
import { tensorMethod } from './pytorchFunctions';
import {
  childrenOf,
  everyModule,
  forgetNumbers,
  grow,
  ownParameters,
  parametersOf,
  tensorsGiven,
} from './pytorchParameters';

import { Args, type CallArgs, NO_SITES } from './recipe';

/** Methods that hand back the module itself. */
const THROUGH = new Set(
  'to cuda cpu train eval half float double share_memory bfloat16 type xpu zero_grad compile'.split(' '),
);

function callInstance({ machine, instance, args, site, scope, text }: CallContext): Value {
  const failed = instance.attributes.get('(unknown)');
  if (failed) return failed;
  const layer = instance.layer;
  if (!layer) return unknown(t('{0} is not something that can be called.', text));
  const { recipe } = layer;
  const forward = classAttribute(instance.class, 'forward') ?? instanceForward(instance);
  if (machine.owners.length === 0) forgetNumbers(args);
  machine.owners.push(instance);
  try {
    if (forward?.value.kind === 'function') return callFunction(machine, forward.value, args, site, instance);
    if (recipe.type === 'sequential') return runSequence(machine, instance, args, scope);
  } finally {
    machine.owners.pop();
  }
  if (recipe.type !== 'layer' || !recipe.rule) {
    const name = instance.class.name;
    return unknown(t('{0} has no forward method that can be read.', name));
  }
  const inputs = tensorsGiven(machine, args);
  if (inputs.length === 0) return unknown(t('{0} is not given a tensor here.', text || recipe.name));
  const bound = layer.bound ?? new Args(layer.args, NO_SITES);
  if (recipe.builds === 'called' && !layer.weights) layer.weights = recipe.weights?.(bound, inputs);
  const { rule } = recipe;
  const outputs = machine.emit({
    inputs,
    rule: (given) => rule(given, bound),
    callee: `nn.${recipe.name}`,
    framework: 'pytorch',
    site,
    weights: layer.weights,
    instance,
  });
  if (recipe.returns === 'tuple') return tuple(outputs);
  return recipe.returns ? recipe.returns(outputs, bound) : outputs[0];
}

function instanceForward(instance: InstanceValue): { value: Value } | undefined {
  const value = instance.attributes.get('forward');
  return value && { value };
}

function runSequence(machine: Machine, instance: InstanceValue, args: CallArgs, scope: Scope): Value {
  const first = args.positional[0];
  if (!first) return unknown(t('{0} is not given a tensor here.', 'nn.Sequential'));
  let value = first.value;
  for (const child of instance.layer?.children ?? []) {
    const made = child.value.kind === 'instance' ? child.value.made : undefined;
    const site = made ?? first.site;
    value = callValue(machine, child.value, plainArgs([value], site), site, scope, '');
  }
  return value;
}

/** Fills a container from its arguments. */
function made(machine: Machine, instance: InstanceValue, args: Args, call: CallArgs): Value | undefined {
  const layer = instance.layer;
  if (!layer) return undefined;
  const { type } = layer.recipe;
  if (type === 'sequential') {
    if (call.unknownRest !== undefined) return unknown(call.unknownRest);
    const [first] = call.positional;
    if (call.positional.length === 1 && first?.value.kind === 'dict') {
      for (const { key, value } of first.value.entries.values())
        if (key.kind === 'string') layer.children.push({ name: key.value, value });
    } else call.positional.forEach(({ value }, i) => void layer.children.push({ name: String(i), value }));
  } else if (type === 'list') {
    const given = args.get('modules');
    const items = given.kind === 'none' ? [] : iterate(machine, given);
    if (!items) return unknown(t('The modules of the list are not known.'));
    items.forEach((value, i) => void layer.children.push({ name: String(i), value }));
  } else if (type === 'dict') {
    const given = args.get('modules');
    if (given.kind === 'dict') {
      for (const { key, value } of given.entries.values())
        if (key.kind === 'string') layer.children.push({ name: key.value, value });
    } else if (given.kind !== 'none') {
      for (const pair of iterate(machine, given) ?? []) {
        const [key, value] = iterate(machine, pair) ?? [];
        if (key?.kind === 'string' && value) layer.children.push({ name: key.value, value });
      }
    }
  }
  return undefined;
}

function instanceAttribute(machine: Machine, instance: InstanceValue, name: string): Value | undefined {
  const { layer } = instance;
  if (!layer) return undefined;
  if (THROUGH.has(name)) return native(name, () => instance, instance);
  if (name === 'training' && machine.training !== undefined) return boolean(machine.training);
  const member = METHODS[name];
  if (member && Object.hasOwn(METHODS, name))
    return native(name, (c) => member(c.machine, instance, c.call), instance);
  const container = CONTAINER[name];
  if (
    container &&
    Object.hasOwn(CONTAINER, name) &&
    layer.recipe.type !== 'layer' &&
    layer.recipe.type !== 'base'
  )
    return native(name, (c) => container(c.machine, instance, c.call), instance);
  const weight = layer.weights?.find((w) => w.name === name);
  if (weight)
    return {
      ...machine.tensor(weight.shape, 'parameter', 'pytorch'),
      weight: { owner: instance, weight },
      start: weight.start,
    };
  if (name === 'bias' && layer.recipe.type === 'layer') return NONE;
  const arg = layer.args.get(name);
  if (layer.recipe.type !== 'layer') return undefined;
  // A convolution keeps one size for every direction as a tuple.
  const rank = WINDOWS.has(name) ? /Conv(?:Transpose)?([123])d$/.exec(layer.recipe.name)?.[1] : undefined;
  return rank && arg?.kind === 'int' ? tuple(new Array<Value>(Number(rank)).fill(arg)) : arg;
}

const WINDOWS = new Set(['kernel_size', 'stride', 'padding', 'dilation', 'output_padding']);

type Method = (machine: Machine, instance: InstanceValue, call: CallArgs) => Value;

const METHODS: Readonly<Record<string, Method>> = {
  __setattr__: (machine, instance, call) => {
    const [name, value] = call.positional.map((given) => given.value);
    if (name?.kind === 'string' && value) setAttribute(machine, instance, name.value, value, NO_SCOPE);
    return NONE;
  },
  __getattr__: (machine, instance, call) => {
    const name = call.positional[0]?.value;
    return name?.kind === 'string'
      ? getAttribute(machine, instance, name.value, machine.at, NO_SCOPE)
      : unknown(t('The name of the attribute is not known.'));
  },
  add_module: (machine, instance, call) => {
    const [name, module] = call.positional.map(({ value }) => value);
    const key = name ?? call.keywords.get('name')?.value;
    const value = module ?? call.keywords.get('module')?.value;
    if (key?.kind !== 'string' || !value) return unknown(t('The name of the module is not known.'));
    if (instance.layer && instance.layer.recipe.type !== 'base') {
      machine.journal.touchChildren(instance.layer.children);
      instance.layer.children.push({ name: key.value, value });
    } else machine.journal.setAttribute(instance, key.value, value);
    return NONE;
  },
  apply: (machine, instance, call) => {
    const [callee] = call.positional.map(({ value }) => value);
    if (!machine.followsStarts) return instance;
    // The innermost modules come first, as in PyTorch.
    if (callee && callee.kind !== 'unknown')
      for (const { value } of everyModule(instance).reverse())
        callValue(machine, callee, plainArgs([value], machine.at), machine.at, NO_SCOPE, 'apply');
    else if (instance.layer) instance.layer.wrapped = t('it is not known how its weights start.');
    return instance;
  },
  register_module: (machine, instance, call) => METHODS.add_module(machine, instance, call),
  register_buffer: (machine, instance, call) => {
    const [name, value] = call.positional.map((p) => p.value);
    if (name?.kind === 'string' && value) machine.journal.setAttribute(instance, name.value, value);
    return NONE;
  },
  register_parameter: (machine, instance, call) => METHODS.register_buffer(machine, instance, call),
  parameters: (machine, instance) => parametersOf(machine, instance, (_, tensor) => tensor),
  named_parameters: (machine, instance) =>
    parametersOf(machine, instance, (name, tensor) => tuple([string(name), tensor])),
  requires_grad_: (machine, instance, call) => {
    const given = call.positional[0]?.value ?? call.keywords.get('requires_grad')?.value;
    const isFrozen = given?.kind === 'boolean' && !given.value;
    for (const { tensor } of ownParameters(machine, instance)) freeze(tensor, isFrozen);
    return instance;
  },
  state_dict: () => unknown(t('The list of parameters is not followed.')),
  load_state_dict: () => NONE,
  children: (_, instance) => ({ kind: 'iterator', items: childrenOf(instance).map(({ value }) => value) }),
  named_children: (_, instance) => ({
    kind: 'iterator',
    items: childrenOf(instance).map(({ name, value }) => tuple([string(name), value])),
  }),
  modules: (_, instance) => ({ kind: 'iterator', items: everyModule(instance).map(({ value }) => value) }),
  named_modules: (_, instance) => ({
    kind: 'iterator',
    items: everyModule(instance).map(({ name, value }) => tuple([string(name), value])),
  }),
  extra_repr: () => string(''),
};

const CONTAINER: Readonly<Record<string, Method>> = {
  append: (machine, instance, call) =>
    grow(
      machine,
      instance,
      call.positional.map(({ value }) => value),
    ),
  extend: (machine, instance, call) => {
    const items = call.positional[0] && iterate(machine, call.positional[0].value);
    return grow(machine, instance, items ?? [unknown(t('The modules of the list are not known.'))]);
  },
  insert: (machine, instance, call) => {
    const [at, module] = call.positional.map(({ value }) => value);
    const { layer } = instance;
    if (!layer || at?.kind !== 'int' || typeof at.value !== 'number' || !module) return NONE;
    machine.journal.touchChildren(layer.children);
    const values = layer.children.map(({ value }) => value);
    values.splice(at.value, 0, module);
    layer.children.splice(
      0,
      layer.children.length,
      ...values.map((value, i) => ({ name: String(i), value })),
    );
    return NONE;
  },
  keys: (_, instance) => ({
    kind: 'list',
    items: (instance.layer?.children ?? []).map(({ name }) => string(name)),
  }),
  values: (_, instance) => ({
    kind: 'list',
    items: (instance.layer?.children ?? []).map(({ value }) => value),
  }),
  items: (_, instance) => ({
    kind: 'list',
    items: (instance.layer?.children ?? []).map(({ name, value }) => tuple([string(name), value])),
  }),
  update: (machine, instance, call) => {
    const given = call.positional[0]?.value;
    const { layer } = instance;
    if (!layer || given?.kind !== 'dict') return NONE;
    machine.journal.touchChildren(layer.children);
    for (const { key, value } of given.entries.values())
      if (key.kind === 'string') layer.children.push({ name: key.value, value });
    return NONE;
  },
};

/** A part of a Sequential is a Sequential, of a ModuleList a ModuleList. */
function containerSlice(
  machine: Machine,
  instance: InstanceValue,
  part: { name: string; value: Value }[],
): Value {
  const { layer } = instance;
  if (!layer) return NONE;
  return {
    kind: 'instance',
    id: machine.id(),
    class: pytorchClass(layer.recipe.name) ?? instance.class,
    attributes: new Map(),
    made: instance.made,
    layer: {
      ...layer,
      children: part.map(({ value }, i) => ({ name: String(i), value })),
      weights: undefined,
    },
  };
}

function tensorAttribute(machine: Machine, tensor: TensorValue, name: string): Value | undefined {
  switch (name) {
    case 'shape':
      return tensor.shape
        ? tuple(tensor.shape.map(int))
        : unknown(tensor.reason ?? t('The shape of the input is not known.'));
    case 'size':
      return native('size', (c) => {
        if (!tensor.shape) return unknown(tensor.reason ?? t('The shape of the input is not known.'));
        const axis = c.call.positional[0]?.value ?? c.call.keywords.get('dim')?.value;
        if (!axis) return tuple(tensor.shape.map(int));
        const at =
          axis.kind === 'int' && typeof axis.value === 'number' ? tensor.shape.at(axis.value) : undefined;
        return at === undefined ? unknown(t('The index is not known.')) : int(at);
      });
    case 'dim':
    case 'ndimension':
      return native(name, () => (tensor.shape ? int(tensor.shape.length) : unknown(tensor.reason ?? '')));
    case 'ndim':
      return tensor.shape ? int(tensor.shape.length) : unknown(tensor.reason ?? '');
    case 'data': {
      const method = tensor.origin === 'node' ? tensorMethod('detach') : undefined;
      return method
        ? callValue(machine, method, plainArgs([tensor], machine.at), machine.at, NO_SCOPE, '.data')
        : tensor;
    }
    case 'device':
    case 'dtype':
      return unknown(t('The {0} of a tensor is not followed.', name));
    case 'T': {
      const method = tensorMethod('t');
      return method && callValue(machine, method, plainArgs([tensor], machine.at), machine.at, NO_SCOPE, 'T');
    }
    default: {
      const method = tensorMethod(name);
      return method?.kind === 'native' ? { kind: 'bound', self: tensor, function: method } : undefined;
    }
  }
}

// `callValue` needs a scope only for functions of the file.
const NO_SCOPE = { file: '', language: 'python' } as Scope;

const classes = new Map<string, ClassValue>();

/** The class value of a layer of torch.nn. */
export function pytorchClass(name: string): ClassValue | undefined {
  if (!Object.hasOwn(pytorchLayers, name)) return undefined;
  const known = classes.get(name);
  if (known) return known;
  const order: ClassValue[] = [];
  const value: ClassValue = {
    kind: 'class',
    name,
    bases: [],
    attributes: new Map(),
    file: '',
    recipe: pytorchLayers[name],
    order,
    hasUnknownBase: false,
  };
  order.push(value);
  if (name !== 'Module') {
    const base = pytorchClass('Module');
    if (base) order.push(base);
  }
  classes.set(name, value);
  return value;
}

export const pytorchHooks: FrameworkHooks = {
  callInstance,
  instanceAttribute,
  tensorAttribute,
  containerSlice,
  made,
  classMember: (machine, _, self, name) => {
    if (name === 'forward' && self)
      return native('forward', (c) => callInstanceAs(c.machine, self, c.call, c.site), self);
    if (self) return instanceAttribute(machine, self, name);
    return undefined;
  },
};

/** `super().forward(x)` of a class that derives from a layer. */
function callInstanceAs(
  machine: Machine,
  self: InstanceValue,
  call: CallArgs,
  site: CallContext['site'],
): Value {
  const recipe = self.layer?.recipe;
  const plain = recipe && pytorchClass(recipe.name);
  if (!plain) return unknown(t('{0} has no forward method that can be read.', self.class.name));
  const stand: InstanceValue = { ...self, class: plain };
  return callInstance({ machine, instance: stand, args: call, site, scope: NO_SCOPE, text: plain.name });
}

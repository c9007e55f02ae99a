/**
 * Calls of Keras' and TensorFlow.js' layers and models: layers build at their first call, functional models are run
 * again on other tensors, subclasses have their `build` and `call` read.
 */
import { t } from '../../base/localize';
import { classAttribute } from '../interpreter/attributes';
import { callValue, plainArgs } from '../interpreter/calls';
import { callFunction } from '../interpreter/functions';
import type { Machine, Scope } from '../interpreter/machine';
import { multiply } from '../values/dims';
import {
  boolean,
  type FunctionValue,
  type InstanceValue,
  int,
  list,
  NONE,
  type Site,
  type TensorValue,
  tuple,
  unknown,
  type Value,
  type Weight,
} from '../values/values';
import { asTensor } from './arithmetic';
import type { CallContext } from './hooks';
import { nodesBetween } from './kerasModules';
import { forgetNumbers } from './pytorchParameters';
import { Args, type CallArgs, type Framework, NO_SITES } from './recipe';

export function callInstance(context: CallContext): Value {
  const { machine, instance, args, text } = context;
  const failed = instance.attributes.get('(unknown)');
  if (failed) return failed;
  const { layer } = instance;
  if (!layer) return unknown(t('{0} is not something that can be called.', text));
  const { recipe } = layer;
  if (machine.owners.length === 0) forgetNumbers(args);
  const first = args.positional[0]?.value ?? args.keywords.get('inputs')?.value ?? NONE;
  // Attention looks at several tensors, which are arguments of their own.
  const input = recipe.name === 'MultiHeadAttention' ? list(everyArgument(args)) : first;
  const told = args.keywords.get('training')?.value;
  const before = machine.toldTraining;
  if (told?.kind === 'boolean') machine.toldTraining = told.value;
  try {
    return callAs(context, input);
  } finally {
    machine.toldTraining = before;
  }
}

/** The call itself: a method of the file, a graph, a chain of layers, or a layer of the framework. */
function callAs({ machine, instance, args, site, scope, text }: CallContext, input: Value): Value {
  const { layer } = instance;
  if (!layer) return unknown(t('{0} is not something that can be called.', text));
  const { recipe } = layer;
  const own = classAttribute(instance.class, 'call');
  if (own?.value.kind === 'function') {
    buildOwn(machine, instance, input, site);
    machine.owners.push(instance);
    try {
      return callFunction(machine, own.value, withTraining(machine, own.value, args, site), site, instance);
    } finally {
      machine.owners.pop();
    }
  }
  if (layer.functional) return replay(machine, instance, tensorsIn(machine, input, recipe.framework), site);
  switch (recipe.type) {
    case 'sequential':
      return runSequence(machine, instance, input, scope, site);
    case 'wrapper':
      return callWrapper({ machine, instance, args, site, scope, text }, input);
    case 'layer':
      return callLayer(machine, instance, input, site, text);
    default:
      return unknown(t('{0} has no call method that can be read.', instance.class.name));
  }
}

/** Keras tells a `call` that asks for it whether it is trained, unless the caller does. */
function withTraining(machine: Machine, call: FunctionValue, args: CallArgs, site: Site): CallArgs {
  const told = machine.toldTraining ?? machine.training;
  const at = call.form.params.findIndex((param) => param.name === 'training') - 1;
  const isGiven = args.keywords.has('training') || args.positional.length > at;
  if (told === undefined || at < 0 || isGiven) return args;
  return { ...args, keywords: new Map([...args.keywords, ['training', { value: boolean(told), site }]]) };
}

/** Tensors among a call's arguments, in their order; a mask among them too. */
function everyArgument(args: CallArgs): Value[] {
  const all = [...args.positional, ...args.keywords.values()].map(({ value }) => value);
  return all.filter((value) => value.kind === 'tensor' || value.kind === 'unknown');
}

/** A subclass' `build`, once, with the shape that it would get. */
export function buildOwn(machine: Machine, instance: InstanceValue, input: Value, site: Site): void {
  const { layer } = instance;
  if (!layer || layer.built) return;
  layer.built = true;
  const build = classAttribute(instance.class, 'build');
  if (build?.value.kind !== 'function') return;
  const shape = shapeOf(input);
  const before = new Set(layer.weights);
  machine.owners.push(instance);
  callFunction(machine, build.value, plainArgs([shape], site), site, instance);
  machine.owners.pop();
  layer.buildWeights = new Set((layer.weights ?? []).filter((weight) => !before.has(weight)));
}

export function shapeOf(input: Value): Value {
  if (input.kind === 'tensor')
    return input.shape
      ? tuple(input.shape.map(int))
      : unknown(input.reason ?? t('The shape of the input is not known.'));
  if (input.kind === 'list' || input.kind === 'tuple') return list(input.items.map(shapeOf));
  return unknown(t('The shape of the input is not known.'));
}

/** The tensors in a call's argument: one, or a list or dict of them. */
export function tensorsIn(machine: Machine, value: Value, framework: Framework): TensorValue[] {
  if (value.kind === 'dict')
    return [...value.entries.values()].flatMap((entry) => tensorsIn(machine, entry.value, framework));
  if (value.kind === 'list' || value.kind === 'tuple')
    return value.items.flatMap((item) => tensorsIn(machine, item, framework));
  const tensor = asTensor(machine, value, framework);
  return tensor ? [tensor] : [];
}

export function callLayer(
  machine: Machine,
  instance: InstanceValue,
  input: Value,
  site: Site,
  text: string,
): Value {
  const { layer } = instance;
  const recipe = layer?.recipe;
  if (!layer || !recipe?.rule) return unknown(t('{0} is not something that can be called.', text));
  const inputs = tensorsIn(machine, input, recipe.framework);
  if (inputs.length === 0) return unknown(t('{0} is not given a tensor here.', text || recipe.name));
  const bound = layer.bound ?? new Args(layer.args, NO_SITES);
  if (!layer.weights && recipe.weights) layer.weights = recipe.weights(bound, inputs);
  const { rule } = recipe;
  return machine.emit({
    inputs: recipe.merges ? inputs : inputs.slice(0, 1),
    rule: (given) => rule(given, bound),
    callee: recipe.framework === 'tfjs' ? `tf.layers.${recipe.name}` : `layers.${recipe.name}`,
    framework: recipe.framework,
    site,
    weights: layer.weights,
    instance,
  })[0];
}

export function runSequence(
  machine: Machine,
  instance: InstanceValue,
  input: Value,
  scope: Scope,
  site: Site,
): Value {
  let value = input;
  machine.owners.push(instance);
  try {
    for (const child of instance.layer?.children ?? []) {
      if (child.value.kind === 'tensor') continue;
      if (child.value.kind === 'instance' && child.value.layer?.recipe.name === 'InputLayer') continue;
      const made = child.value.kind === 'instance' ? child.value.made : undefined;
      const where = made ?? site;
      value = callValue(machine, child.value, plainArgs([value], where), where, scope, '');
    }
  } finally {
    machine.owners.pop();
  }
  return value;
}

/** Runs a functional model's graph again on other tensors, with the same layers. */
export function replay(
  machine: Machine,
  instance: InstanceValue,
  inputs: readonly TensorValue[],
  site: Site,
): Value {
  const functional = instance.layer?.functional;
  if (!functional) return unknown(t('{0} is not something that can be called.', instance.class.name));
  const known = new Map<number, TensorValue>();
  functional.inputs.forEach((tensor, i) => {
    if (inputs[i]) known.set(tensor.id, inputs[i]);
  });
  const base = machine.owners.slice();
  for (const node of nodesBetween(functional.inputs, functional.outputs)) {
    const rule = machine.rules.get(node);
    machine.owners.splice(0, machine.owners.length, ...base, instance, ...node.owners);
    const given = node.inputs.map((tensor) => known.get(tensor.id) ?? tensor);
    const layer = node.instance?.layer;
    // Layers that were forgotten for another input are built again.
    if (layer && !layer.weights)
      layer.weights = layer.recipe.weights?.(layer.bound ?? new Args(layer.args, NO_SITES), given);
    const outputs = machine.emit({
      inputs: given,
      rule: rule ?? (() => ({ op: node.op, shapes: node.outputs.map(() => undefined) })),
      callee: node.callee,
      framework: node.framework,
      site: machine.muted > 0 || base.length === 0 ? node.site : site,
      weights: layer?.weights ?? node.weights,
      instance: node.instance,
    });
    node.outputs.forEach((output, i) => void known.set(output.id, outputs[i]));
  }
  machine.owners.splice(0, machine.owners.length, ...base);
  const results = functional.outputs.map((tensor) => known.get(tensor.id) ?? tensor);
  return results.length === 1 ? results[0] : list(results);
}

export function callWrapper({ machine, instance, site, scope }: CallContext, input: Value): Value {
  const layer = instance.layer;
  const inner = layer?.args.get(layer.recipe.name === 'Lambda' ? 'function' : 'layer');
  if (!layer || !inner) return unknown(t('The wrapped layer is not known.'));
  if (layer.recipe.name === 'Lambda') {
    const extra = layer.args.get('arguments');
    const keywords = new Map<string, { value: Value; site: Site }>();
    if (extra?.kind === 'dict')
      for (const { key, value } of extra.entries.values())
        if (key.kind === 'string') keywords.set(key.value, { value, site });
    return callValue(
      machine,
      inner,
      { positional: [{ value: input, site }], keywords },
      site,
      scope,
      'Lambda',
    );
  }
  const tensor = asTensor(machine, input, layer.recipe.framework);
  if (layer.recipe.name === 'TimeDistributed') {
    const shape = tensor?.shape;
    if (!tensor || !shape) return unknown(tensor?.reason ?? t('The shape of the input is not known.'));
    const [step] = machine.emit({
      inputs: [tensor],
      rule: () => ({ op: 'slice', shapes: [[shape[0], ...shape.slice(2)]] }),
      callee: 'TimeDistributed',
      framework: tensor.framework ?? 'keras',
      site,
    });
    const result = callValue(machine, inner, plainArgs([step], site), site, scope, 'TimeDistributed');
    if (result.kind !== 'tensor' || !result.shape) return result;
    const after = result.shape;
    return machine.emit({
      inputs: [result],
      rule: () => ({ op: 'stack', shapes: [[after[0], shape[1], ...after.slice(1)]] }),
      callee: 'TimeDistributed',
      framework: tensor.framework ?? 'keras',
      site,
    })[0];
  }
  return bidirectional(machine, instance, inner, input, site, scope);
}

export function bidirectional(
  machine: Machine,
  instance: InstanceValue,
  inner: Value,
  input: Value,
  site: Site,
  scope: Scope,
): Value {
  const within = (inner.kind === 'instance' && inner.made) || site;
  const once = callValue(machine, inner, plainArgs([input], within), within, scope, 'Bidirectional');
  if (once.kind !== 'tensor' || !once.shape || inner.kind !== 'instance' || !inner.layer || !instance.layer)
    return once;
  const mode = instance.layer.args.get('merge_mode');
  if (!instance.layer.weights) {
    instance.layer.weights = (inner.layer.weights ?? []).map(
      (w): Weight => ({ ...w, name: `backward/${w.name}` }),
    );
  }
  const { shape } = once;
  const isJoined = mode?.kind === 'string' && mode.value === 'concat';
  const last = shape[shape.length - 1];
  return machine.emit({
    inputs: [once],
    rule: () => ({
      op: 'bidirectional',
      shapes: [
        isJoined ? [...shape.slice(0, -1), multiply(last, 2)] : mode?.kind === 'string' ? shape : undefined,
      ],
    }),
    callee: 'layers.Bidirectional',
    framework: 'keras',
    site,
    weights: instance.layer.weights,
    instance,
  })[0];
}

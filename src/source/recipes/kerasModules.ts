/**
 * How Keras' and TensorFlow.js' objects behave: layers that build at their first call, functional models that can
 * be called again on other tensors, sequential models, subclasses with build and call.
 */
import { t } from '../../base/localize';
import type { Machine, Scope } from '../interpreter/machine';
import { native } from '../interpreter/methods';
import { iterate } from '../interpreter/sequences';
import { type Dim, symbol } from '../values/dims';
import type { TraceNode } from '../values/trace';
import {
  type ClassValue,
  FALSE,
  type InstanceValue,
  list,
  NONE,
  type Site,
  string,
  type TensorValue,
  TRUE,
  unknown,
  type Value,
} from '../values/values';
import type { FrameworkHooks } from './hooks';
import { kerasLayers } from './keras';
import { callInstance, runSequence, shapeOf, tensorsIn } from './kerasCalls';
import { kerasMethods, weightMethods } from './kerasMethods';
import { type Args, type CallArgs, dimOf, type LayerRecipe } from './recipe';

/** Sub-layers of a layer, under their names, those in lists and dicts included. */
export function sublayersOf(instance: InstanceValue): { name: string; value: InstanceValue }[] {
  const found: { name: string; value: InstanceValue }[] = [];
  const walk = (name: string, value: Value, depth: number) => {
    if (value.kind === 'instance' && value.layer) found.push({ name, value });
    else if ((value.kind === 'list' || value.kind === 'tuple') && depth < 3)
      value.items.forEach((item, i) => void walk(`${name}/${i}`, item, depth + 1));
    else if (value.kind === 'dict' && depth < 3)
      for (const { key, value: item } of value.entries.values())
        if (key.kind === 'string') walk(`${name}/${key.value}`, item, depth + 1);
  };
  for (const child of instance.layer?.children ?? []) walk(child.name, child.value, 0);
  for (const [name, value] of instance.attributes) walk(name, value, 0);
  const { functional } = instance.layer ?? {};
  if (functional) {
    for (const node of nodesBetween(functional.inputs, functional.outputs)) {
      const outer = node.owners[0] ?? node.instance;
      if (outer?.layer && !found.some(({ value }) => value === outer))
        found.push({ name: outer.layer.name ?? '', value: outer });
    }
  }
  return found;
}

/** The nodes that lead from the inputs to the outputs, in the order in which they were made. */
export function nodesBetween(
  inputs: readonly TensorValue[],
  outputs: readonly TensorValue[],
): readonly TraceNode[] {
  const known = between.get(outputs);
  if (known) return known;
  const found = walkBetween(inputs, outputs);
  between.set(outputs, found);
  return found;
}

/** A functional model's ends never change; its list of outputs stands for it. */
const between = new WeakMap<readonly TensorValue[], readonly TraceNode[]>();

function walkBetween(inputs: readonly TensorValue[], outputs: readonly TensorValue[]): TraceNode[] {
  const nodes = new Set<TraceNode>();
  const pending = outputs.flatMap((tensor) => (tensor.node ? [tensor.node] : []));
  const ends = new Set(inputs.map((tensor) => tensor.id));
  while (pending.length > 0) {
    const node = pending.pop();
    if (!node || nodes.has(node) || node.outputs.every((output) => ends.has(output.id))) continue;
    nodes.add(node);
    for (const input of node.inputs) if (input.node && !ends.has(input.id)) pending.push(input.node);
  }
  return [...nodes].sort((a, b) => a.id - b.id);
}

/** Names a layer, and takes the members of a model. */
function made(machine: Machine, instance: InstanceValue, args: Args, call: CallArgs): Value | undefined {
  const { layer } = instance;
  if (!layer) return undefined;
  const given = args.get('name');
  const stem = snake(layer.recipe.framework === 'tfjs' ? layer.recipe.name : instance.class.name);
  if (given.kind === 'string') layer.name = given.value;
  else {
    const count = machine.count(stem);
    layer.name =
      count === 0 && layer.recipe.framework !== 'tfjs'
        ? stem
        : layer.recipe.framework === 'tfjs'
          ? `${stem}_${count + 1}`
          : `${stem}_${count}`;
  }
  if (args.get('trainable').kind === 'boolean') layer.trainable = args.flag('trainable') !== false;
  if (layer.recipe.type === 'sequential') {
    const layers = args.get('layers');
    const items = layers.kind === 'none' ? [] : iterate(machine, layers);
    if (!items) return unknown(t('The layers of the model are not known.'));
    for (const value of items) layer.children.push({ name: nameOf(value, layer.children.length), value });
  }
  if (layer.recipe.type === 'model') {
    const positional = call.positional.map(({ value }) => value);
    const inputs =
      args.get('inputs').kind !== 'none'
        ? args.get('inputs')
        : args.get('input').kind !== 'none'
          ? args.get('input')
          : (positional[0] ?? NONE);
    const outputs =
      args.get('outputs').kind !== 'none'
        ? args.get('outputs')
        : args.get('output').kind !== 'none'
          ? args.get('output')
          : (positional[1] ?? NONE);
    if (outputs.kind === 'unknown') return unknown(outputs.reason);
    const ends = {
      inputs: tensorsIn(machine, inputs, layer.recipe.framework),
      outputs: tensorsIn(machine, outputs, layer.recipe.framework),
    };
    if (ends.inputs.length > 0 && ends.outputs.length > 0) layer.functional = ends;
  }
  return undefined;
}

export function nameOf(value: Value, index: number): string {
  return value.kind === 'instance' ? (value.layer?.name ?? String(index)) : String(index);
}

const stems = new Map<string, string>();

function snake(name: string): string {
  const known = stems.get(name);
  if (known !== undefined) return known;
  const stem = name
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  stems.set(name, stem);
  return stem;
}

/** The shape that a first layer asks for (`input_shape=(28, 28, 1)`), with the batch in front. */
export function declaredInput(machine: Machine, value: Value): readonly Dim[] | undefined {
  if (value.kind === 'tensor') return value.shape;
  if (value.kind !== 'instance' || !value.layer) return undefined;
  const { args } = value.layer;
  const sizes = (name: string): Dim[] | undefined => {
    const given = args.get(name);
    if (given?.kind !== 'tuple' && given?.kind !== 'list') return undefined;
    return given.items.map((item, i) =>
      item.kind === 'none' ? symbol(`d${machine.id()}_${i}`) : dimOf(item, name),
    );
  };
  const batched = sizes('batch_input_shape') ?? sizes('batch_shape') ?? sizes('batchInputShape');
  if (batched)
    return [args.get('batch_input_shape')?.kind === 'none' ? symbol('N') : symbol('N'), ...batched.slice(1)];
  const shape =
    sizes('input_shape') ??
    sizes('inputShape') ??
    (value.layer.recipe.name === 'InputLayer' ? sizes('shape') : undefined);
  if (shape) return [symbol('N'), ...shape];
  const features = args.get('input_dim') ?? args.get('inputDim');
  if (features?.kind === 'int' && value.layer.recipe.name !== 'Embedding')
    return [symbol('N'), features.value];
  const first = value.layer.children[0];
  return first ? declaredInput(machine, first.value) : value.layer.functional?.inputs[0]?.shape;
}

function instanceAttribute(
  machine: Machine,
  instance: InstanceValue,
  name: string,
  site: Site,
  scope: Scope,
): Value | undefined {
  const { layer } = instance;
  if (!layer) return undefined;
  switch (name) {
    case 'name':
      return layer.name === undefined ? undefined : string(layer.name);
    case 'layers':
      return list(sublayersOf(instance).map(({ value }) => value));
    case 'output':
      if (layer.functional)
        return layer.functional.outputs.length === 1
          ? layer.functional.outputs[0]
          : list([...layer.functional.outputs]);
      return layer.lastOutput ?? runOpen(machine, instance, scope, site);
    case 'outputs':
      return layer.functional ? list([...layer.functional.outputs]) : undefined;
    case 'input':
      return layer.functional?.inputs[0] ?? layer.children.find((c) => c.value.kind === 'tensor')?.value;
    case 'inputs':
      return layer.functional ? list([...layer.functional.inputs]) : undefined;
    case 'output_shape':
    case 'outputShape': {
      const output = instanceAttribute(machine, instance, 'output', site, scope);
      return output?.kind === 'tensor' ? shapeOf(output) : undefined;
    }
    case 'trainable':
      return layer.trainable ? TRUE : FALSE;
    case 'built':
      return layer.built ? TRUE : FALSE;
    default:
      break;
  }
  const methods = { ...kerasMethods, ...weightMethods };
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method) return native(name, (c) => method(c.machine, instance, c.call, site, scope), instance);
  const arg = layer.args.get(name);
  return arg && layer.recipe.type === 'layer' ? arg : undefined;
}

/** A sequential model that knows its input is run at once when its output is asked for. */
function runOpen(machine: Machine, instance: InstanceValue, scope: Scope, site: Site): Value | undefined {
  const shape = declaredInput(machine, instance);
  if (!shape || instance.layer?.recipe.type !== 'sequential') return undefined;
  const input = machine.tensor(shape, 'input', instance.layer.recipe.framework);
  const output = runSequence(machine, instance, input, scope, site);
  if (output.kind === 'tensor') instance.layer.functional = { inputs: [input], outputs: [output] };
  return output;
}

const classes = new Map<string, ClassValue>();

/** The class value of a layer. */
export function classOf(recipe: LayerRecipe, base?: LayerRecipe): ClassValue {
  const key = `${recipe.framework}.${recipe.name}`;
  const known = classes.get(key);
  if (known) return known;
  const order: ClassValue[] = [];
  const value: ClassValue = {
    kind: 'class',
    name: recipe.name,
    bases: [],
    attributes: new Map(),
    file: '',
    recipe,
    order,
    hasUnknownBase: false,
  };
  order.push(value);
  if (base && base !== recipe) order.push(classOf(base));
  classes.set(key, value);
  return value;
}

export function kerasClass(name: string): ClassValue | undefined {
  return Object.hasOwn(kerasLayers, name) ? classOf(kerasLayers[name], kerasLayers.Layer) : undefined;
}

/** What is set on a model is set on its layers. */
function freeze(instance: InstanceValue, trainable: boolean, seen = new Set<InstanceValue>()): void {
  if (!instance.layer || seen.has(instance)) return;
  seen.add(instance);
  instance.layer.trainable = trainable;
  for (const { value } of sublayersOf(instance)) freeze(value, trainable, seen);
}

export function hooksOf(tensorAttribute: FrameworkHooks['tensorAttribute']): FrameworkHooks {
  return {
    callInstance,
    instanceAttribute,
    tensorAttribute,
    made,
    containerSlice: (_machine, _instance, part) => list(part.map(({ value }) => value)),
    classMember: (machine, recipe, self, name) => {
      if (!self) return undefined;
      if (name === 'build') return native('build', () => NONE);
      if (name === 'call' || name === '__call__')
        return native(
          name,
          ({ machine: now, call, site }) => {
            const plain: InstanceValue = { ...self, class: classOf(recipe) };
            const scope = { file: site.file, language: 'python' } as Scope;
            return callInstance({
              machine: now,
              instance: plain,
              args: call,
              site,
              scope,
              text: recipe.name,
            });
          },
          self,
        );
      return instanceAttribute(machine, self, name, machine.at, { file: '', language: 'python' } as Scope);
    },
    attributeSet: (_machine, instance, name, value) => {
      if (name === 'trainable' && value.kind === 'boolean') freeze(instance, value.value);
    },
  };
}

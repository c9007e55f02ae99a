/** Methods of Keras' layers and models that change what the network is; the rest does nothing to shapes. */
import { t } from '../../base/localize';
import { callValue } from '../interpreter/calls';
import type { Machine, Scope } from '../interpreter/machine';
import { type Dim, symbol } from '../values/dims';
import { type InstanceValue, NONE, type Site, unknown, type Value } from '../values/values';
import { startOfWeight } from './kerasInitializers';
import { nameOf, sublayersOf } from './kerasModules';
import { type CallArgs, dimOf } from './recipe';

type Method = (machine: Machine, instance: InstanceValue, call: CallArgs, site: Site, scope: Scope) => Value;

const nothing: Method = () => NONE;

export const kerasMethods: Readonly<Record<string, Method>> = {
  add: (machine, instance, call) => {
    const value = call.positional[0]?.value ?? call.keywords.get('layer')?.value;
    const { layer } = instance;
    if (!layer || !value) return NONE;
    machine.journal.touchChildren(layer.children);
    layer.children.push({ name: nameOf(value, layer.children.length), value });
    return NONE;
  },
  pop: (machine, instance) => {
    if (!instance.layer) return NONE;
    machine.journal.touchChildren(instance.layer.children);
    return instance.layer.children.pop()?.value ?? NONE;
  },
  get_layer: getLayer,
  getLayer,
  apply: (machine, instance, call, site, scope) =>
    callValue(machine, instance, call, site, scope, instance.class.name),
  build: (_machine, instance, call) => {
    const shape = call.positional[0]?.value ?? call.keywords.get('input_shape')?.value;
    if (shape?.kind === 'tuple' || shape?.kind === 'list')
      instance.attributes.set('(input shape)', { kind: 'tuple', items: shape.items });
    return NONE;
  },
  compile: (machine, instance, call) => {
    const loss = call.keywords.get('loss')?.value ?? lossIn(call);
    if (loss) machine.losses.push({ instance, loss, site: machine.at });
    return NONE;
  },
  fit: nothing,
  fit_generator: nothing,
  evaluate: nothing,
  summary: nothing,
  load_weights: nothing,
  save: nothing,
  save_weights: nothing,
  set_weights: nothing,
  add_loss: nothing,
  add_metric: nothing,
  predict: () => unknown(t('Predictions are not followed.')),
  get_config: () => unknown(t('The configuration is not followed.')),
  get_weights: () => unknown(t('The values of weights are not followed.')),
  call: (machine, instance, call, site, scope) =>
    callValue(machine, instance, call, site, scope, instance.class.name),
};

function lossIn(call: CallArgs): Value | undefined {
  const options = call.positional[0]?.value;
  return options?.kind === 'dict' ? options.entries.get('s:loss')?.value : call.positional[1]?.value;
}

function getLayer(_machine: Machine, instance: InstanceValue, call: CallArgs): Value {
  const name = call.positional[0]?.value ?? call.keywords.get('name')?.value;
  const index = call.keywords.get('index')?.value;
  const layers = sublayersOf(instance);
  if (name?.kind === 'string')
    return (
      layers.find(({ value }) => value.layer?.name === name.value)?.value ??
      unknown(t('There is no layer called {0}.', name.value))
    );
  if (index?.kind === 'int' && typeof index.value === 'number')
    return layers.at(index.value)?.value ?? unknown(t('The index is not known.'));
  return unknown(t('The name of the layer is not known.'));
}

/** `self.add_weight(shape=(3, 4), name='w')`, in the orders of Keras 2 and 3 and of TensorFlow.js. */
function addWeight(machine: Machine, instance: InstanceValue, call: CallArgs): Value {
  const { layer } = instance;
  const all = [...call.positional.map((p) => p.value), ...[call.keywords.get('shape')?.value ?? NONE]];
  const shape = all.find((value) => value.kind === 'tuple' || value.kind === 'list');
  const name = call.keywords.get('name')?.value ?? all.find((value) => value.kind === 'string');
  const trainable = call.keywords.get('trainable')?.value;
  if (!layer) return NONE;
  const sizes: Dim[] | undefined =
    shape?.kind === 'tuple' || shape?.kind === 'list'
      ? shape.items.map((item) => (item.kind === 'none' ? symbol('?') : dimOf(item, 'shape')))
      : undefined;
  if (!sizes && call.unknownRest === undefined && !all.some((value) => value.kind === 'unknown'))
    return addScalar(machine, instance, name, call);
  if (!sizes) return unknown(t('The shape of the weight is not known.'));
  layer.weights ??= [];
  layer.weights.push({
    name: name?.kind === 'string' ? name.value : `weight_${layer.weights.length}`,
    shape: sizes,
    trainable: !(trainable?.kind === 'boolean' && !trainable.value),
    role: 'weight',
  });
  return ownWeight(machine, instance, call);
}

/** The weight that was added last, as a tensor that knows where it comes from and how it starts. */
function ownWeight(machine: Machine, instance: InstanceValue, call: CallArgs): Value {
  const weight = instance.layer?.weights?.at(-1);
  const framework = instance.layer?.recipe.framework ?? 'keras';
  if (!weight) return NONE;
  const given =
    call.keywords.get('initializer')?.value ??
    call.positional
      .map(({ value }) => value)
      .find((value) => value.kind === 'start' || value.kind === 'native');
  weight.start = startOfWeight(given);
  return {
    ...machine.tensor(weight.shape, 'parameter', framework),
    weight: { owner: instance, weight },
    start: weight.start,
  };
}

function addScalar(
  machine: Machine,
  instance: InstanceValue,
  name: Value | undefined,
  call: CallArgs,
): Value {
  const { layer } = instance;
  if (!layer) return NONE;
  layer.weights ??= [];
  layer.weights.push({
    name: name?.kind === 'string' ? name.value : 'scalar',
    shape: [],
    trainable: true,
    role: 'weight',
  });
  return ownWeight(machine, instance, call);
}

export const weightMethods: Readonly<Record<string, Method>> = {
  add_weight: addWeight,
  add_variable: addWeight,
  addWeight,
};

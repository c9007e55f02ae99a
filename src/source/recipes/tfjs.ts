/**
 * TensorFlow.js: the Layers API, one row each. The rules are Keras'; what differs is how a layer is made (one
 * object of options in camelCase), `apply` in place of a call, and how layers are named.
 */
import { t } from '../../base/localize';
import { newSlot } from '../interpreter/environment';
import { initLayer } from '../interpreter/functions';
import type { Machine } from '../interpreter/machine';
import { native } from '../interpreter/methods';
import { type Dims, symbol } from '../values/dims';
import {
  type ClassValue,
  type InstanceValue,
  int,
  list,
  NONE,
  type TensorValue,
  unknown,
  type Value,
} from '../values/values';
import { kerasRows } from './keras';
import { inputTensor } from './kerasFunctionRows';
import { kerasFunctions } from './kerasFunctions';
import { classOf, hooksOf } from './kerasModules';
import { Args, type CallArgs, type LayerRecipe, type NativeContext, signature } from './recipe';

/** tf.layers.*, and the row of Keras that each one is. */
const ROWS = {
  activation: 'Activation',
  add: 'Add',
  alphaDropout: 'AlphaDropout',
  average: 'Average',
  averagePooling1d: 'AveragePooling1D',
  averagePooling2d: 'AveragePooling2D',
  averagePooling3d: 'AveragePooling3D',
  avgPool2d: 'AveragePooling2D',
  avgPooling2d: 'AveragePooling2D',
  batchNormalization: 'BatchNormalization',
  concatenate: 'Concatenate',
  conv1d: 'Conv1D',
  conv2d: 'Conv2D',
  conv2dTranspose: 'Conv2DTranspose',
  conv3d: 'Conv3D',
  cropping2D: 'Cropping2D',
  dense: 'Dense',
  depthwiseConv2d: 'DepthwiseConv2D',
  dot: 'Dot',
  dropout: 'Dropout',
  elu: 'ELU',
  embedding: 'Embedding',
  flatten: 'Flatten',
  gaussianDropout: 'GaussianDropout',
  gaussianNoise: 'GaussianNoise',
  globalAveragePooling1d: 'GlobalAveragePooling1D',
  globalAveragePooling2d: 'GlobalAveragePooling2D',
  globalMaxPooling1d: 'GlobalMaxPooling1D',
  globalMaxPooling2d: 'GlobalMaxPooling2D',
  gru: 'GRU',
  inputLayer: 'InputLayer',
  layerNormalization: 'LayerNormalization',
  leakyReLU: 'LeakyReLU',
  lstm: 'LSTM',
  masking: 'Masking',
  maxPool2d: 'MaxPooling2D',
  maxPooling1d: 'MaxPooling1D',
  maxPooling2d: 'MaxPooling2D',
  maxPooling3d: 'MaxPooling3D',
  maximum: 'Maximum',
  minimum: 'Minimum',
  multiply: 'Multiply',
  permute: 'Permute',
  prelu: 'PReLU',
  reLU: 'ReLU',
  repeatVector: 'RepeatVector',
  rescaling: 'Rescaling',
  reshape: 'Reshape',
  resizing: 'Resizing',
  separableConv2d: 'SeparableConv2D',
  simpleRNN: 'SimpleRNN',
  softmax: 'Softmax',
  spatialDropout1d: 'SpatialDropout1D',
  thresholdedReLU: 'ThresholdedReLU',
  upSampling2d: 'UpSampling2D',
  zeroPadding2d: 'ZeroPadding2D',
} as const;

function recipeOf(
  name: string,
  type: LayerRecipe['type'] | undefined,
  row: (typeof kerasRows)[string],
): LayerRecipe {
  return {
    name,
    framework: 'tfjs',
    signature: signature(type ? '*args, **kwargs' : row.signature),
    type: type ?? row.type ?? 'layer',
    builds: 'called',
    weights: row.weights,
    rule: row.rule,
    merges: row.merges,
  };
}

export const tfjsLayers: Readonly<Record<string, LayerRecipe>> = {
  ...Object.fromEntries(
    Object.entries(ROWS).map(([name, keras]) => [name, recipeOf(name, undefined, kerasRows[keras])]),
  ),
  Layer: recipeOf('Layer', 'base', kerasRows.Layer),
  Model: recipeOf('Model', 'model', kerasRows.Model),
  Sequential: { ...recipeOf('Sequential', undefined, kerasRows.Sequential), type: 'sequential' },
};

/** Options as keywords: `kernelSize` is `kernel_size`, 'channelsFirst' is 'channels_first'. */
function optionsOf(c: NativeContext): CallArgs {
  const options = c.call.positional[0]?.value;
  const keywords = new Map<string, { value: Value; site: NativeContext['site'] }>();
  const site = c.call.positional[0]?.site ?? c.site;
  if (options?.kind === 'dict') {
    for (const { key, value } of options.entries.values()) {
      if (key.kind !== 'string' || value.kind === 'none') continue;
      const isChoice = value.kind === 'string' && /^channels(First|Last)$/.test(value.value);
      keywords.set(snake(key.value), {
        value: isChoice ? { kind: 'string', value: snake(value.value) } : value,
        site,
      });
    }
  }
  const unknownRest = options?.kind === 'unknown' ? options.reason : undefined;
  return { positional: [], keywords, unknownRest };
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function make(c: NativeContext, recipe: LayerRecipe): Value {
  const instance: InstanceValue = {
    kind: 'instance',
    id: c.machine.id(),
    class: tfjsClass(recipe.name) ?? classOf(recipe),
    attributes: newSlot(),
    made: c.machine.place(c.site),
    layer: { recipe, args: new Map(), children: [], built: false, trainable: true },
  };
  const failed = initLayer(c.machine, instance, optionsOf(c), `tf.layers.${recipe.name}`);
  if (failed) return failed;
  if (c.machine.muted === 0) c.machine.instances.push(instance);
  return instance;
}

export function tfjsClass(name: string): ClassValue | undefined {
  return Object.hasOwn(tfjsLayers, name) ? classOf(tfjsLayers[name], tfjsLayers.Layer) : undefined;
}

const factories: ReadonlyMap<string, Value> = new Map(
  Object.keys(ROWS).map((name) => [name, native(name, (c) => make(c, tfjsLayers[name]))] as const),
);

export function tfjsLayer(name: string): Value | undefined {
  if (name === 'Layer') return tfjsClass('Layer');
  if (name === 'input') return inputFactory;
  return factories.get(name);
}

const inputFactory = native('input', (c) => {
  const args = new Map<string, Value>();
  for (const [name, { value }] of optionsOf(c).keywords) args.set(name, value);
  const tensor = inputTensor({ ...c, args: new Args(args, new Map()) });
  return tensor.kind === 'tensor' ? { ...tensor, framework: 'tfjs' } : tensor;
});

const MEMBERS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['layers', { kind: 'module', name: 'tfjs.layers' }],
  ['initializers', { kind: 'module', name: 'tfjs.initializers' }],
  ['sequential', native('sequential', (c) => make(c, tfjsLayers.Sequential))],
  ['model', native('model', (c) => make(c, tfjsLayers.Model))],
  ['input', inputFactory],
  ['tidy', native('tidy', (c) => tidy(c))],
]);

/** `tf.tidy(() => ...)` runs its function. */
function tidy(c: NativeContext): Value {
  const callback = c.call.positional.map(({ value }) => value).find((value) => value.kind === 'function');
  return callback
    ? c.machine.callBack(callback, c.site)
    : unknown(t('{0} is not given a function here.', c.callee));
}

const CREATIONS = new Set(['zeros', 'ones', 'randomNormal', 'randomUniform', 'truncatedNormal', 'fill']);

export function tfjsMember(name: string): Value | undefined {
  const own = MEMBERS.get(name);
  if (own) return own;
  if (name === 'Sequential' || name === 'Model' || name === 'LayersModel')
    return tfjsClass(name === 'LayersModel' ? 'Model' : name);
  if (CREATIONS.has(name)) {
    return native(name, (c) => {
      const shape = c.call.positional[0]?.value;
      const dims: Dims | undefined =
        shape?.kind === 'list'
          ? shape.items.map((item) => (item.kind === 'int' ? item.value : symbol('?')))
          : undefined;
      return {
        ...c.machine.tensor(dims, 'constant', 'tfjs', t('The sizes are not known.')),
        site: c.machine.place(c.site),
      };
    });
  }
  return functionNamed(name);
}

/** Functions whose arguments are in the same order as TensorFlow's. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  relu: 'relu',
  relu6: 'relu6',
  leakyRelu: 'leaky_relu',
  elu: 'elu',
  selu: 'selu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softmax: 'softmax',
  abs: 'abs',
  exp: 'exp',
  log: 'log',
  sqrt: 'sqrt',
  square: 'square',
  cast: 'cast',
  add: 'add',
  sub: 'subtract',
  mul: 'multiply',
  div: 'divide',
  maximum: 'maximum',
  minimum: 'minimum',
  concat: 'concat',
  reshape: 'reshape',
  transpose: 'transpose',
  split: 'split',
  squeeze: 'squeeze',
  expandDims: 'expand_dims',
  pad: 'pad',
  mean: 'mean',
  sum: 'sum',
  matMul: 'matmul',
};

function functionNamed(name: string): Value | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? kerasFunctions.get(FUNCTIONS[name]) : undefined;
}

export function tfjsTensorAttribute(machine: Machine, tensor: TensorValue, name: string): Value | undefined {
  if (name === 'shape')
    return tensor.shape
      ? list(tensor.shape.map(int))
      : unknown(tensor.reason ?? t('The shape of the input is not known.'));
  if (name === 'rank') return tensor.shape ? int(tensor.shape.length) : undefined;
  if (['dispose', 'print', 'data', 'dataSync', 'clone', 'toFloat', 'asType'].includes(name))
    return native(name, () => (name === 'dispose' || name === 'print' ? NONE : tensor));
  const method = functionNamed(name);
  void machine;
  return method?.kind === 'native' ? { kind: 'bound', self: tensor, function: method } : undefined;
}

export const tfjsHooks = hooksOf(tfjsTensorAttribute);

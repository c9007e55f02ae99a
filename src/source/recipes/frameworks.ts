/** The register of frameworks: which module names are known, what they hold, how their objects behave. */
import { t } from '../../base/localize';
import { native } from '../interpreter/methods';
import { standardMember } from '../interpreter/standard';
import { dict, FALSE, NONE, unknown, type Value } from '../values/values';
import type { FrameworkHooks } from './hooks';
import { kerasFunctions, kerasInput, kerasMerges, kerasTensorAttribute } from './kerasFunctions';
import { kerasInitializer } from './kerasInitializers';
import { hooksOf, kerasClass } from './kerasModules';
import { kerasLibrary } from './libraryKeras';
import { torchvisionLibrary } from './libraryTorchvision';
import { functionalMembers, torchMembers } from './pytorchFunctions';
import { initFunction } from './pytorchInit';
import { pytorchClass, pytorchHooks } from './pytorchModules';
import { startOfTensor } from './pytorchMore';
import { rangeFunction } from './ranges';
import type { Framework } from './recipe';
import { summaryMember } from './summaries';
import { tfjsHooks, tfjsLayer, tfjsMember } from './tfjs';

export const frameworks: Readonly<Record<Framework, FrameworkHooks>> = {
  pytorch: pytorchHooks,
  keras: hooksOf(kerasTensorAttribute),
  tfjs: tfjsHooks,
};

const STANDARD = new Set([
  'math',
  'numpy',
  'functools',
  'collections',
  'collections.abc',
  'copy',
  'typing',
  'dataclasses',
]);
const SUMMARIES = new Set(['torchsummary', 'torchinfo', 'torchsummaryX', 'thop', 'ptflops']);

/** Their modules are PyTorch's with a training loop around them. */
const LIGHTNING = new Set(['pytorch_lightning', 'lightning', 'lightning.pytorch']);

/** One name for all the ways in which a module is imported; undefined for modules that are not known. */
export function canonicalModule(name: string): string | undefined {
  if (STANDARD.has(name) || SUMMARIES.has(name) || LIGHTNING.has(name)) return name;
  if (name === 'torch' || name.startsWith('torch.')) return name;
  if (name === 'torchvision' || name.startsWith('torchvision.')) {
    return name === 'torchvision.models' || name.startsWith('torchvision.models.')
      ? 'torchvision.models'
      : name;
  }
  if (/^timm(\.models)?\.layers(\.|$)/.test(name)) return 'timm.layers';
  if (/^@tensorflow\/tfjs/.test(name)) return 'tfjs';
  const keras = name
    .replace(/^tensorflow\.python\.keras/, 'keras')
    .replace(/^tensorflow\.compat\.v[12]\.keras/, 'keras')
    .replace(/^(tensorflow|tf)\.keras/, 'keras')
    .replace(/^tf_keras/, 'keras')
    .replace(/^keras_applications/, 'keras.applications')
    .replace(/^keras\.(src|api|_tf_keras\.keras)\b/, 'keras');
  if (keras === 'keras' || keras.startsWith('keras.')) {
    if (/^keras\.applications(\.|$)/.test(keras)) return 'keras.applications';
    if (/^keras\.layers(\.|$)/.test(keras)) return 'keras.layers';
    if (/^keras\.(engine|models)(\.|$)/.test(keras)) return 'keras.models';
    return keras;
  }
  if (/^tensorflow(\.compat\.v[12])?$/.test(name)) return 'tensorflow';
  if (name.startsWith('tensorflow.')) return name.replace(/^tensorflow\.compat\.v[12]/, 'tensorflow');
  return undefined;
}

/** Models that a framework ships, as a program in our own words. */
export function librarySource(module: string): string | undefined {
  if (module === 'torchvision.models') return torchvisionLibrary;
  return module === 'keras.applications' ? kerasLibrary : undefined;
}

/** What a framework's modules hold never changes, and is asked for at every layer that is made. */
const members = new Map<string, Map<string, Value | undefined>>();

export function moduleMember(module: string, name: string): Value | undefined {
  let known = members.get(module);
  if (!known) {
    known = new Map();
    members.set(module, known);
  }
  const value = known.get(name);
  if (value !== undefined || known.has(name)) return value;
  const found = findMember(module, name);
  // Names come from people's files: what is not there is not kept for ever.
  if (found || known.size < 1000) known.set(name, found);
  return found;
}

function findMember(module: string, name: string): Value | undefined {
  if (STANDARD.has(module)) {
    const inner = `${module}.${name}`;
    return (
      standardMember(module, name) ?? (STANDARD.has(inner) ? { kind: 'module', name: inner } : undefined)
    );
  }
  if (SUMMARIES.has(module)) return summaryMember(name);
  if (LIGHTNING.has(module)) return name === 'LightningModule' ? pytorchClass('Module') : undefined;
  if (module === 'tfjs.initializers') return kerasInitializer(name);
  if (module === 'tfjs' || module === 'tfjs.layers')
    return module === 'tfjs' ? tfjsMember(name) : tfjsLayer(name);
  if (module === 'timm.layers') return timmMember(name);
  if (module.startsWith('torch')) return torchMember(module, name);
  return kerasMember(module, name);
}

function torchMember(module: string, name: string): Value | undefined {
  switch (module) {
    case 'torch':
      if (name === 'nn') return { kind: 'module', name: 'torch.nn' };
      if (name === 'compile') return first(name);
      if (name === 'linspace') return standardMember('math', name);
      if (name === 'arange') return rangeFunction(name, 'pytorch');
      return torchMembers.get(name) ?? SUBMODULES.get(`${module}.${name}`);
    case 'torch.nn':
      if (name === 'Parameter') return PARAMETER;
      // A wrapper spreads a module over devices; what it computes stays the same.
      if (name === 'DataParallel') return first(name);
      return pytorchClass(name) ?? SUBMODULES.get(`${module}.${name}`);
    case 'torch.nn.functional':
      return functionalMembers.get(name);
    case 'torch.nn.parameter':
      return name === 'Parameter' ? PARAMETER : undefined;
    case 'torchvision':
      return name === 'models' ? { kind: 'module', name: 'torchvision.models' } : undefined;
    case 'torch.jit':
      if (name === 'ScriptModule') return pytorchClass('Module');
      if (name === 'script') return first(name);
      return name === 'is_scripting' || name === 'is_tracing' ? native(name, () => FALSE) : undefined;
    case 'torch.autograd':
      return name === 'Variable' ? first(name) : undefined;
    case 'torch.nn.init':
      return initFunction(name);
    default:
      if (module.startsWith('torch.nn.parallel') && name.endsWith('DataParallel')) return first(name);
      if (module === 'torch.nn.utils' || module.startsWith('torch.nn.utils.'))
        return WRAPPERS.test(name) ? wrapper(name) : first(name);
      if (module === 'torchvision.ops' || module.startsWith('torchvision.ops.'))
        return name === 'StochasticDepth' ? pytorchClass(name) : undefined;
      if (module.startsWith('torch.nn.modules'))
        return pytorchClass(name) ?? { kind: 'module', name: `${module}.${name}` };
      return undefined;
  }
}

/** A function that hands back its first argument (initialisers, weight norm). */
function first(name: string): Value {
  return native(name, ({ call }) => call.positional[0]?.value ?? NONE);
}

/** What computes a layer's weights anew from others: the layer is not what its recipe says any more. */
const WRAPPERS = /^(weight_norm|spectral_norm|orthogonal|register_parametrization)$/;

function wrapper(name: string): Value {
  return native(name, ({ call }) => {
    const value = call.positional[0]?.value ?? NONE;
    if (value.kind === 'instance' && value.layer)
      value.layer.wrapped = t('its weights are made by {0}, which has no counterpart here.', name);
    return value;
  });
}

/** Layers of timm that other people's models import. */
function timmMember(name: string): Value | undefined {
  if (name === 'trunc_normal_') return initFunction(name);
  return name === 'DropPath' ? pytorchClass(name) : undefined;
}

const PARAMETER = native('Parameter', ({ call, machine }) => {
  const isFixed = call.keywords.get('requires_grad')?.value ?? call.positional[1]?.value;
  const value = call.positional[0]?.value ?? call.keywords.get('data')?.value;
  if (value?.kind === 'tensor')
    return {
      ...machine.tensor(value.shape, 'parameter', 'pytorch', value.reason),
      start: startOfTensor(value),
      isFrozen: isFixed?.kind === 'boolean' && !isFixed.value,
    };
  return unknown(t('The parameter is not known.'));
});

const SUBMODULES: ReadonlyMap<string, Value> = new Map(
  [
    'torch.nn.functional',
    'torch.nn.init',
    'torch.nn.utils',
    'torch.nn.modules',
    'torch.nn.parameter',
    'torch.nn.parallel',
    'torch.autograd',
    'torch.jit',
    'torch.utils',
    'torch.optim',
  ].map((name) => [name, { kind: 'module', name } as const]),
);

/** A loss keeps what `modelWarnings` asks for: whether it expects logits. */
function lossMember(name: string): Value {
  return native(name, ({ call }) =>
    dict([...call.keywords].map(([key, { value }]) => [key, value] as const)),
  );
}

const KERAS_MODULES = new Set(
  'layers models applications backend ops activations utils regularizers initializers optimizers losses metrics callbacks datasets preprocessing saving random engine'.split(
    ' ',
  ),
);

function kerasMember(module: string, name: string): Value | undefined {
  switch (module) {
    case 'tensorflow':
      if (name === 'keras') return { kind: 'module', name: 'keras' };
      if (['nn', 'math', 'random', 'image', 'compat', 'linalg'].includes(name))
        return { kind: 'module', name: `tensorflow.${name}` };
      if (name === 'Variable') return undefined;
      if (name === 'range') return rangeFunction(name, 'keras');
      return kerasFunctions.get(name);
    case 'tensorflow.compat':
      return { kind: 'module', name: 'tensorflow' };
    case 'keras.ops':
    case 'tensorflow.nn':
    case 'tensorflow.math':
    case 'tensorflow.random':
    case 'tensorflow.linalg':
    case 'keras.backend':
    case 'keras.activations':
    case 'keras.random':
      if (module === 'keras.ops' && name === 'arange') return rangeFunction(name, 'keras');
      // Keras' own operation approximates where its activation and TensorFlow's do not.
      return kerasFunctions.get(module === 'keras.ops' && name === 'gelu' ? 'gelu_tanh' : name);
    case 'keras.initializers':
      return kerasInitializer(name);
    case 'keras':
      if (name === 'Input') return kerasInput;
      if (name === 'Model' || name === 'Sequential' || name === 'Layer') return kerasClass(name);
      if (name === 'applications') return { kind: 'module', name: 'keras.applications' };
      return KERAS_MODULES.has(name) ? { kind: 'module', name: `keras.${name}` } : undefined;
    case 'keras.losses':
      return lossMember(name);
    case 'keras.models':
      return name === 'Input' ? kerasInput : kerasClass(name);
    case 'keras.layers':
      if (name === 'Input') return kerasInput;
      return kerasClass(name) ?? kerasMerges.get(name);
    default:
      return undefined;
  }
}

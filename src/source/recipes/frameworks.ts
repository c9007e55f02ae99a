/** The register of frameworks: which module names are known, what they hold, how their objects behave. */

import { t } from '../../base/localize';
import { standardMember } from '../interpreter/builtins';
import { native } from '../interpreter/methods';
import { NONE, unknown, type Value } from '../values/values';
import type { FrameworkHooks } from './hooks';
import { functionalMembers, torchMembers } from './pytorchFunctions';
import { pytorchClass, pytorchHooks } from './pytorchModules';
import type { Framework } from './recipe';

export const frameworks: Readonly<Record<Framework, FrameworkHooks>> = {
  pytorch: pytorchHooks,
  keras: pytorchHooks,
  tfjs: pytorchHooks,
};

const STANDARD = new Set(['math', 'numpy', 'functools', 'collections', 'collections.abc', 'copy', 'typing']);

/** One name for all the ways in which a module is imported; undefined for modules that are not known. */
export function canonicalModule(name: string): string | undefined {
  if (STANDARD.has(name)) return name;
  if (name === 'torch' || name.startsWith('torch.')) return name;
  return undefined;
}

export function librarySource(_module: string): string | undefined {
  return undefined;
}

export function moduleMember(module: string, name: string): Value | undefined {
  if (STANDARD.has(module)) {
    return (
      standardMember(module, name) ??
      (STANDARD.has(`${module}.${name}`) ? { kind: 'module', name: `${module}.${name}` } : undefined)
    );
  }
  switch (module) {
    case 'torch':
      if (name === 'nn') return { kind: 'module', name: 'torch.nn' };
      return torchMembers.get(name) ?? SUBMODULES.get(`${module}.${name}`);
    case 'torch.nn':
      if (name === 'Parameter') return PARAMETER;
      return pytorchClass(name) ?? SUBMODULES.get(`${module}.${name}`);
    case 'torch.nn.functional':
      return functionalMembers.get(name);
    case 'torch.nn.parameter':
      return name === 'Parameter' ? PARAMETER : undefined;
    default:
      if (module.startsWith('torch.nn.modules'))
        return pytorchClass(name) ?? { kind: 'module', name: `${module}.${name}` };
      if (module === 'torch.nn.init' || module === 'torch.nn.utils')
        return native(name, ({ call }) => call.positional[0]?.value ?? NONE);
      if (module === 'torch.autograd' && name === 'Variable')
        return native(name, ({ call }) => call.positional[0]?.value ?? NONE);
      return undefined;
  }
}

const PARAMETER = native('Parameter', ({ call, machine }) => {
  const value = call.positional[0]?.value;
  if (value?.kind === 'tensor')
    return { ...machine.tensor(value.shape, 'parameter', 'pytorch', value.reason) };
  return unknown(t('The parameter is not known.'));
});

const SUBMODULES: ReadonlyMap<string, Value> = new Map(
  [
    'torch.nn.functional',
    'torch.nn.init',
    'torch.nn.utils',
    'torch.nn.modules',
    'torch.nn.parameter',
    'torch.autograd',
    'torch.utils',
    'torch.optim',
  ].map((name) => [name, { kind: 'module', name } as const]),
);

export function frameworkOf(module: string): Framework | undefined {
  return module.startsWith('torch') ? 'pytorch' : undefined;
}

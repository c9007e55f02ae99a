/** Calls of everything that can be called. */
import { t } from '../../base/localize';
import { bind } from '../recipes/args';
import { frameworks } from '../recipes/frameworks';
import { Args, type CallArgs } from '../recipes/recipe';
import { type InstanceValue, type Site, unknown, type Value } from '../values/values';
import { classAttribute } from './attributes';
import { callFunction, instantiate } from './functions';
import type { Machine, Scope } from './machine';

const NO_KEYWORDS: CallArgs['keywords'] = new Map();

export function callValue(
  machine: Machine,
  callee: Value,
  args: CallArgs,
  site: Site,
  scope: Scope,
  text: string,
): Value {
  machine.tick();
  switch (callee.kind) {
    case 'function':
      return callFunction(machine, callee, args, site);
    case 'bound': {
      if (callee.function.kind === 'function')
        return callFunction(machine, callee.function, args, site, callee.self);
      const all = { ...args, positional: [{ value: callee.self, site }, ...args.positional] };
      return callValue(machine, callee.function, all, site, scope, text);
    }
    case 'native': {
      const { signature } = callee.function;
      const bound = signature ? bind(signature, args, text || callee.function.name) : EMPTY;
      if (!(bound instanceof Args)) return bound;
      return callee.function.call({
        machine,
        args: bound,
        call: args,
        site,
        callee: text || callee.function.name,
      });
    }
    case 'class':
      return instantiate(machine, callee, args, site, scope, text);
    case 'instance':
      return callInstance(machine, callee, args, site, scope, text);
    case 'partial': {
      const keywords = new Map([...callee.keywords].map(([name, value]) => [name, { value, site }] as const));
      for (const [name, given] of args.keywords) keywords.set(name, given);
      const positional = [...callee.args.map((value) => ({ value, site })), ...args.positional];
      return callValue(
        machine,
        callee.callee,
        { positional, keywords, unknownRest: args.unknownRest },
        site,
        scope,
        text,
      );
    }
    case 'unknown':
      if (machine.muted === 0 && args.positional.some(({ value }) => value.kind === 'tensor'))
        machine.unknownCalls.push({
          node: machine.nodes.length,
          site: machine.place(site),
          reason: callee.reason,
          callee: text,
          owners: machine.owners.slice(),
        });
      // What is not read may change the lists and dicts that it is handed.
      for (const { value } of args.positional) forget(machine, value, callee);
      loseMembers(machine, args, text, callee);
      return callee;
    default:
      return unknown(t('{0} is not something that can be called.', text || '?'));
  }
}

const EMPTY = new Args(new Map(), new Map());

/** `self.attach(nn.Linear(...))` by a method that is not read: the module may have more layers than are seen. */
function loseMembers(machine: Machine, args: CallArgs, text: string, because: Value): void {
  const self = machine.frame?.self;
  if (!text.startsWith('self.') || self?.kind !== 'instance' || !self.layer) return;
  if (args.positional.some(({ value }) => value.kind === 'instance' && value.layer))
    machine.journal.setAttribute(self, '(lost)', because);
}

function forget(machine: Machine, value: Value, because: Value): void {
  if (value.kind === 'dict') {
    machine.journal.touchDict(value);
    value.entries.clear();
    value.entries.set('(unknown)', { key: because, value: because });
  } else if (value.kind === 'list') {
    machine.journal.touchList(value);
    value.lost = because.kind === 'unknown' ? because.reason : '';
  }
}

/** Plain positional arguments, for calls that the interpreter makes itself. */
export function plainArgs(values: readonly Value[], site: Site): CallArgs {
  return { positional: values.map((value) => ({ value, site })), keywords: NO_KEYWORDS };
}

/** Layers within layers, more than anybody nests. */
const DEEPEST_CALLS = 150;

function callInstance(
  machine: Machine,
  instance: InstanceValue,
  args: CallArgs,
  site: Site,
  scope: Scope,
  text: string,
): Value {
  if (!instance.layer) {
    const method = classAttribute(instance.class, '__call__');
    if (method?.value.kind === 'function') return callFunction(machine, method.value, args, site, instance);
    return unknown(
      instance.class.hasUnknownBase
        ? t('{0} derives from a class that is not known.', instance.class.name)
        : t('{0} is not something that can be called.', text || instance.class.name),
    );
  }
  const firstNode = machine.nodes.length;
  const isOuter = machine.owners.length === 0;
  const hooks = frameworks[instance.layer.recipe.framework];
  // A model that holds itself: the engine's own stack would end it anywhere.
  if (machine.activeCalls.length > DEEPEST_CALLS) machine.stop(t('functions call each other too deeply'));
  machine.activeCalls.push({ instance, args });
  let output: Value;
  try {
    output = hooks.callInstance({ machine, instance, args, site, scope, text });
  } finally {
    machine.activeCalls.pop();
  }
  instance.layer.lastOutput = output;
  if (isOuter && machine.muted === 0) {
    machine.calls.push({
      instance,
      inputs: args.positional.map(({ value }) => value),
      output,
      firstNode,
      lastNode: machine.nodes.length,
      site: machine.place(site),
    });
  }
  return output;
}

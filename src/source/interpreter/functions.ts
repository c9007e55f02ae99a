/** Functions and classes: making them, binding arguments, running bodies, making instances. */
import { t } from '../../base/localize';
import type { ClassForm, Expr, FunctionForm, Param, Stmt } from '../reading/form';
import { bind } from '../recipes/args';
import { frameworks } from '../recipes/frameworks';
import { notUnderstood } from '../recipes/kerasKeywords';
import { Args, type CallArgs } from '../recipes/recipe';
import {
  type ClassValue,
  type DictValue,
  type FunctionValue,
  type InstanceValue,
  NONE,
  type Site,
  unknown,
  type Value,
} from '../values/values';
import { assign } from './assignments';
import { classAttribute } from './attributes';
import { callValue } from './calls';
import { takeFields } from './dataClasses';
import { Environment, newSlot } from './environment';
import { evaluate, evaluateArgs } from './expressions';
import { join } from './join';
import type { Frame, Machine, Scope } from './machine';
import { execute } from './statements';

export function makeFunction(machine: Machine, form: FunctionForm, scope: Scope): Value {
  const defaults = new Map<string, Value>();
  for (const param of form.params) {
    // JavaScript evaluates defaults at the call; ours are literals nearly always, so once is enough.
    if (param.default) defaults.set(param.name, evaluate(machine, param.default, scope));
  }
  let value: Value = {
    kind: 'function',
    form,
    environment: scope.environment,
    defaults,
    file: scope.file,
    attributes: new Map(),
  };
  const made = value;
  for (const decorator of [...form.decorators].reverse()) value = decorate(machine, decorator, value, scope);
  return value.kind === 'unknown' ? made : value;
}

/** Decorators of the file are run; those of libraries leave the function as it is. */
function decorate(machine: Machine, decorator: Expr, value: Value, scope: Scope): Value {
  if (decorator.kind === 'name' && TRANSPARENT.has(decorator.name)) return value;
  const found = evaluate(machine, decorator, scope);
  if (found.kind !== 'function' && found.kind !== 'bound') return value;
  const site: Site = { file: scope.file, start: decorator.start, end: decorator.end };
  const args: CallArgs = { positional: [{ value, site }], keywords: new Map() };
  const result = callValue(machine, found, args, site, scope, '');
  return result.kind === 'unknown' || result.kind === 'none' ? value : result;
}

const TRANSPARENT = new Set([
  'property',
  'staticmethod',
  'classmethod',
  'abstractmethod',
  'cached_property',
  'dataclass',
]);

export function makeClass(machine: Machine, form: ClassForm, scope: Scope): Value {
  const bases: Value[] = [];
  for (const base of evaluateArgs(machine, form.bases, scope).positional) bases.push(base.value);
  const environment = new Environment(scope.environment, 'class');
  const parents = bases.filter((base): base is ClassValue => base.kind === 'class');
  const hasUnknownBase =
    bases.some((base) => base.kind !== 'class' && base.kind !== 'none') ||
    parents.some((p) => p.hasUnknownBase);
  const order: ClassValue[] = [];
  const value: ClassValue = {
    kind: 'class',
    name: form.name,
    bases,
    attributes: environment.names,
    form,
    file: scope.file,
    order,
    hasUnknownBase,
  };
  order.push(value, ...linearize(parents));
  execute(machine, form.body, { ...scope, environment });
  for (const member of environment.names.values()) {
    if (member.kind !== 'function') continue;
    if (member.environment !== environment) machine.memory?.disturbed(member);
    member.owner = value;
  }
  return value;
}

/** Method resolution: depth first, a shared ancestor after all that derive from it. */
function linearize(parents: readonly ClassValue[]): ClassValue[] {
  const all = parents.flatMap((parent) => parent.order);
  return all.filter((c, i) => all.lastIndexOf(c) === i);
}

/** Runs a function's body; the result of several possible returns is their join. */
export function callFunction(
  machine: Machine,
  callee: FunctionValue,
  args: CallArgs,
  site: Site,
  self?: Value,
): Value {
  if (machine.stack.length > 150) machine.stop(t('functions call each other too deeply'));
  const environment = new Environment(callee.environment, 'function');
  const language = machine.files.get(callee.file)?.program.language ?? 'python';
  const scope: Scope = { environment, file: callee.file, language };
  const frame: Frame = {
    function: callee,
    args,
    site,
    owner: callee.owner,
    self: self ?? (callee.owner ? args.positional[0]?.value : undefined),
    returns: [],
    yields: [],
    file: callee.file,
    language,
  };
  machine.called.add(callee.form);
  machine.frames.push(frame);
  machine.stack.push(site);
  machine.enter();
  try {
    bindParams(machine, callee, args, scope, self);
    const body = callee.form.body;
    if (!isStatements(body)) return evaluate(machine, body, scope);
    const completion = execute(machine, body, scope);
    if (callee.form.isGenerator) return { kind: 'iterator', items: [...frame.yields] };
    if (completion === 'raise' && frame.returns.length === 0)
      return unknown(t('{0} raises an error here.', callee.form.name));
    if (completion === 'normal' && frame.returns.length > 0) frame.returns = [...frame.returns, NONE];
    if (frame.returns.length === 0) return NONE;
    let result = frame.returns[0];
    for (const other of frame.returns.slice(1))
      result = join(
        machine,
        result,
        other,
        t('{0} returns different things under a condition that is not known.', callee.form.name),
      );
    return result;
  } finally {
    machine.depth--;
    machine.stack.pop();
    machine.frames.pop();
  }
}

function isStatements(body: readonly Stmt[] | Expr): body is readonly Stmt[] {
  return Array.isArray(body);
}

/** Parameters by kind; a function is called more often than it is written. */
interface Signature {
  readonly plain: readonly Param[];
  readonly named: ReadonlySet<string>;
  readonly star?: Param;
  readonly doubleStar?: Param;
}

const signatures = new WeakMap<FunctionForm, Signature>();

function signatureOf(form: FunctionForm): Signature {
  const known = signatures.get(form);
  if (known) return known;
  const named = form.params.filter(({ type }) => type === 'plain' || type === 'keywordOnly');
  const result: Signature = {
    plain: named.filter(({ type }) => type === 'plain'),
    named: new Set(named.map(({ name }) => name)),
    star: form.params.find(({ type }) => type === 'star'),
    doubleStar: form.params.find(({ type }) => type === 'doubleStar'),
  };
  signatures.set(form, result);
  return result;
}

function bindParams(
  machine: Machine,
  callee: FunctionValue,
  args: CallArgs,
  scope: Scope,
  self: Value | undefined,
): void {
  const names = scope.environment.names;
  const { plain, named, star, doubleStar } = signatureOf(callee.form);
  const rest: Value[] = [];
  let at = 0;
  const take = (value: Value) => {
    const param = plain[at++];
    if (param) names.set(param.name, value);
    else rest.push(value);
  };
  if (self) take(self);
  for (const given of args.positional) take(given.value);
  const extra: DictValue = { kind: 'dict', entries: new Map() };
  if (args.keywords.size > 0) {
    for (const [name, { value }] of args.keywords) {
      if (named.has(name)) names.set(name, value);
      else extra.entries.set(`s:${name}`, { key: { kind: 'string', value: name }, value });
    }
  }
  for (const param of callee.form.params) {
    if (param.type === 'star' || param.type === 'doubleStar') continue;
    if (
      !names.has(param.name) ||
      (scope.language === 'javascript' && names.get(param.name)?.kind === 'none')
    ) {
      const given = names.get(param.name);
      names.set(
        param.name,
        args.unknownRest !== undefined
          ? unknown(args.unknownRest)
          : (callee.defaults.get(param.name) ??
              given ??
              (scope.language === 'javascript'
                ? NONE
                : unknown(t('The argument {0} is not given here.', param.name)))),
      );
    }
    if (param.pattern) assign(machine, param.pattern, names.get(param.name) ?? NONE, scope, 'block');
  }
  if (star) {
    names.set(
      star.name,
      args.unknownRest !== undefined
        ? unknown(args.unknownRest)
        : { kind: scope.language === 'python' ? 'tuple' : 'list', items: rest },
    );
  }
  if (doubleStar)
    names.set(doubleStar.name, args.unknownRest !== undefined ? unknown(args.unknownRest) : extra);
}

/** Makes an instance: `__init__` of the file where there is one, else the framework's. */
export function instantiate(
  machine: Machine,
  type: ClassValue,
  args: CallArgs,
  site: Site,
  scope: Scope,
  text: string,
): Value {
  machine.tick(10);
  const recipe = type.order.find((c) => c.recipe)?.recipe;
  const instance: InstanceValue = {
    kind: 'instance',
    id: machine.id(),
    class: type,
    attributes: newSlot(),
    made: machine.place(site),
  };
  if (recipe) {
    instance.layer = {
      recipe,
      args: new Map(),
      children: [],
      built: false,
      trainable: true,
    };
    if (machine.muted === 0) {
      machine.instances.push(instance);
      if (machine.frames.some((frame) => frame.function?.form.name === '__init__'))
        machine.inner.add(instance);
    }
  }
  const init = classAttribute(type, '__init__');
  if (init?.value.kind === 'function') {
    if (recipe && machine.muted === 0) machine.makings.set(instance, { args, site });
    callFunction(machine, init.value, args, site, instance);
    return instance;
  }
  if (recipe && !type.recipe) {
    const problem = initLayer(machine, instance, args, text);
    return problem ?? instance;
  }
  if (recipe) return initLayer(machine, instance, args, text) ?? instance;
  if (type.hasUnknownBase) return unknown(t('{0} derives from a class that is not known.', type.name));
  const reason = takeFields(machine, type, instance, args, site, scope);
  return reason === undefined ? instance : unknown(reason);
}

/** Binds a framework layer's arguments; returns an unknown where they do not fit. */
export function initLayer(
  machine: Machine,
  instance: InstanceValue,
  args: CallArgs,
  text: string,
): Value | undefined {
  const layer = instance.layer;
  if (!layer) return undefined;
  const { recipe } = layer;
  const strange = instance.class.form ? undefined : notUnderstood(recipe, args);
  if (strange) return strange;
  const bound = bind(recipe.signature, args, text || recipe.name);
  if (!(bound instanceof Args)) return bound;
  layer.args = bound.values;
  layer.bound = bound;
  const failed = frameworks[recipe.framework].made(machine, instance, bound, args);
  if (failed) return failed;
  if (recipe.builds === 'made' && recipe.weights) layer.weights = recipe.weights(bound, []);
  return undefined;
}

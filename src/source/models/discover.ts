/**
 * Which models a file holds: instances bound to names at the top, functions that make one when called without
 * arguments, classes that can be made without arguments, and what was made on the way inside of functions.
 */
import { callValue, plainArgs } from '../interpreter/calls';
import type { Environment } from '../interpreter/environment';
import type { Machine, Scope } from '../interpreter/machine';
import { stretch } from '../interpreter/memory';
import type { FunctionForm } from '../reading/form';
import type { ClassValue, InstanceValue, Site, Value } from '../values/values';
import type { Lines } from './lines';
import { membersOf, pathsBelow } from './tree';

export interface Candidate {
  readonly name: string;
  readonly instance: InstanceValue;
  /** Where its lens goes. */
  readonly site: Site;
}

/** Made on the way and named by nobody: no more than so many of one class. */
const MOST_OF_A_CLASS = 4;

export function discoverModels(
  machine: Machine,
  environment: Environment,
  scope: Scope,
  lines: Lines,
): Candidate[] {
  const candidates: Candidate[] = [];
  const taken = new Set<InstanceValue>();
  const add = (name: string, instance: InstanceValue, site: Site) => {
    if (taken.has(instance)) return;
    taken.add(instance);
    candidates.push({ name, instance, site });
  };
  const places = topLevelPlaces(machine, scope.file);
  for (const [name, value] of environment.names) {
    const site = places.get(name);
    if (site && value.kind === 'instance' && isModel(value)) add(name, value, site);
    // A list or dict of models is not a model; a layer of the framework by itself neither.
  }
  for (const form of machine.files.get(scope.file)?.program.body ?? []) {
    if (form.kind !== 'function' || form.isGenerator) continue;
    if (!form.params.every((p) => p.default || p.type === 'star' || p.type === 'doubleStar')) continue;
    // `def test():` makes a model and feeds it, whether or not somebody calls it.
    if ((form.params.length > 0 || machine.called.has(form)) && !returnsSomething(form)) continue;
    // A decorator of the file may stand for the function; it is called all the same.
    const value = environment.names.get(form.name);
    if (value?.kind !== 'function' && value?.kind !== 'bound' && value?.kind !== 'partial') continue;
    const site: Site = { file: scope.file, ...form.nameSpan };
    // Looked up once more, so that the call is known to depend on it.
    const call = () =>
      callValue(machine, environment.get(form.name) ?? value, plainArgs([], site), site, scope, form.name);
    const model = modelIn(stretch(machine, value, `call ${site.start}`, call));
    if (model) add(form.name, model, site);
  }
  const inUse = new Set(machine.instances.flatMap((instance) => instance.class.order));
  for (const [name, value] of environment.names) {
    if (value.kind !== 'class' || !value.form || value.file !== scope.file || name !== value.name) continue;
    if (!value.order.some((c) => c.recipe && c.recipe.type !== 'layer')) continue;
    machine.tick(10);
    if (inUse.has(value) || !canBeMade(value)) continue;
    const site: Site = { file: scope.file, ...value.form.nameSpan };
    const call = () =>
      callValue(machine, environment.get(name) ?? value, plainArgs([], site), site, scope, name);
    const result = stretch(machine, value, `call ${site.start}`, call);
    if (result.kind === 'instance') add(name, result, site);
  }
  addUnnamed(machine, scope, candidates, taken, add);
  return withoutParts(candidates)
    .map((candidate) => ({ candidate, at: lines.now(candidate.site).start }))
    .sort((a, b) => a.at - b.at)
    .map(({ candidate }) => candidate);
}

function addUnnamed(
  machine: Machine,
  scope: Scope,
  candidates: readonly Candidate[],
  taken: ReadonlySet<InstanceValue>,
  add: (name: string, instance: InstanceValue, site: Site) => void,
): void {
  const inside = new Set<InstanceValue>();
  for (const instance of machine.instances) for (const { value } of membersOf(instance)) inside.add(value);
  const madeAt = new Set(candidates.map(({ instance }) => instance.made?.start));
  const counts = new Map<ClassValue, number>();
  for (const instance of machine.instances) {
    if (
      taken.has(instance) ||
      inside.has(instance) ||
      machine.inner.has(instance) ||
      madeAt.has(instance.made?.start)
    )
      continue;
    const isOwn = instance.class.form !== undefined && instance.class.file === scope.file;
    const isFunctional = instance.layer?.functional !== undefined;
    if (!isModel(instance) || (!isOwn && !isFunctional)) continue;
    const count = counts.get(instance.class) ?? 0;
    if (count >= MOST_OF_A_CLASS || !instance.made) continue;
    counts.set(instance.class, count + 1);
    madeAt.add(instance.made.start);
    const { form } = instance.class;
    const site: Site = form ? { file: scope.file, ...form.nameSpan } : instance.made;
    add(
      isOwn ? instance.class.name : (instance.layer?.name ?? 'model'),
      instance,
      count === 0 ? site : instance.made,
    );
  }
}

/** Layers of the framework by themselves are no models; what the file derives or puts together is. */
function isModel(instance: InstanceValue): boolean {
  const { layer } = instance;
  if (!layer) return false;
  const { type } = layer.recipe;
  if (type === 'list' || type === 'dict') return instance.class.form !== undefined;
  if (type === 'layer' || type === 'wrapper')
    return instance.class.form !== undefined && instance.class.attributes.has('forward');
  if (type === 'sequential' && !instance.class.form) return layer.children.length > 0;
  return type !== 'base' || instance.class.form !== undefined;
}

function modelIn(value: Value): InstanceValue | undefined {
  if (value.kind === 'instance') return isModel(value) ? value : undefined;
  if (value.kind === 'tuple' || value.kind === 'list') {
    const [first] = value.items;
    return first?.kind === 'instance' && isModel(first) ? first : undefined;
  }
  return undefined;
}

function returnsSomething(form: FunctionForm): boolean {
  const { body } = form;
  if (!Array.isArray(body)) return true;
  const find = (statements: readonly unknown[]): boolean =>
    statements.some((stmt) => {
      if (typeof stmt !== 'object' || stmt === null || !('kind' in stmt)) return false;
      if (stmt.kind === 'return') return 'value' in stmt && stmt.value !== undefined;
      if (stmt.kind === 'function' || stmt.kind === 'class') return false;
      return Object.values(stmt).some((inner) => Array.isArray(inner) && find(inner));
    });
  return find(body);
}

function canBeMade(type: ClassValue): boolean {
  if (type.hasUnknownBase) return false;
  for (const c of type.order) {
    const init = c.attributes.get('__init__');
    if (init?.kind !== 'function') continue;
    const params = init.form.params.slice(1);
    return params.every((p) => p.default || p.type === 'star' || p.type === 'doubleStar');
  }
  return true;
}

/** What is a part of another candidate is shown there. */
function withoutParts(candidates: readonly Candidate[]): Candidate[] {
  const parts = new Set<InstanceValue>();
  for (const { instance } of candidates) {
    if (parts.has(instance)) continue;
    for (const part of pathsBelow(instance).keys()) if (part !== instance) parts.add(part);
  }
  return candidates.filter(({ instance }) => !parts.has(instance));
}

/** Where names are bound at the top of the file: the statement that bound them last. */
function topLevelPlaces(machine: Machine, file: string): Map<string, Site> {
  const places = new Map<string, Site>();
  const walk = (statements: NonNullable<ReturnType<typeof machine.files.get>>['program']['body']) => {
    for (const stmt of statements) {
      if (stmt.kind === 'assign') {
        for (const target of stmt.targets)
          if (target.kind === 'name') places.set(target.name, { file, start: target.start, end: target.end });
      } else if (stmt.kind === 'if') {
        walk(stmt.whenTrue);
        walk(stmt.whenFalse);
      } else if (stmt.kind === 'for' || stmt.kind === 'with' || stmt.kind === 'try' || stmt.kind === 'block')
        walk(stmt.body);
    }
  };
  walk(machine.files.get(file)?.program.body ?? []);
  return places;
}

import type { Declaration, Expr } from '../reading/form';
import { keyOf, NONE, unknown, type Value } from '../values/values';
import { getAttribute, setAttribute } from './attributes';
import { evaluate, reasonFor } from './expressions';
import { setIndex } from './indexing';
import { type Machine, type Scope, siteOf } from './machine';
import { iterate } from './sequences';

export function bindName(
  machine: Machine,
  name: string,
  value: Value,
  scope: Scope,
  declaration: Declaration,
): void {
  if (!name) return;
  const environment = scope.environment;
  let target = environment;
  if (declaration === 'function') {
    target = environment.home;
    if (target.outer?.has(name)) target = target.parent?.find(name) ?? target;
  } else if (declaration === 'resolve') target = environment.find(name) ?? environment.home;
  machine.journal.setName(target.names, name, value);
}

/** Writes a value to a name, attribute, item or pattern. */
export function assign(
  machine: Machine,
  target: Expr,
  value: Value,
  scope: Scope,
  declaration: Declaration,
): void {
  switch (target.kind) {
    case 'name':
      if (value.kind === 'tensor' || value.kind === 'instance') machine.mention(target, scope.file, value);
      bindName(machine, target.name, value, scope, declaration);
      return;
    case 'attribute': {
      if (value.kind === 'tensor' || value.kind === 'instance')
        machine.mention(target.nameSpan, scope.file, value);
      setAttribute(machine, evaluate(machine, target.object, scope), target.name, value, scope);
      return;
    }
    case 'index':
      setIndex(
        machine,
        evaluate(machine, target.object, scope),
        evaluate(machine, target.index, scope),
        value,
        scope,
      );
      return;
    case 'starred':
      assign(machine, target.value, value, scope, declaration);
      return;
    case 'default': {
      const fallback = value.kind === 'none' ? evaluate(machine, target.value, scope) : value;
      assign(machine, target.target, fallback, scope, declaration);
      return;
    }
    case 'tuple':
    case 'list':
      unpack(machine, target.items, value, scope, declaration);
      return;
    case 'dict': {
      const taken = new Set<string>();
      for (const entry of target.entries) {
        if (!entry.key) {
          const rest =
            value.kind === 'dict' ? [...value.entries].filter(([key]) => !taken.has(key)) : undefined;
          const kept: Value = rest ? { kind: 'dict', entries: new Map(rest) } : unknown(reasonFor(value));
          assign(machine, entry.value, kept, scope, declaration);
          continue;
        }
        const key = keyOf(evaluate(machine, entry.key, scope));
        if (key !== undefined) taken.add(key);
        const found =
          value.kind === 'dict' && key !== undefined
            ? (value.entries.get(key)?.value ?? NONE)
            : (value.kind === 'module' || value.kind === 'instance') && entry.key.kind === 'string'
              ? getAttribute(machine, value, entry.key.value, siteOf(scope, entry.key), scope)
              : unknown(reasonFor(value));
        assign(machine, entry.value, found, scope, declaration);
      }
      return;
    }
    default:
      return;
  }
}

export function unpack(
  machine: Machine,
  targets: readonly Expr[],
  value: Value,
  scope: Scope,
  declaration: Declaration,
): void {
  const items = iterate(machine, value, targets.length);
  const star = targets.findIndex((target) => target.kind === 'starred');
  const fits = items && (star < 0 ? items.length >= targets.length : items.length >= targets.length - 1);
  if (!fits || (scope.language === 'python' && star < 0 && items.length !== targets.length)) {
    const isShort = scope.language === 'javascript' && items;
    targets.forEach((target, i) => {
      const missing = isShort ? (items[i] ?? NONE) : unknown(reasonFor(value));
      assign(machine, target, missing, scope, declaration);
    });
    return;
  }
  const after = star < 0 ? 0 : targets.length - star - 1;
  targets.forEach((target, i) => {
    if (star < 0 || i < star) assign(machine, target, items[i], scope, declaration);
    else if (i === star)
      assign(
        machine,
        target,
        { kind: 'list', items: items.slice(star, items.length - after) },
        scope,
        declaration,
      );
    else assign(machine, target, items[items.length - targets.length + i], scope, declaration);
  });
}

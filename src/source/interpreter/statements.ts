/**
 * Executes statements of the common form. A known condition takes its branch; an unknown one takes both, and what
 * they leave behind is joined. Loops over known sequences are unrolled within a budget; of others, the body is
 * read twice and what it changes is unknown afterwards.
 */
import { t } from '../../base/localize';
import type { Expr, Stmt } from '../reading/form';
import { NONE, string, unknown, type Value } from '../values/values';
import { assign, bindName } from './assignments';
import { Environment } from './environment';
import { conditionReason, evaluate, reasonFor } from './expressions';
import { makeClass, makeFunction } from './functions';
import { importModule, importNames } from './imports';
import { join } from './join';
import { type Machine, type Scope, siteOf } from './machine';
import { binary, equal, truth } from './operators';
import { iterate } from './sequences';

export type Completion = 'normal' | 'break' | 'continue' | 'return' | 'raise';

export function execute(machine: Machine, statements: readonly Stmt[], scope: Scope): Completion {
  for (let i = 0; i < statements.length; i++) {
    const completion = statement(machine, statements[i], scope);
    if (completion !== 'normal') return completion;
  }
  return 'normal';
}

/** Runs `body` as something that may not happen. */
export function withUnknown<T>(machine: Machine, body: () => T): T {
  machine.uncertain++;
  try {
    return body();
  } finally {
    machine.uncertain--;
  }
}

function statement(machine: Machine, stmt: Stmt, scope: Scope): Completion {
  machine.enter();
  if (scope.file === machine.mainFile) machine.current = stmt;
  const completion = run(machine, stmt, scope);
  machine.depth--;
  return completion;
}

/** What is met most often; a function that the engine can take in at once. */
function run(machine: Machine, stmt: Stmt, scope: Scope): Completion {
  switch (stmt.kind) {
    case 'assign': {
      const value = evaluate(machine, stmt.value, scope);
      for (const target of stmt.targets) assign(machine, target, value, scope, stmt.declaration);
      return 'normal';
    }
    case 'return':
      giveBack(machine, stmt.value ? evaluate(machine, stmt.value, scope) : NONE);
      return 'return';
    case 'expression':
      evaluate(machine, stmt.value, scope);
      return 'normal';
    case 'if':
      return ifStatement(machine, stmt, scope);
    case 'for':
      return forStatement(machine, stmt, scope);
    default:
      return runOther(machine, stmt, scope);
  }
}

type OtherStmt = Exclude<Stmt, { kind: 'assign' | 'return' | 'expression' | 'if' | 'for' }>;

function runOther(machine: Machine, stmt: OtherStmt, scope: Scope): Completion {
  switch (stmt.kind) {
    case 'augment': {
      const before = evaluate(machine, stmt.target, scope);
      const added = evaluate(machine, stmt.value, scope);
      if (scope.file === machine.mainFile) machine.current = stmt;
      // A list grows in place, for all who hold it.
      if (stmt.operator === '+' && before.kind === 'list') {
        const items = iterate(machine, added);
        if (items) {
          machine.journal.touchList(before);
          before.items.push(...items);
          return 'normal';
        }
        machine.journal.touchList(before);
        before.lost = reasonFor(added);
        return 'normal';
      }
      const value = binary(machine, stmt.operator, before, added, stmt, scope);
      if (before.kind === 'tensor' && value.kind === 'tensor' && value.node) value.node.inPlace = true;
      assign(machine, stmt.target, value, scope, scope.language === 'python' ? 'function' : 'resolve');
      return 'normal';
    }
    case 'function':
      bindName(machine, stmt.name, makeFunction(machine, stmt, scope), scope, 'function');
      return 'normal';
    case 'class':
      bindName(machine, stmt.name, makeClass(machine, stmt, scope), scope, 'function');
      return 'normal';
    case 'while':
      return whileStatement(machine, stmt, scope);
    case 'break':
    case 'continue':
      return stmt.kind;
    case 'raise':
      return 'raise';
    case 'assert':
      evaluate(machine, stmt.test, scope);
      return 'normal';
    case 'delete':
      for (const target of stmt.targets)
        if (target.kind === 'name') machine.journal.deleteName(scope.environment.home.names, target.name);
        else if (target.kind === 'attribute') {
          const object = evaluate(machine, target.object, scope);
          if (object.kind === 'instance') machine.journal.deleteName(object.attributes, target.name);
        }
      return 'normal';
    case 'try':
      return tryStatement(machine, stmt, scope);
    case 'with':
      for (const item of stmt.items) {
        const value = evaluate(machine, item.value, scope);
        if (item.target) assign(machine, item.target, value, scope, 'function');
      }
      return machine.owners.length > 0 && stmt.items.some(({ value }) => cutsGradients(value))
        ? withoutGradients(machine, () => execute(machine, stmt.body, scope))
        : execute(machine, stmt.body, scope);
    case 'switch':
      return switchStatement(machine, stmt, scope);
    case 'block':
      return execute(machine, stmt.body, blockScope(scope));
    case 'import':
      importModule(machine, stmt, scope);
      return 'normal';
    case 'importFrom':
      importNames(machine, stmt, scope);
      return 'normal';
    case 'scope': {
      const home = scope.environment.home;
      home.outer ??= new Set();
      for (const name of stmt.names) home.outer.add(name);
      return 'normal';
    }
    default:
      return 'normal';
  }
}

/** `torch.no_grad()` and its like. */
function cutsGradients(value: Expr): boolean {
  const callee = value.kind === 'call' ? value.callee : value;
  const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
  return name === 'no_grad' || name === 'inference_mode';
}

function withoutGradients<T>(machine: Machine, body: () => T): T {
  const before = machine.isCut;
  machine.isCut = true;
  try {
    return body();
  } finally {
    machine.isCut = before;
  }
}

/** Most calls give one thing back: a list that is to grow would be made for sixteen. */
function giveBack(machine: Machine, value: Value): void {
  const { frame } = machine;
  if (frame) frame.returns = frame.returns.length === 0 ? [value] : [...frame.returns, value];
}

function blockScope(scope: Scope): Scope {
  if (scope.language === 'python') return scope;
  return { ...scope, environment: new Environment(scope.environment, 'block') };
}

function ifStatement(machine: Machine, stmt: Extract<Stmt, { kind: 'if' }>, scope: Scope): Completion {
  const answer = truth(evaluate(machine, stmt.test, scope), scope);
  if (answer !== undefined) return execute(machine, answer ? stmt.whenTrue : stmt.whenFalse, scope);
  const reason = conditionReason(machine, scope, stmt.test);
  return branches(
    machine,
    [() => execute(machine, stmt.whenTrue, scope), () => execute(machine, stmt.whenFalse, scope)],
    reason,
  );
}

/** Runs every branch from the same state, and joins what they leave. */
function branches(machine: Machine, bodies: readonly (() => Completion)[], reason: string): Completion {
  const ends: { completion: Completion; changes: ReturnType<typeof machine.journal.end> }[] = [];
  for (const body of bodies) {
    machine.journal.begin();
    let completion: Completion = 'raise';
    try {
      completion = withUnknown(machine, body);
    } finally {
      const changes = machine.journal.end(true);
      ends.push({ completion, changes });
    }
  }
  // A branch that raises is the one that is not meant to be taken; one that returns has put its value aside.
  const going = ends.filter(({ completion }) => completion !== 'raise' && completion !== 'return');
  if (going.length === 0) {
    return ends.some(({ completion }) => completion === 'return') ? 'return' : 'raise';
  }
  const places = new Map<object, Map<string, (typeof going)[number]['changes'][number]>>();
  for (const { changes } of going) {
    for (const change of changes) {
      const keys = places.get(change.container) ?? new Map();
      places.set(change.container, keys);
      keys.set(change.key, change);
    }
  }
  for (const [container, keys] of places) {
    for (const [key, change] of keys) {
      const values = going.map(({ changes }) => {
        const own = changes.find((c) => c.container === container && c.key === key);
        return own ? own.after : change.before;
      });
      let joined = values[0];
      for (const value of values.slice(1)) joined = join(machine, joined, value, reason);
      machine.journal.write(change, joined);
    }
  }
  const kinds = new Set(going.map(({ completion }) => completion));
  if (kinds.size === 1) return going[0].completion;
  // One way leaves the loop and another does not: go on, and let the loop forget what it changed.
  loops.get(machine)?.at(-1)?.set('imprecise', reason);
  return 'normal';
}

/** Loops being run, innermost last; an entry says why a loop's result cannot be trusted. */
const loops = new WeakMap<Machine, Map<'imprecise', string>[]>();

function inLoop(machine: Machine, body: (marks: Map<'imprecise', string>) => Completion): Completion {
  const stack = loops.get(machine) ?? [];
  loops.set(machine, stack);
  const marks = new Map<'imprecise', string>();
  stack.push(marks);
  machine.journal.begin();
  let completion: Completion;
  try {
    completion = body(marks);
  } catch (error) {
    machine.journal.end(false);
    throw error;
  } finally {
    stack.pop();
  }
  const changes = machine.journal.end(false);
  const reason = marks.get('imprecise');
  if (reason !== undefined) {
    for (const change of changes) {
      if (change.before === change.after) continue;
      machine.journal.write(change, join(machine, change.before, change.after, reason));
    }
  }
  return completion;
}

function forStatement(machine: Machine, stmt: Extract<Stmt, { kind: 'for' }>, scope: Scope): Completion {
  let source = evaluate(machine, stmt.iterable, scope);
  if (stmt.overKeys && source.kind === 'list')
    source = { kind: 'list', items: source.items.map((_, i) => string(String(i))) };
  const values = iterate(machine, source);
  if (!values) return unknownLoop(machine, stmt, scope, reasonFor(source));
  return inLoop(machine, (marks) => {
    const start = machine.steps;
    for (let i = 0; i < values.length; i++) {
      if (machine.steps - start > machine.limits.loopSteps && i + 1 < values.length) {
        marks.set('imprecise', t('The loop is too long to follow to its end.'));
        return 'normal';
      }
      const inner = blockScope(scope);
      assign(machine, stmt.target, values[i], inner, stmt.declaration);
      const completion = execute(machine, stmt.body, inner);
      if (completion === 'break') return 'normal';
      if (completion === 'return' || completion === 'raise') return completion;
    }
    return execute(machine, stmt.else, scope);
  });
}

/** A loop over something unknown: read it twice, from states that hold for any iteration. */
function unknownLoop(
  machine: Machine,
  stmt: Extract<Stmt, { kind: 'for' }>,
  scope: Scope,
  reason: string,
): Completion {
  const body = () => {
    const inner = blockScope(scope);
    assign(machine, stmt.target, unknown(reason), inner, stmt.declaration);
    const completion = execute(machine, stmt.body, inner);
    return completion === 'return' || completion === 'raise' ? completion : ('normal' as const);
  };
  for (let pass = 0; pass < 2; pass++) branches(machine, [body, () => 'normal'], reason);
  return 'normal';
}

function whileStatement(machine: Machine, stmt: Extract<Stmt, { kind: 'while' }>, scope: Scope): Completion {
  const outer = blockScope(scope);
  execute(machine, stmt.init, outer);
  return inLoop(machine, (marks) => {
    const start = machine.steps;
    for (let i = 0; ; i++) {
      if (!stmt.isPostTest || i > 0) {
        const answer = stmt.test ? truth(evaluate(machine, stmt.test, outer), outer) : true;
        if (answer === false) break;
        if (answer === undefined) {
          const reason = stmt.test ? conditionReason(machine, outer, stmt.test) : '';
          const body = () => {
            const completion = execute(machine, stmt.body, blockScope(outer));
            if (stmt.update) evaluate(machine, stmt.update, outer);
            return completion === 'return' || completion === 'raise' ? completion : ('normal' as const);
          };
          for (let pass = 0; pass < 2; pass++) branches(machine, [body, () => 'normal'], reason);
          marks.set('imprecise', reason);
          return 'normal';
        }
      }
      if (machine.steps - start > machine.limits.loopSteps) {
        machine.report({
          code: 'analysis/stopped',
          severity: 'information',
          message: t(
            'The analysis stopped at this loop, which does not end within its budget; what follows may be unknown.',
          ),
          site: siteOf(scope, stmt),
        });
        marks.set('imprecise', t('The loop is too long to follow to its end.'));
        return 'normal';
      }
      const completion = execute(machine, stmt.body, blockScope(outer));
      if (completion === 'break') return 'normal';
      if (completion === 'return' || completion === 'raise') return completion;
      if (stmt.update) evaluate(machine, stmt.update, outer);
    }
    return execute(machine, stmt.else, scope);
  });
}

function tryStatement(machine: Machine, stmt: Extract<Stmt, { kind: 'try' }>, scope: Scope): Completion {
  let completion = execute(machine, stmt.body, scope);
  if (completion === 'raise' && stmt.handlers.length > 0) {
    const handler = stmt.handlers[0];
    if (handler.name)
      bindName(machine, handler.name, unknown(t('The exception is not known.')), scope, 'function');
    completion = execute(machine, handler.body, scope);
  } else if (completion === 'normal') completion = execute(machine, stmt.else, scope);
  const last = execute(machine, stmt.finally, scope);
  return last === 'normal' ? completion : last;
}

function switchStatement(
  machine: Machine,
  stmt: Extract<Stmt, { kind: 'switch' }>,
  scope: Scope,
): Completion {
  const subject = evaluate(machine, stmt.subject, scope);
  const inner = blockScope(scope);
  let start = -1;
  let isUnknown = false;
  for (let i = 0; i < stmt.cases.length && start < 0; i++) {
    const test = stmt.cases[i].test;
    if (!test) continue;
    const same = equal(subject, evaluate(machine, test, scope));
    if (same) start = i;
    else if (same === undefined) isUnknown = true;
  }
  const runFrom = (index: number): Completion => {
    for (const { body } of stmt.cases.slice(index)) {
      const completion = execute(machine, body, inner);
      if (completion === 'break') return 'normal';
      if (completion !== 'normal') return completion;
    }
    return 'normal';
  };
  if (isUnknown) {
    const ways = stmt.cases.map((_, i) => () => runFrom(i));
    return branches(machine, [...ways, () => 'normal'], conditionReason(machine, scope, stmt.subject));
  }
  if (start < 0) start = stmt.cases.findIndex(({ test }) => !test);
  return start < 0 ? 'normal' : runFrom(start);
}

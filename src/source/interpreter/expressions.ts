/** Evaluates an expression of the common form to a value. */
import { t } from '../../base/localize';
import type { Argument, Expr, Span } from '../reading/form';
import type { CallArgs } from '../recipes/recipe';
import {
  boolean,
  type DictValue,
  ELLIPSIS,
  FALSE,
  float,
  int,
  keyOf,
  NONE,
  type Site,
  string,
  TRUE,
  unknown,
  type Value,
} from '../values/values';
import { assign } from './assignments';
import { getAttribute } from './attributes';
import { builtinNamed } from './builtins';
import { callValue } from './calls';
import { Environment } from './environment';
import { makeClass, makeFunction } from './functions';
import { getIndex } from './indexing';
import { join } from './join';
import { type Machine, type Scope, siteOf } from './machine';
import { binary, compare, display, negative, truth } from './operators';
import { iterate } from './sequences';
import { withUnknown } from './statements';

export function evaluate(machine: Machine, expr: Expr, scope: Scope): Value {
  machine.enter();
  if (scope.file === machine.mainFile) machine.current = expr;
  const value = read(machine, expr, scope);
  machine.depth--;
  return value;
}

/** What is met most often; a function that the engine can take in at once. */
function read(machine: Machine, expr: Expr, scope: Scope): Value {
  switch (expr.kind) {
    case 'name': {
      const value = scope.environment.get(expr.name) ?? builtinNamed(expr.name, scope.language);
      if (value === undefined) return unknown(t('The name {0} is not known.', expr.name));
      if (value.kind === 'tensor' || value.kind === 'instance') machine.mention(expr, scope.file, value);
      return value;
    }
    case 'attribute': {
      const object = evaluate(machine, expr.object, scope);
      const own = object.kind === 'instance' ? object.attributes.get(expr.name) : undefined;
      const value = own ?? getAttribute(machine, object, expr.name, siteOf(scope, expr), scope);
      if (value.kind === 'tensor' || value.kind === 'instance')
        machine.mention(expr.nameSpan, scope.file, value);
      return value;
    }
    case 'call': {
      // super() needs the frame, not a value.
      const callee = evaluate(machine, expr.callee, scope);
      const args = evaluateArgs(machine, expr.args, scope);
      const site = siteOf(scope, expr);
      if (scope.file === machine.mainFile) machine.current = expr;
      const result = callValue(machine, callee, args, site, scope, calleeText(expr.callee));
      if (result.kind === 'tensor') machine.mention(expr, scope.file, result);
      return result;
    }
    case 'binary': {
      const a = evaluate(machine, expr.left, scope);
      const b = evaluate(machine, expr.right, scope);
      return binary(machine, expr.operator, a, b, expr, scope);
    }
    case 'number':
      return expr.isFloat ? float(expr.value) : int(expr.value);
    case 'string':
      return string(expr.value);
    default:
      return readOther(machine, expr, scope);
  }
}

type OtherExpr = Exclude<Expr, { kind: 'name' | 'attribute' | 'call' | 'binary' | 'number' | 'string' }>;

function readOther(machine: Machine, expr: OtherExpr, scope: Scope): Value {
  switch (expr.kind) {
    case 'boolean':
      return expr.value ? TRUE : FALSE;
    case 'none':
      return NONE;
    case 'ellipsis':
      return ELLIPSIS;
    case 'index':
      return getIndex(
        machine,
        evaluate(machine, expr.object, scope),
        evaluate(machine, expr.index, scope),
        siteOf(scope, expr),
        scope,
      );
    case 'slice':
      return {
        kind: 'slice',
        lower: expr.lower ? evaluate(machine, expr.lower, scope) : NONE,
        upper: expr.upper ? evaluate(machine, expr.upper, scope) : NONE,
        step: expr.step ? evaluate(machine, expr.step, scope) : NONE,
      };
    case 'unary': {
      const value = evaluate(machine, expr.operand, scope);
      if (expr.operator === 'not') {
        const answer = truth(value, scope);
        return answer === undefined ? unknown(t('The condition is not known here.')) : boolean(!answer);
      }
      if (expr.operator === '-') return negative(machine, value, siteOf(scope, expr), scope);
      if (expr.operator === '+') return value;
      return value.kind === 'tensor' ? value : unknown(t('The result of {0} is not known here.', '~'));
    }
    case 'compare': {
      let left = evaluate(machine, expr.first, scope);
      let answer: boolean | undefined = true;
      for (const { operator, value } of expr.rest) {
        const right = evaluate(machine, value, scope);
        const holds = compare(machine, operator, left, right);
        if (holds === false) return FALSE;
        if (holds === undefined) answer = undefined;
        left = right;
      }
      return answer === undefined ? unknown(t('The condition is not known here.')) : TRUE;
    }
    case 'logical': {
      const left = evaluate(machine, expr.left, scope);
      if (expr.operator === '??') {
        if (left.kind === 'unknown') return left;
        return left.kind === 'none' ? evaluate(machine, expr.right, scope) : left;
      }
      const answer = truth(left, scope);
      if (answer === undefined) {
        const right = withUnknown(machine, () => evaluate(machine, expr.right, scope));
        // `x and False` is false whatever x is.
        if (truth(right, scope) === (expr.operator === 'or'))
          return right.kind === 'boolean' ? right : unknownTest();
        return unknownTest();
      }
      return answer === (expr.operator === 'and') ? evaluate(machine, expr.right, scope) : left;
    }
    case 'conditional': {
      const answer = truth(evaluate(machine, expr.test, scope), scope);
      if (answer !== undefined) return evaluate(machine, answer ? expr.whenTrue : expr.whenFalse, scope);
      const a = withUnknown(machine, () => evaluate(machine, expr.whenTrue, scope));
      const b = withUnknown(machine, () => evaluate(machine, expr.whenFalse, scope));
      return join(machine, a, b, conditionReason(machine, scope, expr.test));
    }
    case 'list':
    case 'tuple':
    case 'set': {
      const items: Value[] = [];
      for (const item of expr.items) {
        if (item.kind !== 'starred') {
          items.push(evaluate(machine, item, scope));
          continue;
        }
        const spread = evaluate(machine, item.value, scope);
        const found = iterate(machine, spread);
        if (!found) return unknown(reasonFor(spread));
        items.push(...found);
      }
      return { kind: expr.kind, items };
    }
    case 'starred':
      return evaluate(machine, expr.value, scope);
    case 'dict': {
      const result: DictValue = { kind: 'dict', entries: new Map() };
      for (const entry of expr.entries) {
        const value = evaluate(machine, entry.value, scope);
        if (!entry.key) {
          if (value.kind === 'none') continue;
          if (value.kind !== 'dict') return unknown(reasonFor(value));
          for (const [key, known] of value.entries) result.entries.set(key, known);
          continue;
        }
        const key = evaluate(machine, entry.key, scope);
        const text = keyOf(key);
        if (text === undefined) return unknown(t('A key of the dict is not known.'));
        result.entries.set(text, { key, value });
      }
      return result;
    }
    case 'lambda':
      return makeFunction(machine, expr.function, scope);
    case 'classExpression':
      return makeClass(machine, expr.class, scope);
    case 'comprehension':
      return comprehension(machine, expr, scope);
    case 'format': {
      let text = '';
      for (const part of expr.parts) {
        if (typeof part === 'string') {
          text += part;
          continue;
        }
        const shown = display(evaluate(machine, part, scope));
        if (shown === undefined || text.length > 10_000) return unknown(t('The text is not known.'));
        text += shown;
      }
      return string(text);
    }
    case 'assignment': {
      let value = evaluate(machine, expr.value, scope);
      if (expr.operator)
        value = binary(
          machine,
          expr.operator,
          evaluate(machine, expr.target, scope),
          value,
          siteOf(scope, expr),
          scope,
        );
      assign(machine, expr.target, value, scope, scope.language === 'python' ? 'function' : 'resolve');
      return value;
    }
    case 'sequence': {
      let last: Value = NONE;
      for (const item of expr.items) last = evaluate(machine, item, scope);
      return last;
    }
    case 'yield': {
      const value = expr.value ? evaluate(machine, expr.value, scope) : NONE;
      if (expr.isDelegate)
        machine.frame?.yields.push(...(iterate(machine, value) ?? [unknown(reasonFor(value))]));
      else machine.frame?.yields.push(value);
      return NONE;
    }
    case 'default':
      return evaluate(machine, expr.value, scope);
    case 'bad':
      return unknown(t('This part could not be read.'));
  }
}

function unknownTest(): Value {
  return unknown(t('The condition is not known here.'));
}

export function conditionReason(machine: Machine, scope: Scope, test: Expr): string {
  const text = machine.textOf(scope.file, test);
  return text.length <= 60
    ? t('It depends on the condition “{0}”, which is not known.', text)
    : t('It depends on a condition that is not known.');
}

export function reasonFor(value: Value): string {
  if ((value.kind === 'list' || value.kind === 'tuple') && value.lost !== undefined) return value.lost;
  return value.kind === 'unknown' ? value.reason : t('The value is not one that can be followed here.');
}

export function calleeText(callee: Expr): string {
  switch (callee.kind) {
    case 'name':
      return callee.name;
    case 'attribute': {
      const owner = calleeText(callee.object);
      return owner ? `${owner}.${callee.name}` : callee.name;
    }
    case 'call':
      return `${calleeText(callee.callee)}(…)`;
    case 'index':
      return `${calleeText(callee.object)}[…]`;
    default:
      return '';
  }
}

const NO_KEYWORDS: CallArgs['keywords'] = new Map();
const NO_ARGS: CallArgs = { positional: [], keywords: NO_KEYWORDS };

export function evaluateArgs(machine: Machine, args: readonly Argument[], scope: Scope): CallArgs {
  if (args.length === 0) return NO_ARGS;
  if (args.length === 1 && args[0].type === 'positional') {
    const value = evaluate(machine, args[0].value, scope);
    return { positional: [new GivenArgument(value, scope.file, args[0].value)], keywords: NO_KEYWORDS };
  }
  const positional: GivenArgument[] = [];
  let keywords: Map<string, GivenArgument> | undefined;
  let unknownRest: string | undefined;
  for (const arg of args) {
    const value = evaluate(machine, arg.value, scope);
    if (arg.type === 'positional') positional.push(new GivenArgument(value, scope.file, arg.value));
    else if (arg.type === 'keyword') {
      keywords ??= new Map();
      keywords.set(arg.name ?? '', new GivenArgument(value, scope.file, arg.value));
    } else if (arg.type === 'star') {
      const items = iterate(machine, value);
      if (items) for (const item of items) positional.push(new GivenArgument(item, scope.file, arg.value));
      else unknownRest = reasonFor(value);
    } else if (value.kind === 'dict') {
      keywords ??= new Map();
      for (const { key, value: item } of value.entries.values()) {
        if (key.kind === 'unknown') unknownRest = key.reason;
        if (key.kind === 'string') keywords.set(key.value, new GivenArgument(item, scope.file, arg.value));
      }
    } else unknownRest = reasonFor(value);
  }
  return { positional, keywords: keywords ?? NO_KEYWORDS, unknownRest };
}

/** A value with the place that it was given at, which few ask for. */
class GivenArgument {
  constructor(
    readonly value: Value,
    private readonly file: string,
    private readonly span: Span,
  ) {}

  get site(): Site {
    return { file: this.file, start: this.span.start, end: this.span.end };
  }
}

function comprehension(
  machine: Machine,
  expr: Extract<Expr, { kind: 'comprehension' }>,
  scope: Scope,
): Value {
  const inner: Scope = { ...scope, environment: new Environment(scope.environment, 'function') };
  const items: Value[] = [];
  const entries: DictValue = { kind: 'dict', entries: new Map() };
  let reason: string | undefined;
  const walk = (at: number): void => {
    if (reason !== undefined) return;
    if (at === expr.clauses.length) {
      const element = evaluate(machine, expr.element, inner);
      if (expr.value) {
        const key = keyOf(element);
        if (key === undefined) reason = t('A key of the dict is not known.');
        else entries.entries.set(key, { key: element, value: evaluate(machine, expr.value, inner) });
      } else items.push(element);
      return;
    }
    const clause = expr.clauses[at];
    const source = evaluate(machine, clause.iterable, at === 0 ? scope : inner);
    const values = iterate(machine, source);
    if (!values) {
      reason = reasonFor(source);
      return;
    }
    for (const value of values) {
      if (reason !== undefined) return;
      assign(machine, clause.target, value, inner, 'function');
      let isKept: boolean | undefined = true;
      for (const condition of clause.conditions) {
        isKept = truth(evaluate(machine, condition, inner), inner);
        if (isKept !== true) break;
      }
      if (isKept === undefined) reason = t('It depends on a condition that is not known.');
      else if (isKept) walk(at + 1);
    }
  };
  walk(0);
  if (reason !== undefined) return unknown(reason);
  if (expr.type === 'dict') return entries;
  if (expr.type === 'generator') return { kind: 'iterator', items };
  return { kind: expr.type, items };
}

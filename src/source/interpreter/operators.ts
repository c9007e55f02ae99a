/** Arithmetic, comparison and truth, with three answers: yes, no and not known. */
import { t } from '../../base/localize';
import type { BinaryOperator, CompareOperator, Span } from '../reading/form';
import { tensorBinary } from '../recipes/arithmetic';
import { add, floorDivide, modulo, multiply, sameDim, subtract } from '../values/dims';
import { float, int, keyOf, type Site, string, unknown, type Value } from '../values/values';
import { isSame } from './join';
import { type Machine, type Scope, siteOf } from './machine';
import { iterate } from './sequences';

/** A list longer than this is not built. */
export const LONGEST = 20_000;

function lostIn(value: Value): string | undefined {
  return value.kind === 'list' || value.kind === 'tuple' ? value.lost : undefined;
}

/** The place is only made where a tensor remembers it: most operands are plain numbers. */
export function binary(
  machine: Machine,
  operator: BinaryOperator,
  a: Value,
  b: Value,
  span: Span,
  scope: Scope,
): Value {
  if (a.kind === 'tensor' || b.kind === 'tensor')
    return tensorBinary(machine, operator, a, b, siteOf(scope, span));
  if (a.kind === 'unknown') return a;
  if (b.kind === 'unknown') return b;
  const lost = lostIn(a) ?? lostIn(b);
  if (lost !== undefined) return unknown(lost);
  const x = numeric(a);
  const y = numeric(b);
  if (x && y) return arithmetic(operator, x, y, scope);
  if (operator === '+') {
    if (a.kind === 'string' && b.kind === 'string') return text(a.value + b.value);
    if (scope.language === 'javascript' && (a.kind === 'string' || b.kind === 'string')) {
      const [left, right] = [display(a), display(b)];
      return left === undefined || right === undefined
        ? unknown(t('The text is not known.'))
        : text(left + right);
    }
    if ((a.kind === 'list' || a.kind === 'tuple') && a.kind === b.kind) {
      machine.tick(a.items.length + b.items.length);
      return { kind: a.kind, items: [...a.items, ...b.items] };
    }
  }
  if (operator === '*') {
    const [sequence, count] = x ? [b, x] : [a, y];
    if (count?.kind === 'int' && typeof count.value === 'number') {
      if (sequence.kind === 'list' || sequence.kind === 'tuple') {
        const items: Value[] = [];
        if (sequence.items.length * count.value > LONGEST)
          return unknown(t('The list is too long to follow.'));
        machine.tick(Math.max(0, sequence.items.length * count.value));
        for (let i = 0; i < count.value; i++) items.push(...sequence.items);
        return { kind: sequence.kind, items };
      }
      if (sequence.kind === 'string' && sequence.value.length * count.value <= LONGEST)
        return string(sequence.value.repeat(Math.max(0, count.value)));
    }
  }
  if (operator === '%' && a.kind === 'string') return percent(a.value, b);
  if (operator === '|' && a.kind === 'dict' && b.kind === 'dict')
    return { kind: 'dict', entries: new Map([...a.entries, ...b.entries]) };
  return unknown(t('The result of {0} is not known here.', operator));
}

function text(value: string): Value {
  return value.length > LONGEST ? unknown(t('The text is too long to follow.')) : string(value);
}

function percent(format: string, value: Value): Value {
  const values = value.kind === 'tuple' ? [...value.items] : [value];
  let isKnown = true;
  const result = format.replace(/%([sdi%])/g, (_, type: string) => {
    if (type === '%') return '%';
    const next = values.shift();
    const shown = next && display(next);
    if (shown === undefined) isKnown = false;
    return shown ?? '';
  });
  return isKnown && !/%[^%]/.test(result) ? text(result) : unknown(t('The text is not known.'));
}

/** How a value prints in an f-string; undefined where that is not known. */
export function display(value: Value): string | undefined {
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'int':
      return typeof value.value === 'number' ? String(value.value) : undefined;
    case 'float':
      return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
    case 'boolean':
      return value.value ? 'True' : 'False';
    case 'none':
      return 'None';
    default:
      return undefined;
  }
}

type NumberValue = Extract<Value, { kind: 'int' | 'float' }>;

function numeric(value: Value): NumberValue | undefined {
  if (value.kind === 'int' || value.kind === 'float') return value;
  if (value.kind === 'boolean') return { kind: 'int', value: value.value ? 1 : 0 };
  return undefined;
}

function arithmetic(operator: BinaryOperator, a: NumberValue, b: NumberValue, scope: Scope): Value {
  if (a.kind === 'int' && b.kind === 'int') {
    const exact = integer(operator, a, b, scope);
    if (exact) return exact;
  }
  if (typeof a.value !== 'number' || typeof b.value !== 'number')
    return unknown(t('The result of {0} is not known here.', operator));
  const value = real(operator, a.value, b.value);
  if (value === undefined || !Number.isFinite(value))
    return unknown(t('The result of {0} is not a number.', operator));
  // JavaScript has one kind of number.
  if (scope.language === 'javascript' && Number.isInteger(value)) return int(value);
  return float(value);
}

function integer(operator: BinaryOperator, a: NumberValue, b: NumberValue, scope: Scope): Value | undefined {
  switch (operator) {
    case '+':
      return int(add(a.value, b.value));
    case '-':
      return int(subtract(a.value, b.value));
    case '*':
      return int(multiply(a.value, b.value));
    case '//':
      return int(floorDivide(a.value, b.value));
    case '%':
      if (
        scope.language === 'javascript' &&
        typeof a.value === 'number' &&
        typeof b.value === 'number' &&
        b.value !== 0
      )
        return int(a.value % b.value);
      return int(modulo(a.value, b.value));
    case '/':
      if (scope.language === 'python' || typeof a.value === 'number') return undefined;
      return int(floorDivide(a.value, b.value));
    default:
      break;
  }
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return undefined;
  const [x, y] = [a.value, b.value];
  switch (operator) {
    case '**': {
      const value = x ** y;
      return y >= 0 && Number.isSafeInteger(value) ? int(value) : undefined;
    }
    case '<<':
      return y >= 0 && y < 31 ? int(x * 2 ** y) : undefined;
    case '>>':
      return y >= 0 ? int(Math.floor(x / 2 ** y)) : undefined;
    case '&':
      return int(x & y);
    case '|':
      return int(x | y);
    case '^':
      return int(x ^ y);
    default:
      return undefined;
  }
}

function real(operator: BinaryOperator, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - Math.floor(a / b) * b;
    case '**':
      return a ** b;
    default:
      return undefined;
  }
}

export function compare(
  machine: Machine,
  operator: CompareOperator,
  a: Value,
  b: Value,
): boolean | undefined {
  switch (operator) {
    case 'is':
      return identical(a, b);
    case 'is not':
      return negate(identical(a, b));
    case '==':
      return equal(a, b);
    case '!=':
      return negate(equal(a, b));
    case 'in':
      return contains(machine, a, b);
    case 'not in':
      return negate(contains(machine, a, b));
    default:
      return ordered(operator, a, b);
  }
}

export function negate(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function identical(a: Value, b: Value): boolean | undefined {
  if (a.kind === 'unknown' || b.kind === 'unknown') return undefined;
  if (a.kind === 'none' || b.kind === 'none' || a.kind === 'boolean' || b.kind === 'boolean')
    return a.kind === b.kind && isSame(a, b);
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'class' || a.kind === 'instance' || a.kind === 'native') return isSame(a, b);
  return equal(a, b);
}

/** What is looked at before two values are given up as too large to compare; lists may hold each other. */
const MOST_COMPARED = 50_000;

export function equal(a: Value, b: Value, budget = { left: MOST_COMPARED }): boolean | undefined {
  if (budget.left-- <= 0) return undefined;
  if (a.kind === 'unknown' || b.kind === 'unknown') return undefined;
  if (a.kind === 'tensor' || b.kind === 'tensor')
    return a.kind === 'none' || b.kind === 'none' ? false : undefined;
  const x = numeric(a);
  const y = numeric(b);
  if (x && y) {
    if (x.kind === 'int' && y.kind === 'int') return sameDim(x.value, y.value);
    return typeof x.value === 'number' && typeof y.value === 'number' ? x.value === y.value : undefined;
  }
  if ((a.kind === 'list' && a.lost !== undefined) || (b.kind === 'list' && b.lost !== undefined))
    return undefined;
  const isSequence = (v: Value) => v.kind === 'list' || v.kind === 'tuple';
  if ((a.kind === 'list' || a.kind === 'tuple') && (b.kind === 'list' || b.kind === 'tuple')) {
    if (a.kind !== b.kind || a.items.length !== b.items.length) return false;
    if (a === b) return true;
    let answer: boolean | undefined = true;
    for (let i = 0; i < a.items.length; i++) {
      const same = equal(a.items[i], b.items[i], budget);
      if (same === false) return false;
      if (same === undefined) answer = undefined;
    }
    return answer;
  }
  if (a.kind !== b.kind) return isSequence(a) && isSequence(b) ? undefined : false;
  if (a.kind === 'string' || a.kind === 'none' || a.kind === 'boolean') return isSame(a, b);
  if (a.kind === 'class' || a.kind === 'native' || a.kind === 'function') return a === b || isSame(a, b);
  return a === b
    ? true
    : a.kind === 'dict' || a.kind === 'set'
      ? isSame(a, b)
        ? true
        : undefined
      : undefined;
}

function contains(machine: Machine, item: Value, container: Value): boolean | undefined {
  if (item.kind === 'unknown' || container.kind === 'unknown') return undefined;
  if (container.kind === 'string')
    return item.kind === 'string' ? container.value.includes(item.value) : undefined;
  if (container.kind === 'dict') {
    const key = keyOf(item);
    if (key === undefined) return undefined;
    return container.entries.has(key) ? true : container.entries.has('(unknown)') ? undefined : false;
  }
  const items = iterate(machine, container);
  if (!items) return undefined;
  let answer: boolean | undefined = false;
  for (const other of items) {
    const same = equal(item, other);
    if (same) return true;
    if (same === undefined) answer = undefined;
  }
  return answer;
}

function ordered(operator: CompareOperator, a: Value, b: Value): boolean | undefined {
  let difference: number | undefined;
  const x = numeric(a);
  const y = numeric(b);
  if (x && y) {
    const gap = x.kind === 'int' && y.kind === 'int' ? subtract(x.value, y.value) : undefined;
    if (typeof gap === 'number') difference = gap;
    else if (typeof x.value === 'number' && typeof y.value === 'number') difference = x.value - y.value;
  } else if (a.kind === 'string' && b.kind === 'string')
    difference = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  if (difference === undefined) return undefined;
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  if (operator === '>') return difference > 0;
  return difference >= 0;
}

export function truth(value: Value, scope: Scope): boolean | undefined {
  const isPython = scope.language === 'python';
  switch (value.kind) {
    case 'none':
      return false;
    case 'boolean':
      return value.value;
    case 'int':
      return typeof value.value === 'number' ? value.value !== 0 : undefined;
    case 'float':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case 'list':
    case 'tuple':
    case 'set':
      if (value.lost !== undefined) return undefined;
      return isPython ? value.items.length > 0 : true;
    case 'dict':
      if (value.entries.has('(unknown)')) return undefined;
      return isPython ? value.entries.size > 0 : true;
    case 'unknown':
    case 'tensor':
      return undefined;
    case 'instance': {
      // nn.Sequential() and nn.ModuleList() have a length, and an empty one is false.
      const type = value.layer?.recipe.type;
      if (
        isPython &&
        value.layer?.recipe.framework === 'pytorch' &&
        (type === 'sequential' || type === 'list' || type === 'dict')
      )
        return value.layer.children.length > 0;
      return value.class.hasUnknownBase ? undefined : true;
    }
    case 'range':
      return Math.ceil((value.stop - value.start) / value.step) > 0;
    default:
      return true;
  }
}

export function negative(machine: Machine, value: Value, site: Site, scope: Scope): Value {
  if (value.kind === 'float') return float(-value.value);
  if (value.kind === 'tensor') return tensorBinary(machine, '*', value, int(-1), site);
  return binary(machine, '*', value, int(-1), site, scope);
}

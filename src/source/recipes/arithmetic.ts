/** What plain Python and JavaScript do to tensors: operators, subscripts, iteration. */
import { t } from '../../base/localize';
import type { Machine } from '../interpreter/machine';
import { unknownOf } from '../interpreter/machine';
import type { BinaryOperator } from '../reading/form';
import { add, ceilDivide, type Dim, type Dims, subtract, unknownDim } from '../values/dims';
import { formatShape } from '../values/format';
import type { OpResult } from '../values/trace';
import { type Site, type Start, type TensorValue, unknown, type Value } from '../values/values';
import type { Framework } from './recipe';
import { broadcast, matrixProduct } from './shapes';

const NAMES: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '//': 'floorDivide',
  '**': 'power',
  '%': 'modulo',
};

/** A tensor for anything that can stand beside one; undefined for what cannot. */
export function asTensor(machine: Machine, value: Value, framework: Framework): TensorValue | undefined {
  switch (value.kind) {
    case 'tensor':
      return value;
    case 'unknown':
      return machine.tensor(undefined, 'constant', framework, value.reason);
    case 'int':
    case 'float':
    case 'boolean': {
      const number = Number(value.value);
      const start = Number.isNaN(number) ? undefined : { kind: 'constant' as const, value: number };
      return { ...machine.tensor([], 'constant', framework), start };
    }
    default:
      return undefined;
  }
}

export function tensorBinary(
  machine: Machine,
  operator: BinaryOperator,
  a: Value,
  b: Value,
  site: Site,
): Value {
  const framework =
    (a.kind === 'tensor' ? a.framework : b.kind === 'tensor' ? b.framework : undefined) ?? 'pytorch';
  const x = asTensor(machine, a, framework);
  const y = asTensor(machine, b, framework);
  if (!x || !y) return unknown(t('The result of {0} is not known here.', operator));
  if (operator === '@') return product(machine, x, y, framework, site, '@');
  const result = elementwise(
    machine,
    NAMES[operator] ?? 'elementwise',
    x,
    y,
    framework,
    site,
    operator,
    scalarOf(a, b),
  );
  if (result.kind === 'tensor') result.start = foldedStart(NAMES[operator] ?? '', x, y);
  return result;
}

/** How a tensor starts that is made of one whose numbers are drawn or known, and of a number. */
export function foldedStart(op: string, x: TensorValue, y: TensorValue): Start | undefined {
  if (x.origin === 'parameter' || y.origin === 'parameter' || !x.start || !y.start) return undefined;
  const number = (v: TensorValue) =>
    v.shape?.length === 0 && v.start?.kind === 'constant' ? v.start.value : undefined;
  const [a, b] = [number(x), number(y)];
  if (op === 'add' && b !== undefined) return moved(x.start, b);
  if (op === 'add' && a !== undefined) return moved(y.start, a);
  if (op === 'subtract' && b !== undefined) return moved(x.start, -b);
  if (op === 'multiply' && b !== undefined) return scaledStart(x.start, b);
  if (op === 'multiply' && a !== undefined) return scaledStart(y.start, a);
  if (op === 'divide' && b !== undefined && b !== 0) return scaledStart(x.start, 1 / b);
  return undefined;
}

function moved(start: Start, by: number): Start | undefined {
  switch (start.kind) {
    case 'constant':
      return { kind: 'constant', value: start.value + by };
    case 'normal':
      return { ...start, mean: start.mean + by };
    case 'uniform':
      return { kind: 'uniform', low: start.low + by, high: start.high + by };
    case 'data':
      return { kind: 'data', data: start.data.map((value) => value + by) };
    default:
      return undefined;
  }
}

export function scaledStart(start: Start | undefined, factor: number): Start | undefined {
  switch (start?.kind) {
    case 'constant':
      return { kind: 'constant', value: start.value * factor };
    case 'normal':
      return { ...start, mean: start.mean * factor, std: Math.abs(start.std * factor) };
    case 'uniform': {
      const ends = [start.low * factor, start.high * factor];
      return { kind: 'uniform', low: Math.min(...ends), high: Math.max(...ends) };
    }
    case 'bernoulli':
      return { ...start, value: start.value * factor };
    case 'scaled':
      return { ...start, gain: start.gain * Math.abs(factor) };
    case 'data':
      return { kind: 'data', data: start.data.map((value) => value * factor) };
    default:
      return undefined;
  }
}

/** Rounded down, what is drawn evenly from [keep, 1 + keep) is 1 as often as `keep` says. */
export function flooredStart(start: Start | undefined): Start | undefined {
  if (start?.kind !== 'uniform' || Math.abs(start.high - start.low - 1) > 1e-9) return undefined;
  return start.low >= 0 && start.low <= 1 ? { kind: 'bernoulli', keep: start.low, value: 1 } : undefined;
}

function scalarOf(a: Value, b: Value): { scalar?: number; side?: string } {
  const read = (v: Value) =>
    (v.kind === 'int' || v.kind === 'float') && typeof v.value === 'number' ? v.value : undefined;
  const [left, right] = [read(a), read(b)];
  if (right !== undefined) return { scalar: right, side: 'right' };
  return left !== undefined ? { scalar: left, side: 'left' } : {};
}

export function elementwise(
  machine: Machine,
  op: string,
  x: TensorValue,
  y: TensorValue,
  framework: Framework,
  site: Site,
  callee: string,
  attributes: Readonly<Record<string, number | string>> = {},
): Value {
  return machine.emit({
    inputs: [x, y],
    rule: ([p, q]): OpResult => elementwiseRule(op, [p, q], framework, attributes),
    callee,
    framework,
    site,
  })[0];
}

export function elementwiseRule(
  op: string,
  inputs: readonly TensorValue[],
  framework: Framework,
  attributes: Readonly<Record<string, number | string>> = {},
): OpResult {
  let shape: Dims | undefined = inputs[0]?.shape;
  for (const other of inputs.slice(1)) {
    // Beside a number a tensor keeps its shape; beside something unknown nothing is known.
    if (!shape || !other.shape) shape = undefined;
    else
      shape = broadcast(
        shape,
        other.shape,
        framework,
        `shape/${op}`,
        misfit(op, shape, other.shape, framework),
      );
  }
  return { op, shapes: [shape], attributes };
}

function misfit(op: string, a: Dims, b: Dims, framework: Framework): string {
  const [x, y] = [formatShape(a, framework), formatShape(b, framework)];
  switch (op) {
    case 'add':
      return t('{0} and {1} cannot be added.', x, y);
    case 'subtract':
      return t('{0} and {1} cannot be subtracted.', x, y);
    case 'multiply':
      return t('{0} and {1} cannot be multiplied.', x, y);
    default:
      return t('{0} and {1} cannot be combined element by element.', x, y);
  }
}

export function product(
  machine: Machine,
  x: TensorValue,
  y: TensorValue,
  framework: Framework,
  site: Site,
  callee: string,
): Value {
  return machine.emit({
    inputs: [x, y],
    rule: ([a, b]) => {
      if (!a.shape || !b.shape || a.shape.length === 0 || b.shape.length === 0)
        return { op: 'matmul', shapes: [undefined] };
      const { shape, macs } = matrixProduct(a.shape, b.shape, framework);
      return { op: 'matmul', shapes: [shape], macs };
    },
    callee,
    framework,
    site,
  })[0];
}

export function selectFirst(machine: Machine, tensor: TensorValue, callee: string, at: number): Value {
  return machine.emit({
    inputs: [tensor],
    rule: ([x]) => ({ op: 'slice', shapes: [x.shape?.slice(1)], attributes: { index: String(at) } }),
    callee,
    framework: tensor.framework ?? 'pytorch',
    site: machine.at,
  })[0];
}

/** `x[:, ::2, ..., None, 0]` */
export function indexTensor(machine: Machine, tensor: TensorValue, index: Value, site: Site): Value {
  const parts = index.kind === 'tuple' ? index.items : [index];
  return machine.emit({
    inputs: [tensor],
    rule: ([x]) => ({
      op: 'slice',
      shapes: [x.shape && indexed(x, x.shape, parts)],
      reason: t('The subscript is not one that can be followed here.'),
      attributes: { index: describe(parts) },
    }),
    callee: '[]',
    framework: tensor.framework ?? 'pytorch',
    site,
  })[0];
}

function indexed(tensor: TensorValue, shape: Dims, parts: readonly Value[]): Dim[] | undefined {
  const uses = (part: Value) => part.kind !== 'none' && part.kind !== 'ellipsis';
  if (parts.filter(uses).length > shape.length) return undefined;
  const result: Dim[] = [];
  let at = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part.kind === 'none') result.push(1);
    else if (part.kind === 'ellipsis') {
      const end = shape.length - parts.slice(i + 1).filter(uses).length;
      while (at < end) result.push(shape[at++]);
    } else if (part.kind === 'int') at++;
    else if (part.kind === 'slice') result.push(sliced(shape[at++], part) ?? unknownOf(tensor));
    else return undefined;
  }
  return [...result, ...shape.slice(at)];
}

function sliced(size: Dim, slice: Extract<Value, { kind: 'slice' }>): Dim | undefined {
  const read = (value: Value): Dim | undefined | null =>
    value.kind === 'none' ? undefined : value.kind === 'int' ? value.value : null;
  const [lower, upper, step] = [read(slice.lower), read(slice.upper), read(slice.step) ?? 1];
  if (lower === null || upper === null || step === null) return unknownDim(t('The slice is not known.'));
  if (typeof step !== 'number' || step < 1) return unknownDim(t('The slice is not known.'));
  const from = place(lower ?? 0, size);
  const to = upper === undefined ? size : place(upper, size);
  if (from === undefined || to === undefined) return unknownDim(t('The slice is not known.'));
  const length = subtract(to, from);
  if (typeof length === 'number') return Math.max(0, Math.ceil(length / step));
  return step === 1 ? length : ceilDivide(length, step);
}

/** A bound inside the size: negative ones count from the end, those beyond stop there. */
function place(bound: Dim, size: Dim): Dim | undefined {
  if (typeof bound === 'number' && typeof size === 'number')
    return bound < 0 ? Math.max(0, size + bound) : Math.min(bound, size);
  if (typeof bound === 'number') return bound === 0 ? 0 : bound < 0 ? add(size, bound) : undefined;
  const rest = subtract(size, bound);
  return typeof rest === 'number' && rest >= 0 ? bound : undefined;
}

function describe(parts: readonly Value[]): string {
  const show = (value: Value) =>
    value.kind === 'int' && typeof value.value === 'number' ? String(value.value) : '';
  return parts
    .map((part) => {
      if (part.kind === 'slice') return `${show(part.lower)}:${show(part.upper)}:${show(part.step)}`;
      return part.kind === 'none' ? 'new' : part.kind === 'ellipsis' ? '...' : show(part) || '?';
    })
    .join(',');
}

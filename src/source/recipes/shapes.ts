/**
 * Shape rules that frameworks share: windows, broadcasting, reshaping, joining. All arithmetic is on possibly
 * symbolic sizes; a fault is thrown only where sizes certainly do not fit.
 */
import { t } from '../../base/localize';
import {
  add,
  ceilDivide,
  type Dim,
  type Dims,
  floorDivide,
  formatDim,
  isUnknownDim,
  multiply,
  productOf,
  sameDim,
  subtract,
  unknownDim,
} from '../values/dims';
import { formatShape } from '../values/format';
import type { TensorValue } from '../values/values';
import { type Framework, ShapeFault } from './recipe';

export type Padding = 'same' | 'valid' | 'causal' | readonly Dim[];

export interface Window {
  readonly kernel: readonly Dim[];
  readonly stride: readonly Dim[];
  readonly dilation: readonly Dim[];
  /** `same` as in TensorFlow, or zeros on each side (both sides together where they differ: `total`). */
  readonly padding: Padding;
  readonly ceil?: boolean;
}

/** Sizes after a sliding window. A window larger than its padded input is a fault. */
export function windowed(sizes: readonly Dim[], w: Window, framework: Framework): Dim[] {
  return sizes.map((size, i) => {
    const reach = add(multiply(w.dilation[i], subtract(w.kernel[i], 1)), 1);
    if (w.padding === 'same' || w.padding === 'causal') return ceilDivide(size, w.stride[i]);
    const pad = w.padding === 'valid' ? 0 : multiply(2, w.padding[i]);
    const room = subtract(add(size, pad), reach);
    // With ceil_mode the last window may reach over the edge, even if it is the only one.
    const fewest = w.ceil && typeof w.stride[i] === 'number' ? 1 - w.stride[i] : 0;
    if (typeof room === 'number' && room < fewest) {
      throw new ShapeFault(
        'shape/window',
        t(
          'A window of {0} does not fit into an input of size {1} with a padding of {2}.',
          show(reach),
          show(size),
          show(floorDivide(pad, 2)),
        ),
      );
    }
    if (!w.ceil) return add(floorDivide(room, w.stride[i]), 1);
    const up = add(ceilDivide(room, w.stride[i]), 1);
    // The last window must start inside the input or the left padding.
    if (
      typeof up === 'number' &&
      typeof size === 'number' &&
      typeof pad === 'number' &&
      typeof w.stride[i] === 'number'
    )
      return (up - 1) * w.stride[i] >= size + pad / 2 ? up - 1 : up;
    return typeof up === 'number' || room === 0
      ? up
      : unknownDim(t('The size is too complicated to follow.'));
  });

  function show(dim: Dim): string {
    return formatShape([dim], framework).replace(/^[[(]|,?[\])]$/g, '');
  }
}

export function windowedTransposed(
  sizes: readonly Dim[],
  w: Window,
  outputPadding: readonly Dim[] | undefined,
): Dim[] {
  return sizes.map((size, i) => {
    const reach = add(multiply(w.dilation[i], subtract(w.kernel[i], 1)), 1);
    if (w.padding === 'same') return multiply(size, w.stride[i]);
    if (w.padding === 'valid' || w.padding === 'causal') {
      const rest = subtract(reach, w.stride[i]);
      const extra = typeof rest === 'number' ? Math.max(0, rest) : rest;
      return add(multiply(size, w.stride[i]), extra);
    }
    const extra = outputPadding?.[i] ?? 0;
    if (
      typeof extra === 'number' &&
      extra > 0 &&
      extra >= Math.max(Number(w.stride[i]), Number(w.dilation[i]))
    )
      throw new ShapeFault(
        'layer/argument',
        t('The output padding {0} must be smaller than the stride or the dilation.', extra),
      );
    const grown = add(multiply(subtract(size, 1), w.stride[i]), reach);
    const result = add(subtract(grown, multiply(2, w.padding[i])), extra);
    if (typeof result === 'number' && result < 1)
      throw new ShapeFault(
        'shape/window',
        t('Nothing is left of an input of size {0}: the padding takes it all.', formatDim(size)),
      );
    return result;
  });
}

/** NumPy's rule; `recovered` of the fault keeps what agrees. */
export function broadcast(a: Dims, b: Dims, framework: Framework, code: string, message?: string): Dim[] {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  let isWrong = false;
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    const same = sameDim(x, y);
    if (same || y === 1) result.push(x);
    else if (x === 1) result.push(y);
    else if (typeof x === 'number' && typeof y === 'number') {
      isWrong = true;
      result.push(unknownDim(t('The sizes {0} and {1} do not agree.', x, y)));
    } else if (typeof x === 'number') result.push(x);
    else if (typeof y === 'number') result.push(y);
    else
      result.push(
        isUnknownDim(x) ? x : isUnknownDim(y) ? y : unknownDim(t('It is not known whether two sizes agree.')),
      );
  }
  if (isWrong) {
    const [left, right] = [formatShape(a, framework), formatShape(b, framework)];
    throw new ShapeFault(
      code,
      message ?? t('{0} and {1} cannot be added: their sizes differ.', left, right),
      {
        recovered: result,
      },
    );
  }
  return result;
}

/** A view: one size may be -1. */
export function reshaped(shape: Dims | undefined, wanted: readonly Dim[], framework: Framework): Dim[] {
  const at = wanted.indexOf(-1);
  if (at >= 0 && wanted.indexOf(-1, at + 1) >= 0)
    throw new ShapeFault('shape/reshape', t('Only one size of a reshape can be -1.'));
  const known = wanted.filter((_, i) => i !== at);
  const rest = productOf(known);
  if (!shape) {
    const reason = unknownDim(t('The shape of the input is not known.'));
    return wanted.map((dim, i) => (i === at ? reason : dim));
  }
  const total = productOf(shape);
  if (at < 0) {
    if (sameDim(total, rest) === false) throw misfit();
    return [...wanted];
  }
  if (typeof total === 'number' && typeof rest === 'number') {
    if (rest === 0 || total % rest !== 0) throw misfit();
    return wanted.map((dim, i) => (i === at ? total / rest : dim));
  }
  const quotient = exactQuotient(shape, known, total, rest);
  return wanted.map((dim, i) => (i === at ? quotient : dim));

  function misfit(): ShapeFault {
    return new ShapeFault(
      'shape/reshape',
      t(
        '{0} cannot be given the shape {1}: it has another number of elements.',
        formatShape(shape, framework),
        formatShape(wanted, framework),
      ),
      { recovered: wanted.map((dim, i) => (i === at ? unknownDim(t('The reshape does not fit.')) : dim)) },
    );
  }
}

/** Sizes on both sides are struck out first, so that symbols and unknowns that stay do not matter. */
function exactQuotient(shape: Dims, known: readonly Dim[], total: Dim, rest: Dim): Dim {
  const left = [...shape];
  const right: Dim[] = [];
  for (const dim of known) {
    const found = left.findIndex((other) => other === dim || sameDim(other, dim) === true);
    if (found >= 0) left.splice(found, 1);
    else right.push(dim);
  }
  if (right.length === 0) return productOf(left);
  const a = productOf(left);
  const b = productOf(right);
  if (typeof a === 'number' && typeof b === 'number' && b !== 0)
    return a % b === 0 ? a / b : unknownDim(t('The reshape does not come out even.'));
  return isUnknownDim(total) ? total : isUnknownDim(rest) ? rest : floorDivide(a, b);
}

/** A possibly negative axis, or undefined where it is out of range. */
export function axisOf(axis: Dim, rank: number): number | undefined {
  if (typeof axis !== 'number') return undefined;
  const at = axis < 0 ? rank + axis : axis;
  return at >= 0 && at < rank ? at : undefined;
}

export function flattened(shape: Dims, start: number, end: number): Dim[] {
  return [...shape.slice(0, start), productOf(shape.slice(start, end + 1)), ...shape.slice(end + 1)];
}

/** Joins along an axis; all other sizes must agree. */
export function concatenated(
  tensors: readonly TensorValue[],
  axis: Dim,
  framework: Framework,
): Dim[] | undefined {
  const shapes = tensors.map((tensor) => tensor.shape);
  const first = shapes.find((shape) => shape);
  if (!first || shapes.length === 0) return undefined;
  const at = axisOf(axis, first.length);
  if (typeof axis !== 'number') return undefined;
  if (at === undefined)
    throw new ShapeFault(
      'shape/axis',
      t('There is no axis {0} in {1}.', axis, formatShape(first, framework)),
    );
  let wrong: Dims | undefined;
  const result = first.map((dim, i) => {
    let merged: Dim = i === at ? 0 : dim;
    for (const shape of shapes) {
      if (!shape) {
        if (i === at) merged = unknownDim(t('The shape of the input is not known.'));
        continue;
      }
      if (shape.length !== first.length) {
        wrong = shape;
        continue;
      }
      const other = shape[i];
      if (i === at) merged = add(merged, other);
      else if (sameDim(merged, other) === false) {
        wrong = shape;
        merged = unknownDim(t('The sizes {0} and {1} do not agree.', String(merged), String(other)));
      } else if (typeof other === 'number') merged = other;
    }
    return merged;
  });
  if (wrong)
    throw new ShapeFault(
      'shape/concat',
      t(
        '{0} and {1} cannot be joined along axis {2}: their other sizes differ.',
        formatShape(first, framework),
        formatShape(wrong, framework),
        at,
      ),
      { recovered: result },
    );
  return result;
}

export function reduced(shape: Dims, axes: readonly number[], keep: boolean): Dim[] {
  return shape.flatMap((dim, i) => (axes.includes(i) ? (keep ? [1] : []) : [dim]));
}

/** Matrix product with broadcast batch sizes. */
export function matrixProduct(a: Dims, b: Dims, framework: Framework): { shape: Dim[]; macs: Dim } {
  const x = a.length === 1 ? [1, ...a] : [...a];
  const y = b.length === 1 ? [...b, 1] : [...b];
  const inner = x[x.length - 1];
  if (sameDim(inner, y[y.length - 2]) === false)
    throw new ShapeFault(
      'shape/matmul',
      t(
        '{0} and {1} cannot be multiplied: the inner sizes differ.',
        formatShape(a, framework),
        formatShape(b, framework),
      ),
    );
  const batch = broadcast(x.slice(0, -2), y.slice(0, -2), framework, 'shape/matmul');
  const shape = [...batch];
  if (a.length > 1) shape.push(x[x.length - 2]);
  if (b.length > 1) shape.push(y[y.length - 1]);
  return { shape, macs: productOf([...batch, x[x.length - 2], y[y.length - 1], inner]) };
}

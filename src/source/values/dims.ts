/**
 * Sizes that may be symbolic: integers, polynomials over symbols (`N`, `H`, `W`) with floor divisions as atoms,
 * and unknowns that carry their reason. Two sizes are the same, different, or cannot be told apart: an error is
 * only ever reported for sizes that are certainly different.
 */
import { t } from '../../base/localize';

/** A product of atoms, `H*W`, under its printed form. */
type Terms = ReadonlyMap<string, number>;

export interface SymbolicDim {
  readonly kind: 'symbolic';
  readonly constant: number;
  /** Coefficient per monomial; monomials are sorted atoms joined by `*`. */
  readonly terms: Terms;
}

export interface UnknownDim {
  readonly kind: 'unknownDim';
  readonly reason: string;
}

export type Dim = number | SymbolicDim | UnknownDim;
export type Dims = readonly Dim[];

export function symbol(name: string): Dim {
  return { kind: 'symbolic', constant: 0, terms: new Map([[name, 1]]) };
}

export function unknownDim(reason: string): UnknownDim {
  return { kind: 'unknownDim', reason };
}

export function isKnown(dim: Dim): dim is number {
  return typeof dim === 'number';
}

export function isUnknownDim(dim: Dim): dim is UnknownDim {
  return typeof dim !== 'number' && dim.kind === 'unknownDim';
}

/** More terms than this are given up as unknown: bounded work on hostile arithmetic. */
const MOST_TERMS = 12;

function polynomial(constant: number, terms: Map<string, number>): Dim {
  for (const [key, coefficient] of terms) if (coefficient === 0) terms.delete(key);
  if (terms.size === 0) return constant;
  if (terms.size > MOST_TERMS) return unknownDim(t('The size is too complicated to follow.'));
  return { kind: 'symbolic', constant, terms };
}

function partsOf(dim: number | SymbolicDim): { constant: number; terms: Terms } {
  return typeof dim === 'number' ? { constant: dim, terms: NO_TERMS } : dim;
}

const NO_TERMS: Terms = new Map();

export function add(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (isUnknownDim(a)) return a;
  if (isUnknownDim(b)) return b;
  const x = partsOf(a);
  const y = partsOf(b);
  const terms = new Map(x.terms);
  for (const [key, coefficient] of y.terms) terms.set(key, (terms.get(key) ?? 0) + coefficient);
  return polynomial(x.constant + y.constant, terms);
}

export function subtract(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return add(a, multiply(b, -1));
}

export function multiply(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 0 || b === 0) return 0;
  if (isUnknownDim(a)) return a;
  if (isUnknownDim(b)) return b;
  const x = partsOf(a);
  const y = partsOf(b);
  const terms = new Map<string, number>();
  const put = (key: string, value: number) => terms.set(key, (terms.get(key) ?? 0) + value);
  for (const [k, c] of x.terms) {
    if (y.constant !== 0) put(k, c * y.constant);
    for (const [l, d] of y.terms) put([...k.split('*'), ...l.split('*')].sort().join('*'), c * d);
  }
  if (x.constant !== 0) for (const [l, d] of y.terms) put(l, d * x.constant);
  return polynomial(x.constant * y.constant, terms);
}

/** Floor division. Exact where every coefficient divides; otherwise the division becomes an atom. */
export function floorDivide(a: Dim, b: Dim): Dim {
  if (isUnknownDim(a)) return a;
  if (isUnknownDim(b)) return b;
  if (b === 0) return unknownDim(t('The size is divided by zero.'));
  if (typeof a === 'number' && typeof b === 'number') return Math.floor(a / b);
  if (b === 1) return a;
  if (typeof b !== 'number') {
    const exact = divideBySymbolic(a, b);
    return exact ?? atom(`(${formatDim(a)})//(${formatDim(b)})`);
  }
  const { constant, terms } = partsOf(a);
  if ([...terms.values()].every((coefficient) => coefficient % b === 0)) {
    const divided = new Map([...terms].map(([key, coefficient]) => [key, coefficient / b] as const));
    return polynomial(Math.floor(constant / b), divided);
  }
  return atom(`(${formatDim(a)})//${b}`);
}

/** `a / b` where it comes out even for sure (a view's -1): monomial by monomial. */
function divideBySymbolic(a: Dim, b: SymbolicDim): Dim | undefined {
  if (isUnknownDim(a) || b.constant !== 0 || b.terms.size !== 1) return undefined;
  const [[key, coefficient]] = b.terms;
  const { constant, terms } = partsOf(a);
  if (constant !== 0) return undefined;
  const divided = new Map<string, number>();
  let rest = 0;
  for (const [k, c] of terms) {
    const atoms = k.split('*');
    for (const factor of key.split('*')) {
      const at = atoms.indexOf(factor);
      if (at < 0) return undefined;
      atoms.splice(at, 1);
    }
    if (c % coefficient !== 0) return undefined;
    if (atoms.length === 0) rest += c / coefficient;
    else divided.set(atoms.join('*'), (divided.get(atoms.join('*')) ?? 0) + c / coefficient);
  }
  return polynomial(rest, divided);
}

export function modulo(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) return a - Math.floor(a / b) * b;
  return subtract(a, multiply(floorDivide(a, b), b));
}

export function ceilDivide(a: Dim, b: Dim): Dim {
  return multiply(floorDivide(multiply(a, -1), b), -1);
}

/** An atom's own `*` would be split as a product: it is written `·`. */
function atom(text: string): Dim {
  if (text.length > 120) return unknownDim(t('The size is too complicated to follow.'));
  return symbol(text.replace(/\*/g, '·'));
}

/** `true` and `false` are certain; `undefined` where it depends on what a symbol or an unknown stands for. */
export function sameDim(a: Dim, b: Dim): boolean | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a === b;
  if (isUnknownDim(a) || isUnknownDim(b)) return undefined;
  const difference = subtract(a, b);
  if (typeof difference === 'number') return difference === 0;
  return undefined;
}

/** For keys: equal texts are equal sizes, except unknowns, which equal nothing. */
export function formatDim(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  if (isUnknownDim(dim)) return '?';
  let text = '';
  for (const [key, coefficient] of dim.terms) {
    const size = Math.abs(coefficient) === 1 ? key : `${Math.abs(coefficient)}*${key}`;
    text +=
      text === '' ? (coefficient < 0 ? `-${size}` : size) : coefficient < 0 ? ` - ${size}` : ` + ${size}`;
  }
  if (dim.constant !== 0) text += dim.constant < 0 ? ` - ${-dim.constant}` : ` + ${dim.constant}`;
  return text;
}

export function productOf(dims: Dims): Dim {
  let product: Dim = 1;
  for (const dim of dims) product = multiply(product, dim);
  return product;
}

/** Puts numbers for symbols; used where a batch size stands in for `N`. */
export function substitute(dim: Dim, values: ReadonlyMap<string, number>): Dim {
  if (typeof dim === 'number' || isUnknownDim(dim)) return dim;
  let result: Dim = dim.constant;
  for (const [key, coefficient] of dim.terms) {
    let product: Dim = coefficient;
    for (const factor of key.split('*')) product = multiply(product, values.get(factor) ?? symbol(factor));
    result = add(result, product);
  }
  return result;
}

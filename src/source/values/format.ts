/** Shapes as the framework prints them, and plain JSON forms of sizes. */
import type { Framework } from '../recipes/recipe';
import { type Dim, type Dims, formatDim, isUnknownDim } from './dims';

/** `[N, 64, 56, 56]`, `(None, 56, 56, 64)` or `[null,56,56,64]`; `?` for what is not known. */
export function formatShape(shape: Dims | undefined, framework: Framework): string {
  if (!shape) return '?';
  const parts = shape.map((dim) => formatIn(dim, framework));
  if (framework === 'keras') return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`;
  return framework === 'tfjs' ? `[${parts.join(',')}]` : `[${parts.join(', ')}]`;
}

function formatIn(dim: Dim, framework: Framework): string {
  if (typeof dim === 'number') return String(dim);
  if (isUnknownDim(dim)) return '?';
  if (framework === 'pytorch') return formatDim(dim);
  return framework === 'keras' ? 'None' : 'null';
}

/** Known sizes as numbers, everything else as null. */
export function plainShape(shape: Dims | undefined): (number | null)[] | null {
  return shape ? shape.map((dim) => (typeof dim === 'number' ? dim : null)) : null;
}

/** 11,178,378 */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** 11.2 M, 1.81 G, 269.7 k */
export function formatShort(count: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  let at = 0;
  let value = count;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at++;
  }
  const digits = at === 0 ? 0 : value < 10 ? 2 : 1;
  return `${value.toFixed(digits)}${units[at]}`;
}

/**
 * Keeps measured gradients inside float32. Sums of squares leave its range near norms of 1e-19 and 1e19, which
 * deep plain networks reach; scaling the loss by a power of two shifts them all, changes no mantissa, and is
 * divided out again. (The idea is that of loss scaling in mixed-precision training, Micikevicius et al. 2018.)
 */

/** Sums of squares are kept between these: float32 ends at 1e-38 and 3e38. */
const [lowest, highest] = [1e-30, 1e34];
/** Powers of two that a scale may have: beyond them the gradient itself leaves float32. */
const limit = 100;

export const initialLossScale = 1024;

/**
 * The scale to measure again with, or null where this measurement stands: because it is inside the range, or
 * because no scale would bring all of it inside.
 */
export function betterLossScale(squares: ArrayLike<number>, scale: number): number | null {
  let [smallest, largest] = [Infinity, 0];
  for (let i = 0; i < squares.length; i++) {
    if (Number.isNaN(squares[i])) return lower(scale, 40);
    smallest = Math.min(smallest, squares[i]);
    largest = Math.max(largest, squares[i]);
  }
  if (largest === 0 || squares.length === 0) return null;
  if (largest > highest) return lower(scale, Number.isFinite(largest) ? exponents(largest / 1e20) : 40);
  if (smallest >= lowest) return null;
  const room = exponents(highest / largest) - 2;
  const wanted = smallest === 0 ? room : Math.min(room, exponents(1e-20 / smallest));
  return wanted < 4 ? null : raise(scale, wanted);
}

/** Half of log2, because a scale enters a square twice. */
function exponents(ratio: number): number {
  return Math.max(0, Math.ceil(Math.log2(ratio) / 2));
}

function raise(scale: number, by: number): number | null {
  const exponent = Math.min(limit, Math.log2(scale) + by);
  return 2 ** exponent === scale ? null : 2 ** exponent;
}

function lower(scale: number, by: number): number | null {
  const exponent = Math.max(-limit, Math.log2(scale) - Math.max(1, by));
  return 2 ** exponent === scale ? null : 2 ** exponent;
}

/** Sums of squares are brought inside float32 by a power of two, once, and not chased for ever. */
import { describe, expect, it } from 'vitest';
import { betterLossScale } from '../../src/trainer/lossScale';

/** What an engine would measure of true norms at a scale: float32, denormals as zero. */
function measure(norms: readonly number[], scale: number): number[] {
  return norms.map((n) => {
    const square = Math.fround((n * scale) ** 2);
    return square < 1.2e-38 ? 0 : square;
  });
}

function settle(
  norms: readonly number[],
  start = 1024,
): { scale: number; squares: number[]; rounds: number } {
  let scale = start;
  for (let rounds = 0; ; rounds++) {
    const squares = measure(norms, scale);
    const better = betterLossScale(squares, scale);
    if (better === null || rounds === 3) return { scale, squares, rounds };
    scale = better;
  }
}

describe('the loss scale', () => {
  it('leaves ordinary gradients alone', () => {
    expect(betterLossScale(measure([1e-3, 0.1, 20], 1024), 1024)).toBeNull();
  });

  it.each([
    ['vanishing', [1e-17, 1e-10, 1e-2]],
    ['deeply vanishing', [1e-27, 1e-15, 1e-2]],
    ['exploding', [4e8, 1e4, 1]],
    ['beyond the square of float32', [1e22, 1e10, 1]],
  ])('measures %s gradients', (_, norms) => {
    const { scale, squares, rounds } = settle(norms);
    expect(rounds).toBeLessThanOrEqual(2);
    expect(Number.isInteger(Math.log2(scale))).toBe(true);
    squares.forEach((s, i) => {
      expect(Math.sqrt(s) / scale / norms[i]).toBeCloseTo(1, 5);
    });
  });

  it('accepts what no scale can hold, and gradients that are zero', () => {
    expect(settle([0, 1, 2]).rounds).toBeLessThanOrEqual(2);
    expect(betterLossScale([0, 0], 1)).toBeNull();
    expect(betterLossScale([], 1)).toBeNull();
  });

  it('comes down from an overflow to infinity', () => {
    const { squares } = settle([1e25, 1e20], 2 ** 60);
    expect(squares.every(Number.isFinite)).toBe(true);
  });
});

/** Verdicts come from numbers: the facts' own figures get the facts' own words. */
import { describe, expect, it } from 'vitest';
import { formatNorm, readProfile, verdictSentence } from '../../src/experiments/verdict';

/** Norms of `blocks` blocks that grow by a constant factor towards the input. */
const exponential = (ratio: number, blocks: number) =>
  Array.from({ length: blocks }, (_, i) => ratio ** (1 - i / (blocks - 1)));

describe('a verdict', () => {
  it.each([
    ['plain + BN', 19, 9, 'explodes'],
    ['plain + BN, 54 blocks', 4e8, 54, 'explodes'],
    ['plain, Glorot', 2e-3, 9, 'vanishes'],
    ['plain, He', 0.81, 54, 'flat'],
    ['residual + BN, 9 blocks', 7.2, 9, 'growsMildly'],
    ['residual + BN, 54 blocks', 68, 54, 'growsMildly'],
    ['plain-56 at step 80', 0.054, 27, 'shrinksMildly'],
    ['residual, sigmoid', 1.4e-6, 9, 'vanishes'],
  ])('%s: ratio %f over %i blocks %s', (_, ratio, blocks, growth) => {
    const profile = readProfile(exponential(ratio, blocks));
    expect(profile.growth).toBe(growth);
    expect(profile.ratio).toBeCloseTo(ratio, 6);
    expect(profile.slope).toBeCloseTo(Math.log10(ratio) / (blocks - 1), 9);
  });

  it('names the number, the step and the seeds', () => {
    const profile = readProfile(exponential(11473, 27));
    expect(verdictSentence({ title: 'Plain-56', profile }, 1, 1)).toBe(
      'Plain-56: the gradient explodes from output to input: ratio 11,473, slope +0.156 per block, at step 1 (seeds: 1).',
    );
  });

  it('concludes nothing from nothing', () => {
    expect(readProfile([1]).growth).toBe('unknown');
    expect(readProfile([Number.NaN, 1, 2]).growth).toBe('unknown');
    expect(readProfile([0, 0, 1]).growth).toBe('vanishes');
  });

  it('prints what float32 cannot hold as a bound, never as 0', () => {
    expect(formatNorm(0)).toBe('< 1e-38');
    expect(formatNorm(Infinity)).toBe('> 3e38');
    expect(formatNorm(0.0123)).toBe('0.0123');
    expect(formatNorm(8700)).toBe('8,700');
    expect(formatNorm(4e8)).toBe('4.0e8');
  });
});

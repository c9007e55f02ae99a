/** Verdicts come from numbers: the facts' own figures get the facts' own words. */
import { describe, expect, it } from 'vitest';
import {
  formatNorm,
  type ProfileOverSeeds,
  profileOverSeeds,
  readProfile,
  verdictSentence,
} from '../../src/experiments/verdict';

/** Norms of `blocks` blocks that grow by a constant factor towards the input. */
const exponential = (ratio: number, blocks: number) =>
  Array.from({ length: blocks }, (_, i) => ratio ** (1 - i / (blocks - 1)));

/** One ratio a seed. */
const over = (blocks: number, ...ratios: number[]): ProfileOverSeeds =>
  profileOverSeeds(ratios.map((ratio) => readProfile(exponential(ratio, blocks))));

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

  it('names the number and the step, and that one seed shows no spread', () => {
    const profile = profileOverSeeds([readProfile(exponential(11473, 27))]);
    expect(verdictSentence({ title: 'Plain-56', profile }, 1)).toBe(
      'Plain-56: the gradient explodes from output to input: ratio 11,473, slope +0.156 per block, at step 1 (one seed, no spread).',
    );
  });

  it('gives the geometric mean of the seeds, the least and the greatest, and the word that all agree on', () => {
    const profile = over(27, 1e4, 1e5, 1e6);
    const start = over(27, 10, 10, 80);
    expect(verdictSentence({ title: 'Plain-56', profile }, 40)).toBe(
      'Plain-56: the gradient explodes from output to input: ratio 1.0e5 (10,000 to 1.0e6 over 3 seeds), slope +0.192 per block, at step 40.',
    );
    expect(verdictSentence({ title: 'Plain-56', profile, start }, 40)).toMatch(
      /at step 40\. At step 1 it grows mildly: ratio 20\.0 \(10\.0 to 80\.0\)\.$/,
    );
  });

  it('has no word where the seeds disagree, and says so', () => {
    const profile = over(9, 1.1, 3, 2);
    expect(profile.growth).toBeNull();
    expect(verdictSentence({ title: 'ResNet-20', profile }, 5)).toBe(
      'ResNet-20: the seeds disagree on the gradient from output to input (stays flat, grows mildly): ratio 1.88 (1.10 to 3.00 over 3 seeds), slope +0.034 per block, at step 5.',
    );
    const start = over(9, 1, 0.01);
    expect(verdictSentence({ title: 'A', profile: over(9, 1, 1), start }, 5)).toContain(
      'At step 1 the seeds disagree (stays flat, vanishes): ratio 0.100 (0.0100 to 1.00).',
    );
  });

  it('reads nothing where one seed has no gradient', () => {
    const profile = profileOverSeeds([readProfile([2, 1]), readProfile([Number.NaN, 1])]);
    expect(verdictSentence({ title: 'A', profile }, 3)).toMatch(/^A: too few blocks, or no gradient/);
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

/** A comparison concludes where the bands over the seeds are apart, and nothing where they are not. */
import { describe, expect, it } from 'vitest';
import { comparisonSentence } from '../../src/experiments/comparison';
import { profileOverSeeds, readProfile } from '../../src/experiments/verdict';

/** A network of ten blocks with one ratio a seed. */
function network(title: string, ratios: readonly number[], step = 40) {
  const norms = (ratio: number) => Array.from({ length: 10 }, (_, i) => ratio ** (1 - i / 9));
  return { title, step, profile: profileOverSeeds(ratios.map((r) => readProfile(norms(r)))) };
}

describe('a comparison over seeds', () => {
  it('says whose gradient grows more where the bands are apart', () => {
    const plain = network('Plain-20', [19, 17, 15]);
    const residual = network('ResNet-20', [5.4, 6.1, 4.2]);
    const sentence =
      'The gradient grows more in Plain-20 than in ResNet-20: their bands do not overlap (15.0 to 19.0 against 4.20 to 6.10).';
    expect(comparisonSentence([residual, plain])).toBe(sentence);
    expect(comparisonSentence([plain, residual])).toBe(sentence);
  });

  it('concludes nothing where they overlap, or only touch', () => {
    const a = network('A', [2, 8]);
    expect(comparisonSentence([a, network('B', [4, 16])])).toBe(
      'The bands overlap (A: 2.00 to 8.00; B: 4.00 to 16.0), so nothing is concluded about whose gradient grows more.',
    );
    expect(comparisonSentence([a, network('B', [8, 16])])).toContain('nothing is concluded');
    expect(comparisonSentence([a, network('B', [8.01, 16])])).toContain('grows more in B than in A');
    expect(comparisonSentence([a, network('inside', [3, 4])])).toContain('nothing is concluded');
  });

  it('speaks of shrinking where the upper band does not clearly grow', () => {
    expect(comparisonSentence([network('A', [0.5, 0.9]), network('B', [1e-9, 1e-7])])).toBe(
      'The gradient shrinks more in B than in A: their bands do not overlap (1.0e-9 to 1.0e-7 against 0.500 to 0.900).',
    );
    expect(comparisonSentence([network('A', [0.9, 1.2]), network('B', [0.1, 0.2])])).toContain(
      'shrinks more in B than in A',
    );
    expect(comparisonSentence([network('A', [1.1, 1.2]), network('B', [0.1, 0.2])])).toContain(
      'grows more in A than in B',
    );
  });

  it('concludes nothing from one seed each, however far apart', () => {
    expect(comparisonSentence([network('A', [2]), network('B', [2e9])])).toBe(
      'Each network was trained from one seed, which shows no spread: nothing is concluded about whose gradient grows more.',
    );
  });

  it('has nothing to say of different steps, of no gradient, of one network', () => {
    expect(comparisonSentence([network('A', [2, 3], 40), network('B', [20, 30], 50)])).toBeNull();
    expect(comparisonSentence([network('A', [2, 3]), network('B', [Number.NaN, 30])])).toBeNull();
    expect(comparisonSentence([network('A', [2, 3])])).toBeNull();
  });

  it('names the network whose single seed stands in the way', () => {
    expect(comparisonSentence([network('A', [2, 3]), network('B', [200])])).toBe(
      'Nothing is concluded about whose gradient grows more: B was trained from one seed, which shows no spread.',
    );
  });

  it('of more than two, names the one that stands apart at an end', () => {
    const [a, b, c] = [network('A', [2, 3]), network('B', [2.5, 4]), network('C', [20, 30])];
    expect(comparisonSentence([a, b, c])).toBe(
      'The gradient grows most in C: its band (20.0 to 30.0) overlaps with no other.',
    );
    expect(comparisonSentence([a, b, network('D', [0.1, 0.2])])).toContain('shrinks most in D');
    expect(comparisonSentence([a, b, network('E', [3.5, 5])])).toBe(
      'The bands overlap, so nothing is concluded about whose gradient grows most.',
    );
  });
});

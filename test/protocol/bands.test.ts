/** Several seeds become one number and a band; which mean, and what happens at the edges. */
import { describe, expect, it } from 'vitest';
import { bandOf, doOverlap, evaluationBands, overSeeds } from '../../src/protocol/bands';
import type { SeedNumbers } from '../../src/protocol/trainer';

const seed = (loss: number, norm: number, mean: number): SeedNumbers => ({
  loss,
  accuracy: loss / 10,
  vectors: {
    activationGradientNorm: Float32Array.of(norm, 1),
    activationMean: Float32Array.of(mean, 0),
  } as unknown as SeedNumbers['vectors'],
});

describe('a band over seeds', () => {
  it('has a geometric or an arithmetic middle, and the least and greatest seed as its ends', () => {
    expect(bandOf([1, 100], 'geometric')).toMatchObject({ low: 1, high: 100 });
    expect(bandOf([1, 100], 'geometric').middle).toBeCloseTo(10, 12);
    expect(bandOf([1, 2, 6], 'arithmetic')).toEqual({ middle: 3, low: 1, high: 6 });
    expect(bandOf([0.1, 0.1, 0.1], 'geometric')).toEqual({ middle: 0.1, low: 0.1, high: 0.1 });
  });

  it('keeps exact zeros and overflows, and has no number where a seed has none', () => {
    expect(bandOf([0, 4], 'geometric')).toEqual({ middle: 0, low: 0, high: 4 });
    expect(bandOf([Infinity, Infinity], 'geometric').middle).toBe(Infinity);
    const none = bandOf([1, Number.NaN, 3], 'arithmetic');
    expect([none.middle, none.low, none.high]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('does not overlap with one that lies apart, and does with one that it touches', () => {
    const band = (low: number, high: number) => ({ low, middle: low, high });
    expect(doOverlap(band(1, 2), band(2, 3))).toBe(true);
    expect(doOverlap(band(2, 3), band(1, 1.9))).toBe(false);
    expect(doOverlap(band(1, 9), band(3, 4))).toBe(true);
    expect(doOverlap(band(Number.NaN, Number.NaN), band(3, 4))).toBe(true);
  });

  it('means norms geometrically and the rest arithmetically, and keeps every seed', () => {
    const seeds = [seed(1, 1, -2), seed(3, 16, 6)];
    const over = overSeeds(seeds);
    expect(over.loss).toBe(2);
    expect(over.accuracy).toBeCloseTo(0.2);
    expect([...over.vectors.activationGradientNorm]).toEqual([4, 1]);
    expect([...over.vectors.activationMean]).toEqual([2, 0]);
    expect(over.seeds).toEqual(seeds);
    expect(overSeeds([seeds[0]])).toBe(seeds[0]);
  });
});

describe('evaluations over seeds', () => {
  const at = (network: number, own: number, step: number, accuracy: number) => ({
    network,
    seed: own,
    step,
    loss: 1 - accuracy,
    accuracy,
  });

  it('become one a step and network once all seeds are in; a repeated one counts once', () => {
    const all = [
      at(0, 1, 100, 0.4),
      at(0, 2, 100, 0.5),
      at(1, 1, 100, 0.1),
      at(0, 2, 100, 0.6),
      at(0, 1, 200, 0.7),
    ];
    const bands = evaluationBands(all, [2, 2]);
    expect(bands).toHaveLength(1);
    expect(bands[0]).toMatchObject({ network: 0, step: 100, accuracy: { middle: 0.5, low: 0.4, high: 0.6 } });
  });

  it('of a record from before there were seeds stay what they are', () => {
    const [band] = evaluationBands([{ network: 0, step: 5, loss: 1, accuracy: 0.25 }], [1]);
    expect(band.accuracy).toEqual({ middle: 0.25, low: 0.25, high: 0.25 });
  });
});

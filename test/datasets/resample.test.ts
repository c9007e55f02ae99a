import { describe, expect, it } from 'vitest';
import { axisOf, resamplePlane } from '../../src/datasets/resample';

function resample(source: number[][], height: number, width: number): number[][] {
  const target = new Float32Array(height * width);
  resamplePlane(
    Uint8Array.from(source.flat()),
    0,
    axisOf(source.length, height),
    axisOf(source[0].length, width),
    target,
    0,
  );
  return Array.from({ length: height }, (_, y) => [...target.subarray(y * width, (y + 1) * width)]);
}

describe('resampling', () => {
  it('interpolates between the centres of pixels when it grows', () => {
    expect(resample([[0, 100]], 1, 4)).toEqual([[0, 25, 75, 100]]);
  });

  it('weighs every pixel when it shrinks', () => {
    // A triangle of twice the width: 1/8, 3/8, 3/8, 1/8, cut and rescaled at the border.
    const [[left, right]] = resample([[0, 80, 160, 240]], 1, 2);
    expect(left).toBeCloseTo((3 * 0 + 3 * 80 + 160) / 7, 4);
    expect(right).toBeCloseTo((80 + 3 * 160 + 3 * 240) / 7, 4);
  });

  it('keeps an even surface even, at any pair of sizes', () => {
    for (const [from, to] of [
      [28, 96],
      [32, 7],
      [5, 3],
      [1, 9],
      [9, 1],
    ]) {
      const source = Array.from({ length: from }, () => new Array(from).fill(200));
      for (const row of resample(source, to, to)) for (const v of row) expect(v).toBeCloseTo(200, 3);
    }
  });

  it('leaves an image of the same size as it is', () => {
    const source = [
      [1, 2, 3],
      [40, 50, 60],
    ];
    expect(resample(source, 2, 3)).toEqual(source);
  });
});

import { describe, expect, it } from 'vitest';
import { readOptions } from '../../src/base/options';
import { schedules, warmUp } from '../../src/schedules';
import type { Schedule } from '../../src/schedules/schedule';

const factors = (id: keyof typeof schedules, total: number, given = {}) => {
  const schedule: Schedule = schedules[id];
  const options = readOptions(id, schedule.options, given);
  return Array.from({ length: total }, (_, step) => schedule.factor(step, total, options));
};

describe('schedules', () => {
  it('constant stays, step drops at a half and at three quarters', () => {
    expect(factors('constant', 4)).toEqual([1, 1, 1, 1]);
    const dropped = factors('step', 8);
    expect(dropped.map((f) => Number(f.toFixed(6)))).toEqual([1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01]);
  });

  it('cosine falls from the base rate to its end', () => {
    const f = factors('cosine', 5, { final: 0.1 });
    expect(f[0]).toBe(1);
    expect(f[2]).toBeCloseTo(0.55, 12);
    expect(f[4]).toBeCloseTo(0.1, 12);
    expect([...f].sort((a, b) => b - a)).toEqual(f);
  });

  it('one cycle rises for three tenths from a 25th, and ends far below it', () => {
    const f = factors('one-cycle', 101);
    expect(f[0]).toBeCloseTo(1 / 25, 12);
    expect(f[30]).toBeCloseTo(1, 12);
    expect(Math.max(...f)).toBeCloseTo(1, 12);
    expect(f[100]).toBeCloseTo(1 / 25 / 1e4, 12);
  });

  it.each(Object.keys(schedules) as (keyof typeof schedules)[])(
    '%s stays within 0 and 1 in runs of any length',
    (id) => {
      for (const total of [1, 2, 3, 200])
        for (const factor of factors(id, total)) {
          expect(factor).toBeGreaterThanOrEqual(0);
          expect(factor).toBeLessThanOrEqual(1);
        }
    },
  );

  it('one cycle without a rise, or without a fall, is still a number', () => {
    expect(factors('one-cycle', 3, { rise: 0 }).every(Number.isFinite)).toBe(true);
    expect(factors('one-cycle', 3, { rise: 1 }).every(Number.isFinite)).toBe(true);
  });

  it('warm-up climbs in equal steps', () => {
    expect([0, 1, 2, 3, 9].map((step) => warmUp(step, 4))).toEqual([0.25, 0.5, 0.75, 1, 1]);
    expect(warmUp(0, 0)).toBe(1);
  });
});

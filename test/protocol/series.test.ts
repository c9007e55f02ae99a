/** The thinned series of a run: bounded, exact steps, first and newest kept. */
import { describe, expect, it } from 'vitest';
import { overSeeds } from '../../src/protocol/bands';
import { Series } from '../../src/protocol/series';
import type { StepNumbers } from '../../src/protocol/trainer';

const numbers = (step: number): StepNumbers => ({
  loss: step / 10,
  accuracy: 0.5,
  vectors: { activationStd: Float32Array.of(step, 2 * step) } as unknown as StepNumbers['vectors'],
});

const stepsOf = (series: Series) => Array.from({ length: series.length }, (_, i) => series.stepAt(i));

describe('a series', () => {
  it('keeps at most its columns, the first and the newest step, and true numbers', () => {
    const series = new Series(50);
    for (let step = 1; step <= 10_000; step++) {
      series.add(step, numbers(step));
      expect(series.length).toBeLessThanOrEqual(50);
      expect(series.stepAt(series.length - 1)).toBe(step);
    }
    expect(series.stepAt(0)).toBe(1);
    expect(series.length).toBeGreaterThan(20);
    stepsOf(series).forEach((step, i) => {
      expect(series.lossAt(i)).toBe(step / 10);
      expect(series.vectorAt(i, 'activationStd')).toEqual(Float32Array.of(step, 2 * step));
    });
  });

  it('spreads its columns evenly over the steps', () => {
    const series = new Series(100);
    for (let step = 1; step <= 3000; step++) series.add(step, numbers(step));
    const steps = stepsOf(series);
    const gaps = steps.slice(1, -1).map((step, i) => step - steps[i]);
    expect(Math.max(...gaps) / Math.min(...gaps)).toBeLessThanOrEqual(2);
  });

  it('travels as a snapshot and goes on growing', () => {
    const series = new Series();
    for (let step = 1; step <= 30; step++) series.add(step, numbers(step));
    const copy = Series.from(series.toSnapshot());
    expect(copy.toSnapshot()).toEqual(series.toSnapshot());
    copy.add(31, numbers(31));
    expect(copy.stepAt(30)).toBe(31);
    expect(copy.indexAt(17)).toBe(16);
    expect(copy.indexAt(0)).toBe(0);
    expect(new Series().indexAt(3)).toBe(-1);
  });

  it('forgets what a resumed run takes back', () => {
    const series = new Series();
    for (let step = 1; step <= 30; step++) series.add(step, numbers(step));
    series.add(21, numbers(21));
    expect(stepsOf(series)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });

  it('holds one step more where somebody asks for it, through all thinning, until another one is asked for', () => {
    const exact = (step: number) => {
      const own = new Series();
      own.add(step, numbers(step));
      return own;
    };
    const series = new Series(50);
    for (let step = 1; step <= 1000; step++) series.add(step, numbers(step));
    const kept = stepsOf(series);
    const missing = kept[10] + 1;
    expect(kept).not.toContain(missing);
    series.pin(exact(missing));
    expect(stepsOf(series)).toEqual([...kept, missing].sort((a, b) => a - b));
    expect(series.lossAt(series.indexAt(missing))).toBe(missing / 10);
    for (let step = 1001; step <= 9000; step++) series.add(step, numbers(step));
    expect(stepsOf(series)).toContain(missing);
    expect(stepsOf(series)).toEqual([...new Set(stepsOf(series))].sort((a, b) => a - b));
    series.pin(exact(missing + 1));
    expect(stepsOf(series)).not.toContain(missing);
    expect(stepsOf(series)).toContain(missing + 1);
    // Nothing, what is there, and what is not there yet take it away again and add nothing.
    for (const other of [new Series(), exact(1), exact(9001)]) {
      series.pin(exact(missing));
      series.pin(other);
      expect(stepsOf(series)).not.toContain(missing);
      expect(stepsOf(series).at(-1)).toBe(9000);
    }
    series.pin(exact(missing));
    series.add(5, numbers(5));
    series.pin(new Series());
    expect(stepsOf(series).at(-1)).toBe(5);
  });

  it('loses nothing when a step is let go that a resumed run has taken the place of', () => {
    const series = new Series(50);
    for (let step = 1; step <= 1000; step++) series.add(step, numbers(step));
    const asked = stepsOf(series)[10] + 1;
    const exact = new Series();
    exact.add(asked, numbers(asked));
    series.pin(exact);
    // The run goes on from right behind the step that was asked for.
    for (const step of [asked + 1, asked + 2]) series.add(step, numbers(step));
    const kept = stepsOf(series);
    expect(kept.at(-1)).toBe(asked + 2);
    series.pin(new Series());
    expect(stepsOf(series)).toEqual(kept.filter((step) => step !== asked));
  });

  it('keeps every seed beside the mean, also as a snapshot, and has fewer columns for them', () => {
    const seeded = (step: number): StepNumbers => overSeeds([numbers(step), numbers(3 * step)]);
    const series = new Series();
    for (let step = 1; step <= 5; step++) series.add(step, seeded(step));
    const copy = Series.from(series.toSnapshot());
    expect(copy.seeds).toBe(2);
    expect(copy.lossAt(4)).toBe(1);
    expect(copy.seedsAt(4)!.map((s) => s.vectors.activationStd)).toEqual([
      Float32Array.of(5, 10),
      Float32Array.of(15, 30),
    ]);
    expect(copy.toSnapshot()).toEqual(series.toSnapshot());
    expect(Series.from(new Series().toSnapshot()).seeds).toBe(1);
    const bytes = (all: object): number =>
      Object.values(all).reduce((sum, v) => sum + (ArrayBuffer.isView(v) ? v.byteLength : bytes(v)), 0);
    const vector = new Float32Array(30_000);
    const own = { loss: 1, accuracy: 0, vectors: { activationStd: vector } as never };
    const large = new Series();
    for (let step = 1; step <= 300; step++) large.add(step, overSeeds([own, own, own]));
    expect(bytes(large.toSnapshot())).toBeLessThan(13e6);
    expect(large.length).toBeGreaterThan(10);
  });

  it('gives large networks fewer columns rather than more memory', () => {
    const series = new Series();
    const vector = new Float32Array(300_000);
    const large = (): StepNumbers => ({
      loss: 1,
      accuracy: 0,
      vectors: { activationStd: vector } as unknown as StepNumbers['vectors'],
    });
    for (let step = 1; step <= 100; step++) series.add(step, large());
    expect(series.length).toBeLessThanOrEqual(20);
  });
});

/** Snapshot and deltas, selection, folding, axes and verdicts, without a document. */
import { describe, expect, it } from 'vitest';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { emptySeries, Series } from '../../src/protocol/series';
import type { StepNumbers } from '../../src/protocol/trainer';
import {
  columnOf,
  comparison,
  decadesOf,
  digestOf,
  evaluationsOf,
  newestStep,
  readingOf,
  rowsOf,
  search,
  shareOf,
  shownStep,
  verdicts,
} from '../../webview/store/selectors';
import { reduce, type State } from '../../webview/store/state';
import { recordedRun, recordedSeeds, stateOf } from './fixtures';

const run = recordedRun();
const nodeOf = (state: State, id: string) => rowsOf(state).find((r) => r.id === id)!.node;

function numbersOf(snapshot: PanelSnapshot, network: number, column: number): StepNumbers {
  const series = Series.from(snapshot.series[network]);
  return {
    loss: series.lossAt(column),
    accuracy: series.accuracyAt(column),
    vectors: series.vectorsAt(column) as StepNumbers['vectors'],
  };
}

describe('snapshot and deltas', () => {
  it('give the same state in either way', () => {
    const bare = { ...run, series: run.networks.map(() => emptySeries) };
    let state = stateOf(bare);
    for (let c = 0; c < 60; c++) {
      const networks = [0, 1].map((n) => numbersOf(run, n, c));
      state = reduce(state, { type: 'stepped', event: { step: c + 1, totalSteps: 60, networks } });
    }
    const whole = stateOf(run);
    expect(state.series.map((s) => s.length)).toEqual([60, 60]);
    expect(verdicts(state)).toEqual(verdicts(whole));
    expect(decadesOf(state)).toEqual(decadesOf(whole));
    expect(state.run?.step).toBe(60);
  });

  it('keep what the person chose when the same subject comes anew', () => {
    const chosen = stateOf(
      run,
      { type: 'metric', metric: 'updateRatio' },
      { type: 'level', level: 'stages' },
    );
    const again = reduce(chosen, { type: 'snapshot', snapshot: run });
    expect([again.metric, again.folding.level]).toEqual(['updateRatio', 'stages']);
    const scrubbed = reduce(chosen, { type: 'step', step: 5 });
    const sibling = reduce(scrubbed, { type: 'snapshot', snapshot: { ...run, subject: 'run:other' } });
    expect([sibling.metric, sibling.folding.level, sibling.step]).toEqual(['updateRatio', 'stages', null]);
    const other = {
      ...run,
      networks: run.networks.slice(0, 1),
      series: run.series.slice(0, 1),
      subject: 'x',
    };
    const fresh = reduce(chosen, { type: 'snapshot', snapshot: other });
    expect([fresh.metric, fresh.folding.level]).toEqual(['activationGradientNorm', 'blocks']);
  });

  it('a measurement at initialisation is a column at step 0', () => {
    const bare = stateOf({ ...run, run: null, series: run.networks.map(() => emptySeries) });
    const state = reduce(bare, {
      type: 'measured',
      numbers: [0, 1].map((network) => ({ network, step: 0, numbers: numbersOf(run, network, 0) })),
    });
    expect(newestStep(state)).toBe(0);
    expect(columnOf(state, 1)).toBe(0);
    expect(verdicts(state)[0]).toContain('at step 0');
  });
});

describe('several seeds', () => {
  const seeded = recordedSeeds();
  const state = stateOf(seeded);
  const series = Series.from(seeded.series[0]);
  const seeds = series.seedsAt(9)!.map((s) => s.vectors);
  const names = seeded.networks[0].vectors.activationGradientNorm!;

  it('of a row are the geometric mean, with the least and the greatest', () => {
    const at = names.indexOf('stage2/block1/');
    const values = seeds.map((s) => s.activationGradientNorm![at]);
    const reading = readingOf(state, nodeOf(state, 'stage2/block1/'), 0, 'activationGradientNorm');
    expect(reading.middle).toBeCloseTo(Math.cbrt(values[0] * values[1] * values[2]), 12);
    expect(reading.seeds).toEqual({ low: Math.min(...values), high: Math.max(...values), count: 3 });
    expect(reading.low).toBe(reading.middle);
  });

  it('of a folded row are read from each seed alone, beside the range of its blocks', () => {
    const folded = reduce(state, { type: 'level', level: 'stages' });
    const stage = rowsOf(folded).find((r) => r.id.startsWith('stage1'))!.node;
    const blocks = [1, 2].map((i) => names.indexOf(`stage1/block${i}/`));
    const ofSeeds = seeds.map((s) =>
      Math.sqrt(s.activationGradientNorm![blocks[0]] * s.activationGradientNorm![blocks[1]]),
    );
    const reading = readingOf(folded, stage, 0, 'activationGradientNorm');
    expect(reading.seeds!.low).toBeCloseTo(Math.min(...ofSeeds), 12);
    expect(reading.seeds!.high).toBeCloseTo(Math.max(...ofSeeds), 12);
    const means = blocks.map((at) => series.vectorAt(9, 'activationGradientNorm')![at]);
    expect([reading.low, reading.high]).toEqual([Math.min(...means), Math.max(...means)]);
  });

  it('of a share are the arithmetic mean of the shares', () => {
    const shares = seeds.map((s) => s.skipNorm![0] / (s.skipNorm![0] + s.branchNorm![0]));
    const share = shareOf(state, nodeOf(state, 'stage1/block1/'), 0);
    expect(share.middle).toBeCloseTo((shares[0] + shares[1] + shares[2]) / 3, 12);
    expect(share.seeds!.low).toBe(Math.min(...shares));
  });

  it('have an axis with room for each of them', () => {
    const { from, to } = decadesOf(state);
    for (const { node, isHeader } of rowsOf(state)) {
      const { seeds } = readingOf(state, node, 0, state.metric);
      if (isHeader || !seeds || Number.isNaN(seeds.low)) continue;
      expect(Math.log10(seeds.low)).toBeGreaterThanOrEqual(from);
      expect(Math.log10(seeds.high)).toBeLessThanOrEqual(to);
    }
  });

  it('are counted in the verdicts, which say what they conclude', () => {
    for (const text of verdicts(state)) expect(text).toContain('over 3 seeds)');
    expect(comparison(state)).toMatch(/bands (overlap|do not overlap)/);
    expect(comparison(stateOf(run))).toContain('from one seed, which shows no spread');
  });

  it('arrive as deltas as they do in a snapshot', () => {
    const bare = { ...seeded, series: seeded.networks.map(() => emptySeries) };
    let grown = stateOf(bare);
    for (let c = 0; c < 10; c++) {
      const networks = seeded.series.map((s) => Series.from(s).numbersAt(c) as StepNumbers);
      grown = reduce(grown, { type: 'stepped', event: { step: c + 1, totalSteps: 10, networks } });
    }
    expect(verdicts(grown)).toEqual(verdicts(state));
    expect(grown.series[1].toSnapshot()).toEqual(seeded.series[1]);
    expect(decadesOf(grown)).toEqual(decadesOf(state));
  });

  it('have an evaluation only once all are in', () => {
    expect(evaluationsOf(state).map(({ network, step }) => [network, step])).toEqual([
      [0, 5],
      [1, 5],
      [0, 10],
      [1, 10],
    ]);
    const last = { ...state, evaluations: state.evaluations.slice(0, -1) };
    expect(evaluationsOf(last)).toHaveLength(3);
  });
});

describe('numbers of a row', () => {
  const state = stateOf(run);
  const names = run.networks[0].vectors.activationGradientNorm!;
  const newest = Series.from(run.series[0]).vectorsAt(59);

  it('are those of the record', () => {
    const block = readingOf(state, nodeOf(state, 'stage2/block1/'), 0, 'activationGradientNorm');
    expect(block.middle).toBe(newest.activationGradientNorm![names.indexOf('stage2/block1/')]);
    const [skip, branch] = [newest.skipNorm![3], newest.branchNorm![3]];
    expect(shareOf(state, nodeOf(state, 'stage2/block1/'), 0).middle).toBeCloseTo(skip / (skip + branch), 6);
    expect(shareOf(state, nodeOf(state, 'stage2/block1/'), 1).middle).toBeNaN();
  });

  it('of a folded stage are the geometric mean and the range of its blocks', () => {
    const folded = reduce(state, { type: 'level', level: 'stages' });
    const stage = rowsOf(folded).find((r) => r.id.startsWith('stage1'))!.node;
    const values = [1, 2, 3].map((i) => newest.activationGradientNorm![names.indexOf(`stage1/block${i}/`)]);
    const { low, middle, high } = readingOf(folded, stage, 0, 'activationGradientNorm');
    expect([low, high]).toEqual([Math.min(...values), Math.max(...values)]);
    expect(middle).toBeCloseTo(Math.cbrt(values[0] * values[1] * values[2]), 8);
  });

  it('of a block are the norm over all its weights', () => {
    const at = (name: string) => run.networks[0].vectors.weightGradientNorm!.indexOf(name);
    const weights = ['conv1.weight', 'bn1.weight', 'bn1.bias', 'conv2.weight', 'bn2.weight', 'bn2.bias'];
    const sum = weights
      .map((w) => newest.weightGradientNorm![at(`layer1.0.${w}`)] ** 2)
      .reduce((a, b) => a + b, 0);
    const { middle } = readingOf(state, nodeOf(state, 'stage1/block1/'), 0, 'weightGradientNorm');
    expect(middle).toBeCloseTo(Math.sqrt(sum), 6);
  });

  it('stand within an axis that all steps and both networks share', () => {
    const { from, to } = decadesOf(state);
    for (let column = 0; column < 60; column++)
      for (const network of [0, 1])
        for (const { node, isHeader } of rowsOf(state)) {
          const { middle } = readingOf(state, node, network, state.metric, column);
          if (isHeader || Number.isNaN(middle)) continue;
          expect(Math.log10(middle)).toBeGreaterThanOrEqual(from);
          expect(Math.log10(middle)).toBeLessThanOrEqual(to);
        }
  });
});

describe('the scrubber', () => {
  it('moves every reading to a recorded step and back to the newest', () => {
    const state = stateOf(run, { type: 'step', step: 20 });
    expect(shownStep(state)).toBe(20);
    expect(verdicts(state)[1]).toContain('at step 20');
    const node = nodeOf(state, 'stage1/block1/');
    const early = readingOf(state, node, 1, 'activationGradientNorm').middle;
    const late = readingOf(
      reduce(state, { type: 'step', step: null }),
      node,
      1,
      'activationGradientNorm',
    ).middle;
    expect(early).not.toBe(late);
  });
});

describe('search', () => {
  const state = stateOf(run);
  it('finds layers by scope, operator and kind, folded or not', () => {
    expect(search(state.tree, 'stage2/block3/conv')).toEqual(['stage2/block3/conv1', 'stage2/block3/conv2']);
    expect(search(state.tree, 'PROJECTION')).toEqual(['stage2/block1/', 'stage3/block1/']);
    expect(search(state.tree, '  ')).toEqual([]);
  });

  it('reveals what it found', () => {
    const revealed = reduce(state, { type: 'reveal', scope: 'stage3/block2/conv2' });
    expect(revealed.selected).toBe('stage3/block2/conv2');
    expect(rowsOf(revealed).map((r) => r.id)).toContain('stage3/block2/conv2');
    expect(reduce(state, { type: 'reveal', scope: 'nowhere' })).toBe(state);
  });
});

it('a digest says what is shown', () => {
  const seen = { drawnRows: 15, visibleArcs: 9, theme: 'dark', errors: [] };
  expect(digestOf(stateOf(run), seen)).toEqual({
    ...seen,
    rows: 15,
    seriesLengths: [60, 60],
    lastStep: 60,
    shownStep: 60,
    metric: 'activationGradientNorm',
    selected: null,
  });
});

/**
 * Several seeds in one run: each is, to the last bit, the run that it would have been alone, also behind a resume;
 * the record, its exports and what it says in the end have them all.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointFile } from '../../src/runs/checkpoints';
import { exportCsv } from '../../src/runs/exportCsv';
import { exportWeights } from '../../src/runs/exportWeights';
import { listRuns } from '../../src/runs/listRuns';
import { openRun } from '../../src/runs/runReader';
import type { LoopEvent } from '../../src/trainer/loop';
import type { TrainedNetwork } from '../../src/trainer/trainedNetwork';
import { readRecorded } from '../../src/workspace/recordedRun';
import { temporaryFolder } from '../temporaryFolder';
import { order, recorded, run, stopClock } from './running';
import { collect, compile, settings } from './training';

const steps = (events: readonly LoopEvent[]) => events.flatMap((e) => (e.type === 'step' ? [e.results] : []));

const evaluations = (events: readonly LoopEvent[]) =>
  events.flatMap((e) => (e.type === 'evaluated' ? [[e.step, e.network, e.loss, e.accuracy]] : []));

const weights = async (network: TrainedNetwork) =>
  new Map([...(await network.readTensors())].map(([name, { data }]) => [name, data]));

describe('two seeds in one loop', () => {
  it('are bit by bit the two runs that they would be alone', async () => {
    const plan = settings({ steps: 6, evaluateEvery: 3 });
    // Dropout draws from the seed as well.
    const first = await compile('resnet8', plan, { dropout: 0.2 });
    const second = await first.replica(2);
    const together = await collect([first, second], plan, { seeds: [1, 2] });
    for (const [i, [seed, replica]] of (
      [
        [1, first],
        [2, second],
      ] as const
    ).entries()) {
      const own = { ...plan, seed };
      const alone = await compile('resnet8', own, { dropout: 0.2 });
      const events = await collect([alone], own);
      expect(steps(together).map((results) => results[i])).toEqual(steps(events).map(([result]) => result));
      expect(evaluations(together).filter(([, network]) => network === i)).toEqual(
        evaluations(events).map(([step, , ...rest]) => [step, i, ...rest]),
      );
      expect(await weights(replica)).toEqual(await weights(alone));
      await alone.dispose();
    }
    const [[a, b]] = steps(together);
    expect(a.loss).not.toBe(b.loss);
    // Each may go by itself: the other trains on.
    await first.dispose();
    expect(steps(await collect([second], { ...plan, steps: 1 }))).toHaveLength(1);
    await second.dispose();
  });

  it('say which seed has diverged', async () => {
    const plan = settings({ steps: 9 });
    const replicas = [await compile('resnet8', plan)];
    for (const seed of [2, 3]) replicas.push(await replicas[0].replica(seed));
    const second = Object.create(replicas[1], {
      step: {
        value: async (...args: Parameters<TrainedNetwork['step']>) => ({
          ...(await replicas[1].step(...args)),
          ...(args[1] === 4 ? { loss: Number.NaN } : {}),
        }),
      },
    });
    const networks = [replicas[0], second, replicas[2]];
    const end = (await collect(networks, plan, { seeds: [1, 2, 3] })).at(-1)!;
    expect(end).toMatchObject({ type: 'ended', status: 'diverged' });
    expect(end.type === 'ended' && end.reason?.message).toMatch(
      /^The loss of ResNet-8 with seed 2 became NaN at step 4\./,
    );
    for (const replica of replicas) await replica.dispose();
  });
});

describe('a run of two networks and two seeds', () => {
  it('is one record of four, and goes on behind a stop as if there had been none', async () => {
    const whole = await run(order(temporaryFolder()));
    expect(whole.status).toBe('finished');
    const stopped = await run(order(temporaryFolder()), 3);
    expect(stopped.status).toBe('stopped');
    const resumed = await run({ kind: 'resume', folder: stopped.folder });
    expect(resumed.status).toBe('finished');
    expect(resumed.of('run/started')[0].seeds).toEqual([5, 6]);
    const straight = await recorded(whole.folder);
    expect(straight.map((records) => records.length)).toEqual([6, 6, 6, 6]);
    expect(await recorded(stopped.folder)).toEqual(straight);
    const last = (folder: string) =>
      readFileSync(path.join(folder, readdirSync(folder).filter((f) => f.endsWith('6.safetensors'))[0]));
    expect(last(stopped.folder).equals(last(whole.folder))).toBe(true);
  });

  it('does steps anew that were recorded and not saved, and has them once', async () => {
    stopClock();
    const { folder } = await run(order(temporaryFolder()));
    const straight = await recorded(folder);
    // As a killed process leaves it: four steps are saved, and six are recorded.
    rmSync(path.join(folder, checkpointFile(6)));
    // The new life is told from the old one by its learning rate.
    const file = path.join(folder, 'run.json');
    const description = JSON.parse(readFileSync(file, 'utf8'));
    description.settings.learningRate /= 2;
    writeFileSync(file, JSON.stringify(description));
    const resumed = await run({ kind: 'resume', folder });
    expect(resumed.of('run/started')[0].step).toBe(4);
    for (const [i, records] of (await recorded(folder)).entries()) {
      expect(records.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(records.slice(0, 4)).toEqual(straight[i].slice(0, 4));
      // The step starts where it did; what it changes is the new life's.
      expect(records[4].loss).toBe(straight[i][4].loss);
      expect(records[4].vectors.updateRatio).not.toEqual(straight[i][4].vectors.updateRatio);
    }
    expect(await exportCsv(await openRun(folder), path.join(folder, 'out.csv'))).toBe(4 * 6);
  });

  it('is announced as two networks with the means and every seed', async () => {
    const { of, folder } = await run(order(temporaryFolder()));
    const [started] = of('run/started');
    expect(started.networks.map((n) => n.name)).toEqual(['resnet8', 'plain8']);
    const { networks } = of('run/step').at(-1)!;
    expect(networks).toHaveLength(2);
    for (const { loss, seeds = [] } of networks) {
      expect(seeds).toHaveLength(2);
      expect(loss).toBeCloseTo((seeds[0].loss + seeds[1].loss) / 2, 12);
      expect(seeds[0].loss).not.toBe(seeds[1].loss);
    }
    expect(of('run/evaluated').map(({ step, network, seed }) => [step, network, seed])).toEqual(
      [3, 6].flatMap((step) =>
        ['resnet8', 'plain8'].flatMap((network) => [5, 6].map((seed) => [step, network, seed])),
      ),
    );
    const read = await readRecorded(folder);
    expect(read.seeds).toEqual([5, 6]);
    expect(read.networks.map((n) => n.name)).toEqual(['resnet8', 'plain8']);
    expect(read.series.map((s) => [s.length, s.seeds])).toEqual([
      [6, 2],
      [6, 2],
    ]);
    expect(read.series[1].lossAt(5)).toBe(networks[1].loss);
    expect(read.series[1].vectorAt(5, 'activationGradientNorm')).toEqual(
      networks[1].vectors.activationGradientNorm,
    );
  });

  it('is exported with a column, and a file of weights, for every seed', async () => {
    const root = temporaryFolder();
    await run(order(root, { steps: 2 }));
    const [listed] = await listRuns(root);
    const reader = await openRun(listed.folder);
    const file = path.join(root, 'out.csv');
    expect(await exportCsv(reader, file)).toBe(8);
    const lines = readFileSync(file, 'utf8').split('\r\n');
    expect(lines[0]).toMatch(/^network,seed,step,/);
    expect(lines.slice(1, -1).map((line) => line.split(',').slice(0, 3).join())).toEqual([
      'resnet8,5,1',
      'resnet8,5,2',
      'resnet8,6,1',
      'resnet8,6,2',
      'plain8,5,1',
      'plain8,5,2',
      'plain8,6,1',
      'plain8,6,2',
    ]);
    const written = await exportWeights(reader, path.join(root, 'weights'));
    expect(written.map((f) => path.basename(f))).toEqual([
      'resnet8-seed5.safetensors',
      'resnet8-seed6.safetensors',
      'plain8-seed5.safetensors',
      'plain8-seed6.safetensors',
    ]);
  });
});

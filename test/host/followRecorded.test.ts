/**
 * A run of several seeds that another process trains arrives as that of this window would: networks over seeds, and
 * every evaluation once.
 */
import { expect, it } from 'vitest';
import { followRecorded, type RecordedStep } from '../../src/host/panels/followRecorded';
import type { Evaluation } from '../../src/protocol/bands';
import { describeReplicas } from '../../src/runs/replicas';
import { createRun } from '../../src/runs/runWriter';
import { readRecorded } from '../../src/workspace/recordedRun';
import { sampleRun, sampleStep } from '../runs/sampleRun';
import { temporaryFolder } from '../temporaryFolder';

it('sends the networks of a step once all seeds have recorded it', async () => {
  const networks = describeReplicas(sampleRun.networks, [1, 2]);
  const writer = createRun(temporaryFolder(), { ...sampleRun, networks });
  const record = (name: string, step: number, loss: number) =>
    writer.recordStep(name, { ...sampleStep(step, name.split('-')[0]), loss });
  for (const step of [1, 2]) {
    record('resnet20-seed1', step, 1);
    record('resnet20-seed2', step, 3);
    record('plain20-seed1', step, 5);
    record('plain20-seed2', step, 7);
  }
  // The third step is under way.
  record('resnet20-seed1', 3, 1);
  const seen: RecordedStep[] = [];
  await new Promise<void>((resolve) => {
    const stop = new AbortController();
    const onStep = (step: RecordedStep) => {
      seen.push(step);
      if (step.step === 2) writer.end('finished');
    };
    const onEnded = () => {
      stop.abort();
      resolve();
    };
    void followRecorded(
      writer.folder,
      { step: 0, evaluations: 0 },
      { onStep, onEvaluated: () => {}, onEnded },
      stop.signal,
    );
  });
  const last = seen.at(-1)!;
  expect(last.step).toBe(2);
  expect(last.networks.map((n) => [n.loss, n.seeds?.map((s) => s.loss)])).toEqual([
    [2, [1, 3]],
    [6, [5, 7]],
  ]);
});

it('sends the evaluations that come, and none that is known already', async () => {
  const networks = describeReplicas(sampleRun.networks, [1, 2]);
  const writer = createRun(temporaryFolder(), { ...sampleRun, networks });
  const evaluate = (network: string, step: number, accuracy: number, split: 'train' | 'validation') =>
    writer.recordEvent({
      type: 'evaluation',
      step,
      network,
      split,
      epoch: 0,
      loss: 1,
      accuracy,
      count: 10,
    });
  evaluate('resnet20-seed1', 3, 0.1, 'validation');
  const known = (await readRecorded(writer.folder)).evaluations.length;
  // Between what was read and what is followed, as a slow evaluation may come.
  evaluate('resnet20-seed2', 3, 0.2, 'validation');
  evaluate('plain20-seed2', 3, 0.9, 'train');
  const seen: Evaluation[] = [];
  const stop = new AbortController();
  await new Promise<void>((resolve) => {
    const onEvaluated = (evaluation: Evaluation) => {
      seen.push(evaluation);
      if (seen.length === 1) evaluate('plain20-seed2', 6, 0.3, 'validation');
      else writer.end('finished');
    };
    const following = { onStep: () => {}, onEvaluated, onEnded: resolve };
    void followRecorded(writer.folder, { step: 3, evaluations: known }, following, stop.signal);
  });
  expect(seen).toEqual([
    { network: 0, seed: 2, step: 3, loss: 1, accuracy: 0.2 },
    { network: 1, seed: 2, step: 6, loss: 1, accuracy: 0.3 },
  ]);
});

/** A run of several seeds that another process trains arrives as that of this window would: networks over seeds. */
import { expect, it } from 'vitest';
import { followRecorded, type RecordedStep } from '../../src/host/panels/followRecorded';
import { describeReplicas } from '../../src/runs/replicas';
import { createRun } from '../../src/runs/runWriter';
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
    void followRecorded(writer.folder, 0, { onStep, onEnded }, stop.signal);
  });
  const last = seen.at(-1)!;
  expect(last.step).toBe(2);
  expect(last.networks.map((n) => [n.loss, n.seeds?.map((s) => s.loss)])).toEqual([
    [2, [1, 3]],
    [6, [5, 7]],
  ]);
});

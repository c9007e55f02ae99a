/** Whole runs in this process, with a record on disk: ResNet-8 and its twin with few filters on the drawn images. */
import { onTestFinished, vi } from 'vitest';
import type { RunSettings } from '../../src/protocol/settings';
import { readSettings } from '../../src/protocol/settings';
import type { TrainerEvents } from '../../src/protocol/trainer';
import { openRun } from '../../src/runs/runReader';
import { LoopControl } from '../../src/trainer/loop';
import { type Emit, type JobOrder, runJob } from '../../src/trainer/runJob';

export const order = (root: string, given: Partial<RunSettings> = {}): JobOrder => ({
  kind: 'start',
  root,
  settings: {
    ...readSettings({ steps: 6, batchSize: 8, seeds: 2, seed: 5, evaluateEvery: 3, evaluationImages: 8 }),
    checkpointEvery: 2,
    networks: ['resnet8', 'plain8'].map((network) => ({ network, options: { width: 4 } })),
    data: 'drawn',
    dataOptions: { subset: 40, validationSubset: 20 },
    device: 'cpu',
    threads: 1,
    ...given,
  },
});

/** For one test: no time passes, so that checkpoints come at their steps alone, however slow the machine is. */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Runs to the end, or asks for a stop when step `stopAt` is told; every event is kept. */
export async function run(what: JobOrder, stopAt = Infinity) {
  const said: { name: string; payload: unknown }[] = [];
  const control = new LoopControl();
  const emit: Emit = (name, payload) => {
    said.push({ name, payload });
    if (name === 'run/step' && (payload as unknown as { step: number }).step >= stopAt) control.stop();
  };
  await runJob(what, control, emit);
  const of = <K extends keyof TrainerEvents>(name: K) =>
    said.filter((e) => e.name === name).map((e) => e.payload as TrainerEvents[K]);
  const [{ status, reason }] = of('run/ended');
  return { of, status, reason, folder: of('run/started')[0]?.folder };
}

/** Step, loss and vectors of every record, network by network. */
export async function recorded(folder: string) {
  const reader = await openRun(folder);
  return Promise.all(
    reader.networks.map(async (network) =>
      (await network.records()).map(({ step, loss, vectors }) => ({ step, loss, vectors })),
    ),
  );
}

import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { followRun } from '../../src/runs/followRun';
import { createRun } from '../../src/runs/runWriter';
import { temporaryFolder } from '../temporaryFolder';
import { sampleRun, sampleStep } from './sampleRun';

it('tells what is there, then what comes, then the end', async () => {
  const writer = createRun(temporaryFolder(), sampleRun);
  for (let step = 1; step <= 1500; step++) writer.recordStep('resnet20', sampleStep(step));
  const writing = (async () => {
    for (let step = 1501; step <= 1520; step++) {
      writer.recordStep('resnet20', sampleStep(step));
      await wait(3);
    }
    writer.end('finished');
  })();
  const steps: number[] = [];
  const statuses: string[] = [];
  for await (const change of followRun(writer.folder, { interval: 10 })) {
    if (change.type === 'steps') steps.push(...change.records.map(({ step }) => step));
    if (change.type === 'status') statuses.push(change.report.status);
  }
  await writing;
  expect(steps).toEqual(Array.from({ length: 1520 }, (_, i) => i + 1));
  expect(statuses).toEqual(['running', 'finished']);
});

it('ends at once when told to', async () => {
  const writer = createRun(temporaryFolder(), sampleRun);
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const change of followRun(writer.folder, { signal: stop.signal, interval: 60_000 })) {
    seen.push(change.type);
    if (change.type === 'status') setTimeout(() => stop.abort(), 10);
  }
  expect(seen).toEqual(['event', 'status']);
  writer.end('stopped');
});

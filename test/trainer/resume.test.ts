/** What a run goes on from: old records as they were meant, and checkpoints that hold what they say. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportWeights } from '../../src/runs/exportWeights';
import { openRun } from '../../src/runs/runReader';
import { resumeRun } from '../../src/runs/runWriter';
import { readSafetensors } from '../../src/runs/safetensors';
import { readRecorded } from '../../src/workspace/recordedRun';
import { temporaryFolder } from '../temporaryFolder';
import { order, recorded, run, stopClock } from './running';

const one = { seeds: 1, networks: [{ network: 'resnet8', options: { width: 4 } }], learningRate: 0.05 };

describe('a record from when `sgd` had momentum by default', () => {
  it('goes on, and is shown, as what is called `momentum` today', async () => {
    const straight = await run(order(temporaryFolder(), { ...one, optimizer: 'momentum' }));
    const { folder } = await run(order(temporaryFolder(), { ...one, optimizer: 'momentum' }), 3);
    const file = path.join(folder, 'run.json');
    const description = JSON.parse(readFileSync(file, 'utf8'));
    description.settings.optimizer = 'sgd';
    delete description.settings.optimizerOptions;
    writeFileSync(file, JSON.stringify(description));
    const resumed = await run({ kind: 'resume', folder });
    expect(resumed.status).toBe('finished');
    expect(await recorded(folder)).toEqual(await recorded(straight.folder));
    expect((await readRecorded(folder)).settings.optimizer).toBe('momentum');
  });

  it('is told apart from plain descent, which records its momentum of 0', async () => {
    const { folder } = await run(order(temporaryFolder(), { ...one, optimizer: 'sgd', steps: 1 }));
    expect((await readRecorded(folder)).settings).toMatchObject({
      optimizer: 'sgd',
      optimizerOptions: { momentum: 0 },
    });
  });
});

describe('a comparison of which one network diverged', () => {
  const networks = ['none', 'batch'].map((norm) => ({ network: 'resnet8', options: { width: 4, norm } }));
  // Every weight grows by a fifth a step: without norms the loss overflows much sooner than with them.
  const growth = { learningRate: 2.2, warmUpSteps: 0, optimizerOptions: { momentum: 0, weightDecay: 1 } };
  const diverging = { seeds: 1, networks, steps: 200, evaluateEvery: 0, ...growth };

  it("says of which step each one's weights are, and goes on from where all of them were", async () => {
    stopClock();
    const root = temporaryFolder();
    const { folder, status, of } = await run(order(root, { ...diverging, checkpointEvery: 1000 }));
    expect(status).toBe('diverged');
    const { step } = of('run/ended')[0];
    expect(step).toBeGreaterThan(3);
    const files = await exportWeights(await openRun(folder), path.join(root, 'weights'));
    expect(files.map((file) => readSafetensors(file).metadata.step)).toEqual([
      String(step - 1),
      String(step),
    ]);
    const refused = await run({ kind: 'resume', folder });
    expect(refused.status).toBe('crashed');
    expect(refused.reason).toMatch(/cannot go on: one of its networks diverged, and the weights/);

    const other = await run(order(root, { ...diverging, checkpointEvery: step - 2 }));
    expect(other.of('run/ended')[0].step).toBe(step);
    const resumed = await run({ kind: 'resume', folder: other.folder });
    expect(resumed.of('run/started')[0].step).toBe(step - 2);
    expect(await recorded(other.folder)).toEqual(await recorded(folder));
  });
});

it('a run that somebody is training is refused before anything is compiled', async () => {
  const { folder } = await run(order(temporaryFolder(), { ...one, steps: 2 }));
  const somebody = resumeRun(folder, 2);
  const { of, status, reason } = await run({ kind: 'resume', folder, steps: 4 });
  somebody.end('finished');
  expect([status, of('run/phase')]).toEqual(['crashed', []]);
  expect(reason).toMatch(/is still running; stop it first\./);
});

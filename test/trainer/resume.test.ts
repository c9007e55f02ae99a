/** What a run goes on from: old records as they were meant, and checkpoints that hold what they say. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resumeRun } from '../../src/runs/runWriter';
import { readRecorded } from '../../src/workspace/recordedRun';
import { temporaryFolder } from '../temporaryFolder';
import { order, recorded, run } from './running';

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

it('a run that somebody is training is refused before anything is compiled', async () => {
  const { folder } = await run(order(temporaryFolder(), { ...one, steps: 2 }));
  const somebody = resumeRun(folder, 2);
  const { of, status, reason } = await run({ kind: 'resume', folder, steps: 4 });
  somebody.end('finished');
  expect([status, of('run/phase')]).toEqual(['crashed', []]);
  expect(reason).toMatch(/is still running; stop it first\./);
});

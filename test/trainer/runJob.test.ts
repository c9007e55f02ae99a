/** What a run leaves behind that ends before its first step: nothing, least of all networks in memory. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { checkpointFile, checkpointSteps } from '../../src/runs/checkpoints';
import { readSafetensors, writeSafetensors } from '../../src/runs/safetensors';
import { TrainedNetwork } from '../../src/trainer/trainedNetwork';
import { temporaryFolder } from '../temporaryFolder';
import { order, run } from './running';

/** The networks that were compiled or made from compiled ones, and those that were given back. */
function watch() {
  const [compile, replica, dispose] = [
    vi.spyOn(TrainedNetwork, 'compile'),
    vi.spyOn(TrainedNetwork.prototype, 'replica'),
    vi.spyOn(TrainedNetwork.prototype, 'dispose'),
  ];
  onTestFinished(() => void vi.restoreAllMocks());
  return async () => ({
    made: await Promise.all([...compile.mock.results, ...replica.mock.results].map(({ value }) => value)),
    disposed: dispose.mock.contexts,
  });
}

it('a run that has no place for its record gives back all networks that it compiled', async () => {
  const seen = watch();
  const root = path.join(temporaryFolder(), 'runs');
  writeFileSync(root, 'a file where the folder should be');
  const { status, reason } = await run(order(root));
  expect(status).toBe('crashed');
  expect(reason).toMatch(/cannot be written: (ENOTDIR|EEXIST)\.$/);
  const { made, disposed } = await seen();
  expect(made).toHaveLength(4);
  expect(new Set(disposed)).toEqual(new Set(made));
});

it('a run whose checkpoint does not fit gives them back as well, and stays as it was', async () => {
  const { folder } = await run(order(temporaryFolder(), { steps: 2, seeds: 1 }));
  const [step] = checkpointSteps(folder);
  const file = path.join(folder, checkpointFile(step));
  const { tensors } = readSafetensors(file);
  // As if the model had been edited since.
  tensors.set('plain8/conv1.weight', { shape: [1], data: Float32Array.of(1) });
  writeSafetensors(file, tensors);
  const files = readdirSync(folder);
  const seen = watch();
  const { status, reason, of } = await run({ kind: 'resume', folder, steps: 4 });
  expect([status, of('run/started')]).toEqual(['crashed', []]);
  expect(reason).toBe(
    'checkpoint-00000002.safetensors does not fit Plain-8: conv1.weight is 1, not 4x3x3x3.',
  );
  const { made, disposed } = await seen();
  expect(made).toHaveLength(2);
  expect(new Set(disposed)).toEqual(new Set(made));
  expect(readdirSync(folder)).toEqual(files);
});

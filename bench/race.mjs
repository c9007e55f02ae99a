// ResNet-56 against its plain twin on CIFAR-10, trained with this product: `npm run bench -- race FOLDER [STEPS [SEEDS
// [THREADS [LEARNING-RATE]]]]`, where the folder holds the binary files. JSON lines, one a network; evaluations on the way go to
// standard error. Hours on the whole data set with its steps; the kept figures say what they were made with.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { bundle } from './bundle.mjs';

export async function benchRace({ only: folder, rest = [] } = {}) {
  if (!folder) {
    console.log(
      JSON.stringify({ bench: 'race', skipped: 'no folder with the binary files of CIFAR-10 was named' }),
    );
    return;
  }
  const [steps = '300', seeds = '3', threads = '1', learningRate = '0.05'] = rest;
  const race = await bundle('race');
  const trainer = path.join(path.dirname(race), 'trainer.cjs');
  await build({
    entryPoints: [path.resolve(import.meta.dirname, '../src/trainer/main.ts')],
    outfile: trainer,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['onnxruntime-node', '@tensorflow/*'],
    define: { SKIPLENS_VERSION: '"bench"' },
    logLevel: 'error',
  });
  const runs = mkdtempSync(path.join(os.tmpdir(), 'skiplens-race-'));
  try {
    const { status } = spawnSync(
      process.execPath,
      [race, trainer, runs, path.resolve(folder), steps, seeds, threads, learningRate],
      // A queue of its own: nobody waits for a bench.
      { stdio: 'inherit', env: { ...process.env, SKIPLENS_LOCK_FOLDER: runs } },
    );
    if (status !== 0) process.exitCode = 1;
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
}

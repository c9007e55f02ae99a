/** kill -9 at random points: the run reads up to its last whole record each time, and goes on from there. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random';
import { listRuns } from '../../src/runs/listRuns';
import { openRun } from '../../src/runs/runReader';
import { temporaryFolder } from '../temporaryFolder';
import { sampleStep } from './sampleRun';

let bundle: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'killedWriter.ts')],
    bundle: true,
    platform: 'node',
    write: false,
  });
  bundle = outputFiles[0].text;
});

/** Starts a writer, kills it after `milliseconds` of writing; answers its folder and the last step it spoke of. */
async function writeAndKill(milliseconds: number, root: string, folder?: string) {
  const child = spawn(process.execPath, ['-e', bundle, '--', root, ...(folder ? [folder] : [])]);
  let said = '';
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stderr.pipe(process.stderr);
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      said += data;
      if (said.includes('\n')) resolve();
    });
    child.on('exit', () => resolve());
  });
  await wait(milliseconds);
  child.kill('SIGKILL');
  await ended;
  const [where, ...steps] = said.split('\n').slice(0, -1);
  return { folder: where, promised: Number(steps.at(-1) ?? 0) };
}

it('survives 20 kills in a row', { timeout: 120_000 }, async () => {
  const root = temporaryFolder();
  const random = randomStream(1, 'kill');
  let folder: string | undefined;
  for (let k = 0; k < 20; k++) {
    // Every third run starts afresh, the others go on where the last was killed.
    const killed = await writeAndKill(random.below(150), root, k % 3 === 0 ? undefined : folder);
    folder = killed.folder;
    const run = await openRun(folder);
    expect(await run.status()).toMatchObject({ status: 'interrupted' });
    const count = await run.steps();
    expect(count).toBeGreaterThanOrEqual(killed.promised);
    const { steps, values } = await run.network('resnet20')!.scalar('loss');
    expect(steps.every((step, i) => step === i + 1 && values[i] === sampleStep(step).loss)).toBe(true);
    const checkpoint = await run.checkpoint();
    expect(checkpoint?.step ?? 0).toBeGreaterThanOrEqual(killed.promised);
    expect(checkpoint?.contents.tensors.get('w')?.data[0] ?? 0).toBe(checkpoint?.step ?? 0);
  }
  const runs = await listRuns(root);
  expect(runs.length).toBe(7);
  expect(runs.every((run) => run.readable)).toBe(true);
});

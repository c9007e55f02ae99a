/** What is packed for a machine with a GPU runs by itself, away from this project, on each Node there is. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodes } from './tfjsPackages';

const run = promisify(execFile);
const folder = mkdtempSync(path.join(os.tmpdir(), 'skiplens-trial-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const script = path.resolve(import.meta.dirname, '../../scripts/packGpuTrial.mjs');
  await run(process.execPath, [script, folder]);
}, 120_000);

it('holds the bundle, the graph, and how to use them', () => {
  expect(readdirSync(folder).sort()).toEqual(['README.md', 'package.json', 'resnet20-step.txt', 'trial.mjs']);
  expect(readFileSync(path.join(folder, 'resnet20-step.txt'), 'utf8')).toContain('ConvWeightGradient');
  expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toMatch(/CUDA 11\.2.*cuDNN 8\.1/);
});

it.each(nodes())('agrees with the reference on $name and plain JavaScript', async ({ program }) => {
  const { stdout } = await run(program, ['trial.mjs', '--device', 'js', '--quick'], { cwd: folder });
  expect(stdout).toContain('The engine agrees with the reference.');
  const { operators, agrees } = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8'));
  expect(agrees).toBe(true);
  expect(operators.examples).toBeGreaterThan(100);
});

it('says why the GPU cannot be tried where the library is not installed', async () => {
  const trial = run(process.execPath, ['trial.mjs'], { cwd: folder });
  await expect(trial).rejects.toMatchObject({
    stdout: expect.stringMatching(/not available: tfjs-gpu .*(not installed|no GPU build)/),
    stderr: expect.stringContaining('The device tfjs-gpu cannot be tried here.'),
  });
});

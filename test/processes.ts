/** The command line and the trainer as processes, bundled from the sources as they are (never from a stale dist). */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
let folder: string | undefined;

/** A folder with `cli.js` and `trainer.js`, made once a test process. */
export function bundles(): string {
  if (folder) return folder;
  folder = path.join(root, '.cache', 'tests', `processes-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  for (const name of ['cli', 'trainer'])
    buildSync({
      entryPoints: [path.join(root, 'src', name, 'main.ts')],
      outfile: path.join(folder, `${name}.js`),
      bundle: true,
      platform: 'node',
      target: 'node20',
      external: ['onnxruntime-node', '@tensorflow/*'],
      define: { SKIPLENS_VERSION: '"test"' },
      logLevel: 'error',
    });
  return folder;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sees standard output and error as they come. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

/** Runs `skiplens ...args`; the queue's lock lies in the working folder, so that tests never wait for each other. */
export function skiplens(args: readonly string[], { cwd, env, onOutput }: CliOptions): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(bundles(), 'cli.js'), ...args], {
      cwd,
      env: { ...process.env, SKIPLENS_LOCK_FOLDER: path.join(cwd, '.lock'), ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      onOutput?.(String(chunk), child);
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      onOutput?.(String(chunk), child);
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Flags that make a run small: eight layers, four filters, few images. */
export const small = [
  '--option',
  'width=4',
  '--batch-size',
  '8',
  '--evaluation-images',
  '16',
  '--evaluate-every',
  '0',
  '--data-option',
  'subset=64',
  '--data-option',
  'validationSubset=16',
];

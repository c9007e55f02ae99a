/** Runs npm, with the person's own Node, so that what it installs and builds is for that Node. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The program and its first arguments that run the npm beside a Node (or on the PATH), or null. */
export function findNpm(node: string): readonly string[] | null {
  const beside = path.dirname(node);
  const folders = [beside, ...(process.env.PATH ?? '').split(path.delimiter)];
  for (const folder of folders.filter((f) => f !== '')) {
    for (const modules of ['node_modules', path.join('..', 'lib', 'node_modules')]) {
      const script = path.resolve(folder, modules, 'npm', 'bin', 'npm-cli.js');
      if (existsSync(script)) return [node, script];
    }
    // Distributions put npm elsewhere and a program of that name on the PATH; Windows' npm.cmd needs a shell.
    const program = path.join(folder, 'npm');
    if (process.platform !== 'win32' && existsSync(program)) return [program];
  }
  return null;
}

export interface NpmRun {
  readonly npm: readonly string[];
  readonly arguments: readonly string[];
  readonly cwd: string;
  /** First on the PATH of npm and of the scripts that it runs. */
  readonly node: string;
  /** Told of every line that npm or a script of its prints. */
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Resolves to npm's exit code and its last lines; rejects with the signal's reason once aborted and ended. */
export function runNpm(
  run: NpmRun,
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const [program, ...first] = run.npm;
  const { signal } = run;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const searched = [path.dirname(run.node), process.env.PATH ?? ''].join(path.delimiter);
    const child = spawn(program, [...first, ...run.arguments], {
      cwd: run.cwd,
      env: { ...process.env, PATH: searched },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // A group of its own, so that the scripts which npm started end with it.
      detached: process.platform !== 'win32',
    });
    const abort = () => endTree(child.pid);
    signal?.addEventListener('abort', abort, { once: true });
    const lines: string[] = [];
    const hear = (text: string) => {
      for (const line of text.split(/\r?\n/).filter((l) => l.trim() !== '')) {
        lines.push(line);
        if (lines.length > 200) lines.shift();
        run.onLine(line);
      }
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.on('error', (error) => {
      signal?.removeEventListener('abort', abort);
      reject(error);
    });
    child.on('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code, lines });
    });
  });
}

function endTree(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32')
      spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true });
    else process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

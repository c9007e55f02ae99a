// Runs a program of the set-up with its output in a log file; when it fails, the error holds the last lines. The
// program ends with the set-up, however that ends: two installs must never write into one folder.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));

/** Runs `program` and resolves when it ended well; `log` is the file that takes its output. */
export function runCommand(program, args, { cwd, env = process.env, log }) {
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const output = fs.openSync(log, 'a');
  fs.writeSync(output, `\n> ${program} ${args.join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [guard, program, ...args], {
      cwd,
      env,
      stdio: ['pipe', output, output],
      detached: process.platform !== 'win32',
    });
    child.stdin.on('error', () => {});
    child.on('error', (error) => {
      fs.closeSync(output);
      reject(new Error(`Could not start ${program}: ${error.message}.`));
    });
    child.on('close', (code, signal) => {
      fs.closeSync(output);
      if (code === 0) return resolve();
      const lines = fs.readFileSync(log, 'utf8').trimEnd().split('\n').slice(-12).join('\n  ');
      reject(
        new Error(
          `${program} ${args.join(' ')} ended with ${signal ?? `code ${code}`}. The whole log is ${log}; it ends:\n  ${lines}`,
        ),
      );
    });
  });
}

/** Runs npm without prompts, audits and banners. */
export function npm(args, options) {
  return runCommand('npm', [...args, '--no-audit', '--no-fund', '--no-progress', '--loglevel=warn'], options);
}

// Stands between a test run and a server: `node guard.mjs PROGRAM ARGS...` runs the program and ends it, with all
// its children, when its own input closes. So even a test run that is killed outright leaves no server behind.
import { spawn } from 'node:child_process';

const [program, ...args] = process.argv.slice(2);
const child = spawn(program, args, {
  stdio: ['ignore', 'inherit', 'inherit'],
  shell: process.platform === 'win32' && program === 'npm',
});
let isEnding = false;

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code) => {
  if (!isEnding) process.exit(code ?? 1);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
process.stdin.on('end', end).on('error', end).on('close', end).resume();

function end() {
  if (isEnding) return;
  isEnding = true;
  // The starter made this process the leader of a group, so the negative id means the whole group.
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), 2_000);
  child.on('exit', () => setTimeout(() => signalGroup('SIGKILL'), 200));
}

function signalGroup(signal) {
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-process.pid, signal);
  } catch {
    process.exit(0);
  }
  if (process.platform === 'win32' && signal === 'SIGKILL') process.exit(0);
}

/**
 * Who writes a run: `lock.json` names the process. A process id alone is not enough, since systems use numbers
 * again: on Linux the time the process started decides as well; elsewhere, and for another machine's lock on a
 * shared disk, the age of the file does, which the writer touches every few seconds.
 */
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { systemCode } from '../base/errors';
import { runningRun, writeFailure } from './errors';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the system's own words; absent where it cannot be asked. */
  readonly started?: string;
}

const beatMilliseconds = 5_000;
/** Beyond this age a lock whose process cannot be identified counts as left behind. */
const staleMilliseconds = 120_000;

const lockFile = (folder: string) => path.join(folder, 'lock.json');

export interface Lock {
  /** The run's folder got another name. */
  movedTo(folder: string): void;
  release(): void;
}

/** Takes the lock of a run, also one left behind; fails with `run/running` where its process lives. */
export function takeLock(folder: string): Lock {
  let file = lockFile(folder);
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  if (lockState(folder) === 'gone') {
    // Renaming succeeds for one of several that find the same dead lock; the others fail to create theirs.
    const aside = `${file}.${process.pid}.old`;
    try {
      renameSync(file, aside);
      rmSync(aside, { force: true });
    } catch {
      // Another process took it first; creating ours decides.
    }
  }
  try {
    const fd = openSync(file, 'wx');
    writeSync(fd, JSON.stringify(owner));
    closeSync(fd);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw runningRun(path.basename(folder));
    throw writeFailure(file, error);
  }
  const beat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // The folder may be gone or the disk unplugged; the next write says so.
    }
  }, beatMilliseconds);
  beat.unref();
  return {
    movedTo(name) {
      file = lockFile(name);
    },
    release() {
      clearInterval(beat);
      rmSync(file, { force: true });
    },
  };
}

/** `free`: no lock; `held`: its process lives; `gone`: its process does not. */
export function lockState(folder: string): 'free' | 'held' | 'gone' {
  const file = lockFile(folder);
  let owner: Owner;
  let age: number;
  try {
    age = Date.now() - statSync(file).mtimeMs;
    owner = JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 'free';
    // Half a lock: being written this moment, or left by a process that died doing so.
    return systemCode(error) === undefined && Date.now() - (mtimeOf(file) ?? 0) > beatMilliseconds
      ? 'gone'
      : 'held';
  }
  if (owner.host !== hostname()) return age > staleMilliseconds ? 'gone' : 'held';
  if (!isAlive(owner.pid)) return 'gone';
  const started = startOf(owner.pid);
  if (started !== undefined && owner.started !== undefined)
    return started === owner.started ? 'held' : 'gone';
  return age > staleMilliseconds ? 'gone' : 'held';
}

function mtimeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** Boot and start time of a process, from Linux's /proc; `dead` for one that only waits to be buried. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; the state and the 20th field after it are what counts.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/**
 * One training at a time on a machine: a second one waits, and says for whom. Within a process runs wait in line;
 * between processes a lock file in the temporary folder decides, and the lock of a process that is gone is void.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemCode } from '../base/errors';

export interface QueueLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly title: string;
}

/** The folder of this user's lock; another user's trainings are not waited for. */
export function lockFolder(): string {
  return process.env.SKIPLENS_LOCK_FOLDER ?? path.join(os.tmpdir(), `skiplens-${os.userInfo().username}`);
}

/**
 * Waits until no other process trains. `onWaiting` is told who is in front whenever that changes; `cancelled` is
 * asked between looks, and ends the waiting with null.
 */
export async function enterQueue(
  title: string,
  onWaiting: (behind: string) => void,
  cancelled: () => boolean,
): Promise<QueueLock | null> {
  const folder = lockFolder();
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'training.lock');
  let told = '';
  for (;;) {
    if (cancelled()) return null;
    const lock = tryLock(file, { pid: process.pid, title });
    if (lock) return lock;
    const holder = readHolder(file);
    if (holder && !isAlive(holder.pid)) {
      rmSync(file, { force: true });
      continue;
    }
    const behind = holder?.title ?? '';
    if (behind !== told) {
      told = behind;
      onWaiting(behind);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function tryLock(file: string, holder: Holder): QueueLock | null {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, JSON.stringify(holder));
    closeSync(handle);
    return { release: () => rmSync(file, { force: true }) };
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return null;
    // Where no lock can be written (a full or read-only temporary folder) training goes ahead unqueued.
    return { release: () => {} };
  }
}

/** Null while the holder is still writing its name. */
function readHolder(file: string): Holder | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof parsed === 'object' && parsed && 'pid' in parsed ? (parsed as Holder) : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

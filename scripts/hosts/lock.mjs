// A lock between processes, so that two runs that share a cache never install into the same folder at once. It is
// a file made with O_EXCL whose time of change is renewed while its holder lives; a lock that was not renewed for
// a while, or whose holder on this machine is gone, belongs to nobody.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const renewMs = 2_000;
const abandonedMs = 30_000;

/** Runs `work` while holding the lock `file`; calls `onWait` once if another process holds it. */
export async function withLock(file, work, onWait = () => {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const text = JSON.stringify({ pid: process.pid, machine: os.hostname(), id: randomUUID() });
  let waited = false;
  while (!take(file, text)) {
    if (isAbandoned(file)) {
      remove(file);
      // What the holder had started ends within two seconds of it (`guard.mjs`).
      await sleep(3_000);
      continue;
    }
    if (!waited) onWait();
    waited = true;
    await sleep(500);
  }
  const renewal = setInterval(() => {
    const now = new Date();
    try {
      fs.utimesSync(file, now, now);
    } catch {
      // The cache was deleted under us: the work itself will say so.
    }
  }, renewMs);
  renewal.unref();
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    if (read(file) === text) fs.rmSync(file, { force: true });
  }
}

function take(file, text) {
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function isAbandoned(file) {
  try {
    const age = Date.now() - fs.statSync(file).mtimeMs;
    if (age > abandonedMs) return true;
    const holder = JSON.parse(fs.readFileSync(file, 'utf8'));
    return holder.machine === os.hostname() && !isAlive(holder.pid);
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// Two waiters may both find a lock abandoned: only the one whose rename wins removes it, and one that renamed a
// fresh lock by mistake puts it back.
function remove(file) {
  const aside = `${file}.${randomUUID()}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  if (!isAbandoned(aside)) {
    try {
      fs.linkSync(aside, file);
    } catch {
      // Someone took the lock meanwhile; the holder we disturbed finds another text in the file and leaves it.
    }
  }
  fs.rmSync(aside, { force: true });
}

/** The runs of a folder, newest first; one that cannot be read is listed with the reason. */
import { appendFileSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemCode, toPlainError } from '../base/errors';
import { ambiguousRun, missingRun, runningRun, unreadableRun, writeFailure } from './errors';
import { encodeEvent, eventsFile } from './events';
import { lockState } from './lock';
import type { EndStatus, RunDescription, RunStatus } from './run';
import { readDescription } from './runFolder';
import { openRun, type StatusReport } from './runReader';

export type ListedRun =
  | {
      readonly id: string;
      readonly folder: string;
      readonly readable: true;
      readonly description: RunDescription;
      readonly status: RunStatus;
      readonly report: StatusReport;
      /** Steps recorded by all its networks. */
      readonly steps: number;
    }
  | { readonly id: string; readonly folder: string; readonly readable: false; readonly reason: string };

/** A root that does not exist holds no runs. */
export async function listRuns(root: string): Promise<ListedRun[]> {
  const ids = await idsIn(root);
  return Promise.all(ids.map((id) => listRun(path.join(path.resolve(root), id), id)));
}

async function listRun(folder: string, id: string): Promise<ListedRun> {
  try {
    const run = await openRun(folder);
    const report = await run.status();
    const { description } = run;
    return {
      id,
      folder,
      readable: true,
      description,
      status: report.status,
      report,
      steps: await run.steps(),
    };
  } catch (error) {
    return { id, folder, readable: false, reason: toPlainError(error).message };
  }
}

/** Newest first; names with a dot are runs being made or removed. */
async function idsIn(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort()
      .reverse();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadableRun(root, systemCode(error) ?? String(error));
  }
}

/**
 * The folder of a run by id, by a unique beginning or end of one, by `last`, or by path; fails with `run/missing`
 * or `run/ambiguous`.
 */
export async function findRun(root: string, name: string): Promise<string> {
  const ids = await idsIn(root);
  const inRoot = (id: string) => path.join(path.resolve(root), id);
  if (ids.includes(name)) return inRoot(name);
  if (name === 'last' && ids.length > 0) return inRoot(ids[0]);
  if (name.includes('/') || name.includes(path.sep)) {
    readDescription(name);
    return path.resolve(name);
  }
  const matches = name === '' ? [] : ids.filter((id) => id.startsWith(name) || id.endsWith(name));
  if (matches.length > 1) throw ambiguousRun(name, matches);
  if (matches.length === 0) throw missingRun(name);
  return inRoot(matches[0]);
}

/** Removes a run for good, readable or not; refuses one that is running (`run/running`). */
export async function deleteRun(folder: string): Promise<void> {
  const id = path.basename(path.resolve(folder));
  if (lockState(folder) === 'held') throw runningRun(id);
  // Under another name first: what a full or slow disk leaves of it is no run any more.
  const going = path.join(path.dirname(path.resolve(folder)), `.${id}.deleted`);
  try {
    await rename(folder, going);
    await rm(going, { recursive: true, force: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw missingRun(id);
    throw writeFailure(folder, error);
  }
}

/** Notes that a run's process ended without a word, for whoever watched it die. */
export function markCrashed(folder: string, reason: string, code?: string): Promise<void> {
  return markEnded(folder, 'crashed', reason, code);
}

/**
 * Notes how a run ended whose process cannot say so any more; does nothing where the run is still held or has said
 * how it ended.
 */
export async function markEnded(
  folder: string,
  status: EndStatus,
  reason: string,
  code?: string,
): Promise<void> {
  const run = await openRun(folder);
  if ((await run.status()).status !== 'interrupted') return;
  const step = await run.steps();
  const line = encodeEvent({ time: Date.now(), step, type: 'status', status, reason, code });
  try {
    // A line of its own, should the last one be torn.
    appendFileSync(path.join(folder, eventsFile), Buffer.concat([Buffer.from('\n'), line]));
  } catch (error) {
    throw writeFailure(folder, error);
  }
}

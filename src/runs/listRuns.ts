/** The runs of a folder, newest first; one that cannot be read is listed with the reason. */
import { internal } from '../base/errors';
import type { RunDescription, RunStatus } from './run';

export type ListedRun =
  | {
      readonly id: string;
      readonly folder: string;
      readonly readable: true;
      readonly description: RunDescription;
      readonly status: RunStatus;
      readonly reason?: string;
      /** Steps recorded by all its networks. */
      readonly steps: number;
    }
  | { readonly id: string; readonly folder: string; readonly readable: false; readonly reason: string };

/** A root that does not exist holds no runs. */
export function listRuns(_root: string): Promise<ListedRun[]> {
  return Promise.reject(internal('listRuns is being written'));
}

/** The folder of a run by id, by a unique beginning or end of one, or by path; fails with `run/missing` or `run/ambiguous`. */
export function findRun(_root: string, _name: string): Promise<string> {
  return Promise.reject(internal('findRun is being written'));
}

/** Removes a run for good; refuses one that is running (`run/running`). */
export function deleteRun(_folder: string): Promise<void> {
  return Promise.reject(internal('deleteRun is being written'));
}

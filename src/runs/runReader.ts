/** Reads a run, also while it is written: description, status, events, any range of steps of any vector. */
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { checkpointFile, checkpointSteps } from './checkpoints';
import { eventsFile, readEvents } from './events';
import { lockState } from './lock';
import type { RunDescription, RunEvent, RunStatus } from './run';
import { readDescription, stepsFile } from './runFolder';
import { readSafetensors, type SafetensorsFile } from './safetensors';
import { type NetworkSteps, openSteps } from './stepReader';

export type { NetworkSteps, StepRange, VectorRows } from './stepReader';

export interface StatusReport {
  readonly status: RunStatus;
  readonly reason?: string;
  readonly code?: string;
  /** When it became so, in milliseconds since 1970 (for an interrupted run: when it last said running). */
  readonly since: number;
}

export interface RunReader {
  readonly id: string;
  readonly folder: string;
  readonly description: RunDescription;
  /** In the order of the description. */
  readonly networks: readonly NetworkSteps[];
  /** The steps of a network by its name. */
  network(name: string): NetworkSteps | undefined;
  /** Steps that all networks have recorded. */
  steps(): Promise<number>;
  status(): Promise<StatusReport>;
  events(): Promise<RunEvent[]>;
  /** The newest checkpoint that reads well. */
  checkpoint(choice?: CheckpointChoice): Promise<Checkpoint | undefined>;
}

export interface CheckpointChoice {
  /** The tensors that are read; all by default. */
  wants?(tensor: string): boolean;
  /** Passes over a checkpoint by its metadata; none by default. */
  accepts?(metadata: Readonly<Record<string, string>>): boolean;
}

export interface Checkpoint {
  /** The step that it was taken after; see `stepOf` for a single network's. */
  readonly step: number;
  readonly file: string;
  readonly contents: SafetensorsFile;
}

/** Nothing stays open between calls. Fails with `run/missing`, `run/unreadable` or `run/version`. */
export async function openRun(folder: string): Promise<RunReader> {
  const root = path.resolve(folder);
  const description = readDescription(root);
  const events = () => readEvents(path.join(root, eventsFile));
  const networks = await Promise.all(
    description.networks.map((_, i) => openSteps(path.join(root, stepsFile(i)), i, events)),
  );
  return {
    id: description.id,
    folder: root,
    description,
    networks,
    network: (name) => networks.find(({ network }) => network === name),
    async steps() {
      const counts = await Promise.all(networks.map((network) => network.count()));
      return counts.length === 0 ? 0 : Math.min(...counts);
    },
    status: () => readStatus(root, description),
    events,
    async checkpoint({ wants, accepts } = {}) {
      for (const step of checkpointSteps(root)) {
        const file = path.join(root, checkpointFile(step));
        try {
          const contents = readSafetensors(file, { wants });
          if (accepts?.(contents.metadata) ?? true) return { step, file, contents };
        } catch (error) {
          // Damaged by the disk: the one before it still serves.
          if (!(error instanceof SkiplensError)) throw error;
        }
      }
      return undefined;
    },
  };
}

/** What the run says of itself, corrected by whether its process lives. */
export async function readStatus(folder: string, description: RunDescription): Promise<StatusReport> {
  // The lock first: a writer says how it ended before it gives its lock back.
  const isHeld = lockState(folder) === 'held';
  let said: Extract<RunEvent, { type: 'status' }> | undefined;
  for (const event of await readEvents(path.join(folder, eventsFile)))
    if (event.type === 'status') said = event;
  const since = said?.time ?? Date.parse(description.createdAt);
  const status = said?.status ?? 'running';
  if (status === 'running' && !isHeld) return { status: 'interrupted', since };
  return { status, since, reason: said?.reason, code: said?.code };
}

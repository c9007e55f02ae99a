/**
 * Writes a run: every method is synchronous and has left its bytes with the system when it returns, so that a
 * killed process loses at most the record it was writing. One writer a run, held by a lock.
 */
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { internal, SkiplensError, systemCode } from '../base/errors';
import { checkpointFile, removeCheckpoints } from './checkpoints';
import { writeFailure } from './errors';
import { encodeEvent, eventsFile } from './events';
import { type Lock, takeLock } from './lock';
import {
  type EndStatus,
  type NewEvent,
  type NewRun,
  type NewStep,
  type RunDescription,
  type RunEvent,
  runVersion,
  scalarNames,
} from './run';
import { readDescription, stepsFile } from './runFolder';
import { newRunId } from './runId';
import { type Tensor, writeSafetensors } from './safetensors';
import { encodeHeader, stepEncoder } from './stepFormat';
import { wholeRecords } from './stepTail';
import { appendAll, asJson, replaceFile, type WriteBytes, writeBytes } from './writing';

export interface RunWriter {
  readonly id: string;
  readonly folder: string;
  readonly description: RunDescription;
  /** Appends one record; `network` is its name. Fails with `run/noSpace` where the disk is full. */
  recordStep(network: string, step: NewStep): void;
  recordEvent(event: NewEvent): void;
  /** Saves tensors and metadata atomically and keeps the last two checkpoints; returns the file. */
  writeCheckpoint(
    step: number,
    tensors: ReadonlyMap<string, Tensor>,
    metadata?: Readonly<Record<string, string>>,
  ): string;
  /**
   * Writes the last status, gives the lock back and closes the files; a second call does nothing. Never fails:
   * where not even the status can be written, the run reads as interrupted from then on.
   */
  end(status: EndStatus, reason?: string, code?: string): void;
}

export interface WriterOptions {
  /** Milliseconds since 1970; the clock's by default. */
  readonly now?: () => number;
  /** What writes bytes to an open file; a test puts a full disk here. */
  readonly write?: WriteBytes;
}

/** Makes the run's folder under `root` (made where missing); it appears whole or not at all. */
export function createRun(root: string, run: NewRun, options: WriterOptions = {}): RunWriter {
  const now = options.now ?? Date.now;
  const createdAt = now();
  const { slug, ...rest } = run;
  const id = newRunId(createdAt, slug);
  const description: RunDescription = {
    version: runVersion,
    id,
    createdAt: new Date(createdAt).toISOString(),
    ...rest,
  };
  const folder = path.join(path.resolve(root), id);
  const building = path.join(path.resolve(root), `.${id}.new`);
  let lock: Lock | undefined;
  try {
    mkdirSync(building, { recursive: true });
    replaceFile(path.join(building, 'run.json'), [asJson(description)], options.write);
    description.networks.forEach((network, i) => {
      replaceFile(path.join(building, stepsFile(i)), [encodeHeader(layoutOf(network))], options.write);
    });
    const first: RunEvent = { time: createdAt, step: 0, type: 'status', status: 'running' };
    replaceFile(path.join(building, eventsFile), [encodeEvent(first)], options.write);
    lock = takeLock(building);
    renameSync(building, folder);
    lock.movedTo(folder);
  } catch (error) {
    lock?.release();
    removeIfPossible(building);
    throw writeFailure(folder, error);
  }
  return openWriter(folder, description, 0, options, lock);
}

/** Where nothing can be written there may be nothing to remove either; why is said by whoever could not write. */
function removeIfPossible(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

/**
 * Goes on with a run that is not running, after `step`: records beyond it stay in the file and are superseded by
 * what comes, checkpoints beyond it go. Fails with `run/running` and with whatever opening the run fails with.
 */
export function resumeRun(folder: string, step: number, options: WriterOptions = {}): RunWriter {
  const description = readDescription(folder);
  const lock = takeLock(folder);
  return openWriter(path.resolve(folder), description, step, options, lock, true);
}

function layoutOf(network: RunDescription['networks'][number]) {
  const vectors = Object.entries(network.vectors).map(([kind, names]) => ({ kind, names }));
  return { network: network.name, scalars: scalarNames, vectors };
}

interface OpenSteps {
  readonly file: string;
  readonly fd: number;
  readonly encode: ReturnType<typeof stepEncoder>;
  bytes: number;
}

function openWriter(
  folder: string,
  description: RunDescription,
  firstStep: number,
  { now = Date.now, write = writeBytes }: WriterOptions,
  taken: Lock,
  resumes = false,
): RunWriter {
  let lock: Lock | undefined = taken;
  let lastStep = firstStep;
  const files = new Map<string, OpenSteps>();
  const events = path.join(folder, eventsFile);
  let eventsFd = -1;
  const close = () => {
    for (const { fd } of files.values()) closeSync(fd);
    files.clear();
    if (eventsFd >= 0) closeSync(eventsFd);
    eventsFd = -1;
    lock?.release();
    lock = undefined;
  };
  const append = (event: RunEvent) => appendAll(eventsFd, events, encodeEvent(event), write);
  const recordEvent = (event: NewEvent) => {
    if (lock === undefined) throw internal(`run ${description.id} has ended`);
    append({ time: now(), ...event, step: event.step ?? lastStep } as RunEvent);
  };
  try {
    const kept: number[] = [];
    description.networks.forEach((network, i) => {
      const file = path.join(folder, stepsFile(i));
      const { format, records } = wholeRecords(file);
      const bytes = format.headerBytes + records * format.recordBytes;
      const fd = openSync(file, 'r+');
      // What a killed process left half-written would push every later record off its place.
      ftruncateSync(fd, bytes);
      closeSync(fd);
      files.set(network.name, { file, fd: openSync(file, 'a'), encode: stepEncoder(format), bytes });
      kept.push(records);
    });
    eventsFd = openSync(events, 'a');
    if (resumes) {
      // A line of its own, should the last one be torn.
      appendAll(eventsFd, events, new TextEncoder().encode('\n'), write);
      recordEvent({ type: 'resumed', records: kept });
      recordEvent({ type: 'status', status: 'running' });
      removeCheckpoints(folder, (step) => step > firstStep);
    }
  } catch (error) {
    close();
    throw writeFailure(folder, error);
  }
  return {
    id: description.id,
    folder,
    description,
    recordStep(network, step) {
      const open = files.get(network);
      if (!open) throw internal(`run ${description.id} has no open network ${network}`);
      const bytes = open.encode({ ...step, time: now() });
      try {
        appendAll(open.fd, open.file, bytes, write);
      } catch (error) {
        // Part of the record may be there; cutting it off needs no space.
        ftruncateSync(open.fd, open.bytes);
        throw error;
      }
      open.bytes += bytes.length;
      lastStep = Math.max(lastStep, step.step);
    },
    recordEvent,
    writeCheckpoint(step, tensors, metadata = {}) {
      // The records that lead to a checkpoint reach the disk before it does.
      for (const { fd } of files.values()) fsyncSync(fd);
      const file = path.join(folder, checkpointFile(step));
      writeSafetensors(file, tensors, metadata, write);
      removeCheckpoints(folder, (_, rank) => rank >= 2);
      recordEvent({ type: 'checkpoint', file: checkpointFile(step), step });
      return file;
    },
    end(status, reason, code) {
      if (lock === undefined) return;
      try {
        recordEvent({ type: 'status', status, reason, code });
      } catch (error) {
        if (!(error instanceof SkiplensError)) throw error;
      } finally {
        close();
      }
    },
  };
}

/**
 * Writes a run: every method is synchronous and has left its bytes with the system when it returns, so that a
 * killed process loses at most the record it was writing. One writer a run, held by a lock.
 */
import { internal } from '../base/errors';
import type { EndStatus, NewEvent, NewRun, NewStep, RunDescription } from './run';
import type { Tensor } from './safetensors';

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
    metadata?: Record<string, string>,
  ): string;
  /** Writes the last status, gives the lock back and closes the files; a second call does nothing. */
  end(status: EndStatus, reason?: string, code?: string): void;
}

export interface WriterOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Makes the run's folder under `root` (made where missing); it appears whole or not at all. */
export function createRun(_root: string, _run: NewRun, _options: WriterOptions = {}): RunWriter {
  throw internal('createRun is being written');
}

/** Goes on with a run that is not running: records beyond `step` are superseded by what comes. */
export function resumeRun(_folder: string, _step: number, _options: WriterOptions = {}): RunWriter {
  throw internal('resumeRun is being written');
}

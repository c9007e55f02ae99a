/** Reads a run, also while it is written: description, status, events, any range of steps of any vector. */
import { internal } from '../base/errors';
import type { RunDescription, RunEvent, RunStatus, ScalarName, StepRecord, VectorKind } from './run';
import type { SafetensorsFile } from './safetensors';

/** Some rows of one packed vector: `values` is rows x width, row r belongs to `steps[r]`. */
export interface VectorRows {
  readonly names: readonly string[];
  readonly steps: Float64Array;
  readonly values: Float32Array;
}

export interface StepRange {
  /** First step, 1 by default. */
  readonly from?: number;
  /** Last step, the last recorded by default. */
  readonly to?: number;
  /** At most so many rows, evenly spread and with the last one; all by default. */
  readonly maxRows?: number;
}

/** The steps of one network; random access, never the whole file in memory. */
export interface NetworkSteps {
  readonly network: string;
  readonly kinds: readonly VectorKind[];
  /** Steps recorded by now, looked up again at each call. */
  count(): Promise<number>;
  /** Whole records. */
  records(range?: StepRange): Promise<StepRecord[]>;
  scalar(name: ScalarName, range?: StepRange): Promise<{ steps: Float64Array; values: Float64Array }>;
  vectors(kind: VectorKind, range?: StepRange): Promise<VectorRows>;
  last(): Promise<StepRecord | undefined>;
}

export interface RunReader {
  readonly id: string;
  readonly folder: string;
  readonly description: RunDescription;
  readonly networks: readonly NetworkSteps[];
  status(): Promise<{ status: RunStatus; reason?: string; code?: string; since: number }>;
  events(): Promise<RunEvent[]>;
  /** The newest checkpoint that reads well, with the step it was taken after. */
  checkpoint(): Promise<{ step: number; file: string; contents: SafetensorsFile } | undefined>;
  close(): Promise<void>;
}

/** Fails with `run/missing`, `run/unreadable` or `run/version`. */
export function openRun(_folder: string): Promise<RunReader> {
  return Promise.reject(internal('openRun is being written'));
}

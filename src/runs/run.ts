/**
 * What a run is on disk: `<root>/<id>/` holds `run.json` (written once), `steps-<n>.bin` (one a network, every
 * step), `events.jsonl` (what happened), `checkpoint-<step>.safetensors` and, while it is written, `lock.json`.
 * Here are its types only. Metrics go by name everywhere, so that a run stays readable when kinds are added.
 */

/** The version of run.json and of the step records that this program writes. */
export const runVersion = 1;

/** Plain data, as JSON keeps it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The name of a packed vector (`activationGradients`, `cosines`, ...); whoever records decides which there are. */
export type VectorKind = string;

/** A network of the run; whoever records may add any plain data beside what the record itself needs. */
export interface NetworkDescription {
  /** `resnet20`; unique within the run. */
  readonly name: string;
  /** For people: `ResNet-20`. */
  readonly title: string;
  /** For each packed vector the key (scope or parameter name) of every element. */
  readonly vectors: Readonly<Record<VectorKind, readonly string[]>>;
  readonly [more: string]: Json;
}

/** What `run.json` holds. */
export interface RunDescription {
  readonly version: typeof runVersion;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly title: string;
  readonly seed: number;
  readonly device: string;
  /** Id, title, classes, shape, normalisation, spec ... */
  readonly data: { readonly [key: string]: Json };
  /** All that reproduces the run. */
  readonly settings: { readonly [key: string]: Json };
  readonly networks: readonly NetworkDescription[];
  readonly [more: string]: Json;
}

/** What the caller gives; the writer adds version, id and time. */
export type NewRun = Pick<RunDescription, 'title' | 'seed' | 'device' | 'data' | 'settings' | 'networks'> & {
  /** The readable part of the id, for instance `resnet20`; cut to what a file name bears. */
  readonly slug: string;
};

/** How a run can have ended in its own words. */
export type EndStatus = 'finished' | 'stopped' | 'diverged' | 'crashed';

/** `interrupted` is derived by the reader: the run says running, and its process is gone. */
export type RunStatus = 'running' | EndStatus | 'interrupted';

/** One network's numbers of one step. Steps count from 1. */
export interface StepRecord {
  readonly step: number;
  /** Milliseconds since 1970, when the record was written. */
  readonly time: number;
  /** Mean cross-entropy of the batch, nats. */
  readonly loss: number;
  /** Share of the batch classified right, 0 .. 1. */
  readonly accuracy: number;
  readonly learningRate: number;
  /** What the step took, in seconds. */
  readonly batchSeconds: number;
  /** One float32 vector a kind, in the order that the network's description names. */
  readonly vectors: Readonly<Record<VectorKind, Float32Array>>;
}

/** What the trainer gives; the writer adds the time. */
export type NewStep = Omit<StepRecord, 'time'>;

/** The scalars of a record, by name. */
export const scalarNames = ['step', 'time', 'loss', 'accuracy', 'learningRate', 'batchSeconds'] as const;
export type ScalarName = (typeof scalarNames)[number];

/** A line of `events.jsonl`; `step` is the number of steps done by then. */
export type RunEvent = { readonly time: number; readonly step: number } & (
  | {
      readonly type: 'status';
      readonly status: 'running' | EndStatus;
      readonly reason?: string;
      readonly code?: string;
    }
  /** Training goes on from a checkpoint: later records of these networks replace earlier ones beyond `step`. */
  | { readonly type: 'resumed'; readonly records: readonly number[] }
  | {
      readonly type: 'evaluation';
      readonly network: string;
      readonly split: 'train' | 'validation';
      readonly epoch: number;
      readonly loss: number;
      readonly accuracy: number;
      readonly count: number;
    }
  | { readonly type: 'checkpoint'; readonly file: string }
  | { readonly type: 'paused' | 'continued' }
  /** Anything else worth keeping, as plain data. */
  | { readonly type: 'note'; readonly name: string; readonly data: Json }
  | { readonly type: 'problem'; readonly code: string; readonly message: string }
);

/** `RunEvent` without what the writer adds; `step` defaults to the last recorded one. */
type WithoutStamp<T> = T extends unknown ? Omit<T, 'time' | 'step'> & { readonly step?: number } : never;
export type NewEvent = WithoutStamp<RunEvent>;

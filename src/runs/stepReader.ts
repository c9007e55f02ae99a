/**
 * Reads one network's step records: any range, any vector, in pieces of about a megabyte, whether or not somebody
 * is still writing. A record whose sum is wrong is left out. The file is open only during a call.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { systemCode } from '../base/errors';
import { unreadableRun } from './errors';
import type { RunEvent, ScalarName, StepRecord, VectorKind } from './run';
import { type Segment, segmentsOf } from './segments';
import {
  decodeHeader,
  decodeStep,
  isWhole,
  jsonBytesOf,
  preambleBytes,
  type StepFormat,
  scalarIn,
  vectorIn,
} from './stepFormat';

const pieceBytes = 1 << 20;

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
  /** The key of every element of a packed vector; empty for a kind that is not recorded. */
  names(kind: VectorKind): readonly string[];
  /** Steps recorded by now, looked up again at each call. */
  count(): Promise<number>;
  /** Whole records. */
  records(range?: StepRange): Promise<StepRecord[]>;
  scalar(name: ScalarName, range?: StepRange): Promise<{ steps: Float64Array; values: Float64Array }>;
  vectors(kind: VectorKind, range?: StepRange): Promise<VectorRows>;
  last(): Promise<StepRecord | undefined>;
}

/** Fails with `run/unreadable` or `run/version`; `place` is the network's in the description. */
export async function openSteps(
  file: string,
  place: number,
  events: () => Promise<RunEvent[]>,
): Promise<NetworkSteps> {
  const format = await withFile(file, async (handle) => {
    const preamble = await readAt(handle, 0, preambleBytes);
    return decodeHeader(await readAt(handle, 0, preambleBytes + jsonBytesOf(preamble, file)), file);
  });
  const segments = async (handle: FileHandle) =>
    segmentsOf(await events(), place, await recordsIn(handle, format));
  const each = (range: StepRange, take: (record: Uint8Array) => void) =>
    withFile(file, async (handle) => {
      const chosen = recordsOf(await segments(handle), range);
      await readRecords(handle, format, chosen, take);
    });
  const namesOf = (kind: VectorKind) => format.vectors.find((vector) => vector.kind === kind)?.names ?? [];
  const reader: NetworkSteps = {
    network: format.network,
    kinds: format.vectors.map(({ kind }) => kind),
    names: namesOf,
    count: () => withFile(file, async (handle) => countOf(await segments(handle))),
    async records(range = {}) {
      const records: StepRecord[] = [];
      await each(range, (record) => records.push(decodeStep(record, format)));
      return records;
    },
    async scalar(name, range = {}) {
      const steps: number[] = [];
      const values: number[] = [];
      await each(range, (record) => {
        steps.push(scalarIn(record, format, 'step'));
        values.push(scalarIn(record, format, name));
      });
      return { steps: Float64Array.from(steps), values: Float64Array.from(values) };
    },
    async vectors(kind, range = {}) {
      const names = namesOf(kind);
      const steps: number[] = [];
      const rows: Float32Array[] = [];
      if (format.offsets.has(kind)) {
        await each(range, (record) => {
          steps.push(scalarIn(record, format, 'step'));
          rows.push(vectorIn(record, format, kind));
        });
      }
      const values = new Float32Array(rows.length * names.length);
      for (const [r, row] of rows.entries()) values.set(row, r * names.length);
      return { names, steps: Float64Array.from(steps), values };
    },
    async last() {
      // The newest whole record may be a few back where the disk damaged the last ones.
      const count = await reader.count();
      const records = await reader.records({ from: Math.max(1, count - 2), to: count });
      return records.at(-1);
    },
  };
  return reader;
}

export const countOf = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { count }) => sum + count, 0);

async function withFile<T>(file: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    throw unreadableRun(file, systemCode(error) ?? String(error));
  }
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function recordsIn(handle: FileHandle, format: StepFormat): Promise<number> {
  const { size } = await handle.stat();
  return Math.max(0, Math.floor((size - format.headerBytes) / format.recordBytes));
}

/** The places in the file of the steps asked for, in the order of the steps. */
function recordsOf(segments: readonly Segment[], range: StepRange): number[] {
  const from = range.from ?? 1;
  const to = range.to ?? Number.POSITIVE_INFINITY;
  const found: number[] = [];
  for (const { record, step, count } of segments) {
    const first = Math.max(from, step);
    const last = Math.min(to, step + count - 1);
    for (let s = first; s <= last; s++) found.push(record + s - step);
  }
  const most = range.maxRows ?? found.length;
  if (found.length <= most) return found;
  if (most <= 1) return found.slice(-1).slice(0, most);
  return Array.from({ length: most }, (_, i) => found[Math.round((i * (found.length - 1)) / (most - 1))]);
}

/** Neighbours are read together; `take` must not keep the bytes. */
async function readRecords(
  handle: FileHandle,
  format: StepFormat,
  places: readonly number[],
  take: (record: Uint8Array) => void,
): Promise<void> {
  const size = format.recordBytes;
  const most = Math.max(1, Math.floor(pieceBytes / size));
  for (let i = 0; i < places.length; ) {
    let n = 1;
    while (n < most && places[i + n] === places[i] + n) n++;
    const bytes = await readAt(handle, format.headerBytes + places[i] * size, n * size);
    for (let k = 0; k < n; k++) {
      const record = bytes.subarray(k * size, (k + 1) * size);
      if (isWhole(record, format)) take(record);
    }
    i += n;
  }
}

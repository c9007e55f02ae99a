/**
 * A run as TensorBoard event files, one folder a network, so that both are two curves of one chart. Written by hand:
 * a file is a list of records (u64 length, its masked CRC-32C, the bytes, their masked CRC-32C), the bytes an `Event`
 * message of tensorflow/core/util/event.proto. Scalars only: that is what every version of TensorBoard reads.
 */
import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { crc32c } from './crc';
import { writeFailure } from './errors';
import type { RunEvent, StepRecord, VectorKind } from './run';
import type { RunReader } from './runReader';
import type { NetworkSteps } from './stepReader';
import { appendAll, type WriteBytes } from './writing';

export interface TensorBoardOptions {
  /** Packed vectors to write, a curve an element; all by default. */
  readonly kinds?: readonly VectorKind[];
  /** At most so many steps a network, evenly spread; all by default. */
  readonly maxSteps?: number;
  readonly write?: WriteBytes;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

const stepsAtOnce = 200;

/** Writes `<folder>/<network>/events.out.tfevents.*`, each whole or not at all; answers the files. */
export async function exportTensorBoard(
  run: RunReader,
  folder: string,
  options: TensorBoardOptions = {},
): Promise<string[]> {
  const files: string[] = [];
  const events = await run.events();
  const createdAt = Date.parse(run.description.createdAt);
  for (const [i, steps] of run.networks.entries()) {
    const where = path.join(folder, steps.network.replace(/[^\w.-]+/g, '-'));
    const file = path.join(
      where,
      `events.out.tfevents.${Math.floor(createdAt / 1000)}.${hostname()}.skiplens`,
    );
    try {
      mkdirSync(where, { recursive: true });
    } catch (error) {
      throw writeFailure(where, error);
    }
    const onShare = (share: number) => options.onProgress?.((i + share) / run.networks.length);
    await writeNetwork(file, steps, createdAt, events, options, onShare);
    files.push(file);
  }
  return files;
}

async function writeNetwork(
  file: string,
  steps: NetworkSteps,
  createdAt: number,
  events: readonly RunEvent[],
  options: TensorBoardOptions,
  onShare: (share: number) => void,
): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`;
  const kinds = (options.kinds ?? steps.kinds).filter((kind) => steps.kinds.includes(kind));
  let fd: number | undefined;
  try {
    fd = openSync(beside, 'w');
    const put = (messages: readonly Uint8Array[]) => {
      if (fd !== undefined) appendAll(fd, file, Buffer.concat(messages.map(framed)), options.write);
    };
    const evaluations = events.filter(
      (event) => event.type === 'evaluation' && event.network === steps.network,
    );
    put([versionEvent(createdAt), ...evaluations.flatMap(evaluationEvent)]);
    const { steps: chosen } = await steps.scalar('step', { maxRows: options.maxSteps });
    const wanted = new Set(chosen);
    for (let i = 0; i < chosen.length; i += stepsAtOnce) {
      options.signal?.throwIfAborted();
      const last = chosen[Math.min(chosen.length, i + stepsAtOnce) - 1];
      const records = await recordsAt(steps, chosen[i], last, wanted);
      put(records.map((record) => stepEvent(record, steps, kinds)));
      onShare(Math.min(1, (i + stepsAtOnce) / chosen.length));
    }
    closeSync(fd);
    fd = undefined;
    renameSync(beside, file);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    rmSync(beside, { force: true });
    throw writeFailure(file, error);
  }
}

/** The wanted records between two steps, read a step at a time where they lie far apart. */
async function recordsAt(
  steps: NetworkSteps,
  first: number,
  last: number,
  wanted: ReadonlySet<number>,
): Promise<StepRecord[]> {
  if (last - first < 2 * stepsAtOnce)
    return (await steps.records({ from: first, to: last })).filter(({ step }) => wanted.has(step));
  const records: StepRecord[] = [];
  for (const step of wanted)
    if (step >= first && step <= last) records.push(...(await steps.records({ from: step, to: step })));
  return records;
}

function versionEvent(time: number): Uint8Array {
  return join([double(1, time / 1000), text(3, 'brain.Event:2')]);
}

function stepEvent(record: StepRecord, steps: NetworkSteps, kinds: readonly VectorKind[]): Uint8Array {
  const values: [string, number][] = [
    ['training/loss', record.loss],
    ['training/accuracy', record.accuracy],
    ['training/learning rate', record.learningRate],
    ['training/step seconds', record.batchSeconds],
  ];
  for (const kind of kinds) {
    const vector = record.vectors[kind];
    steps.names(kind).forEach((name, i) => {
      values.push([`${kind}/${name}`, vector[i]]);
    });
  }
  return summaryEvent(record.time, record.step, values);
}

function evaluationEvent(event: RunEvent): Uint8Array[] {
  if (event.type !== 'evaluation') return [];
  const group = event.split === 'validation' ? 'validation' : 'training set';
  return [
    summaryEvent(event.time, event.step, [
      [`${group}/loss`, event.loss],
      [`${group}/accuracy`, event.accuracy],
    ]),
  ];
}

/** Event { wall_time = 1, step = 2, summary = 5 { value = 1 { tag = 1, simple_value = 2 } } }. */
function summaryEvent(
  time: number,
  step: number,
  values: readonly (readonly [string, number])[],
): Uint8Array {
  const summary = join(values.map(([tag, value]) => bytes(1, join([text(1, tag), float(2, value)]))));
  return join([double(1, time / 1000), varint(2, step), bytes(5, summary)]);
}

function framed(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return record;
}

function masked(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const join = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

function base128(value: number): number[] {
  const digits: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) | 128);
  return [...digits, rest];
}

const varint = (field: number, value: number) => Uint8Array.of(field << 3, ...base128(value));

function bytes(field: number, data: Uint8Array): Uint8Array {
  return join([Uint8Array.of((field << 3) | 2, ...base128(data.length)), data]);
}

const text = (field: number, value: string) => bytes(field, new TextEncoder().encode(value));

function double(field: number, value: number): Uint8Array {
  const result = new Uint8Array(9);
  result[0] = (field << 3) | 1;
  new DataView(result.buffer).setFloat64(1, value, true);
  return result;
}

function float(field: number, value: number): Uint8Array {
  const result = new Uint8Array(5);
  result[0] = (field << 3) | 5;
  new DataView(result.buffer).setFloat32(1, value, true);
  return result;
}

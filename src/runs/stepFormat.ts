/**
 * The bytes of `steps-<n>.bin`, little-endian. Header: magic, u32 version, u32 length and u32 CRC-32 of the JSON,
 * u32 zero, the JSON (names of scalars and vectors, padded with blanks to a multiple of 8). Then records of one
 * size: u32 length and u32 CRC-32 of what follows, the scalars as float64, the vectors as float32, padding to a
 * multiple of 8. A fixed size makes any step reachable by one read; the sum tells a torn or damaged record.
 */
import { internal } from '../base/errors';
import { t } from '../base/localize';
import { crc32 } from './crc';
import { newerRun, unreadableRun } from './errors';
import type { StepRecord, VectorKind } from './run';

const magic = 'SKIPSTEP';
const version = 1;
/** Bytes before the header's JSON. */
export const preambleBytes = 24;

/** What a record holds and where; the names are in the file, so that a later program can read them. */
export interface StepLayout {
  readonly network: string;
  readonly scalars: readonly string[];
  readonly vectors: readonly { readonly kind: VectorKind; readonly names: readonly string[] }[];
}

export interface StepFormat extends StepLayout {
  readonly headerBytes: number;
  readonly recordBytes: number;
  /** Where each kind starts in a record's payload, in bytes. */
  readonly offsets: ReadonlyMap<VectorKind, number>;
}

const roundUp = (bytes: number) => Math.ceil(bytes / 8) * 8;
const scalarsAt = 8;

export function formatOf(layout: StepLayout, headerBytes: number): StepFormat {
  const offsets = new Map<VectorKind, number>();
  let end = scalarsAt + 8 * layout.scalars.length;
  for (const { kind, names } of layout.vectors) {
    offsets.set(kind, end);
    end += 4 * names.length;
  }
  return { ...layout, headerBytes, recordBytes: roundUp(end), offsets };
}

export function encodeHeader(layout: StepLayout): Uint8Array {
  const { network, scalars, vectors } = layout;
  const text = new TextEncoder().encode(JSON.stringify({ network, scalars, vectors }));
  const bytes = new Uint8Array(roundUp(preambleBytes + text.length)).fill(0x20);
  const json = bytes.subarray(preambleBytes);
  bytes.set(new TextEncoder().encode(magic));
  json.set(text);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, version, true);
  view.setUint32(12, json.length, true);
  view.setUint32(16, crc32(json), true);
  view.setUint32(20, 0, true);
  return bytes;
}

/** The length of the JSON that follows these first bytes; fails where they are no header of ours. */
export function jsonBytesOf(preamble: Uint8Array, file: string): number {
  const damaged = () => unreadableRun(file, t('the header of its step records is damaged.'));
  if (preamble.length < preambleBytes) throw damaged();
  const view = new DataView(preamble.buffer, preamble.byteOffset, preamble.byteLength);
  if (new TextDecoder().decode(preamble.subarray(0, 8)) !== magic) throw damaged();
  if (view.getUint32(8, true) > version) throw newerRun(file, String(view.getUint32(8, true)));
  return view.getUint32(12, true);
}

/** Preamble and JSON together; fails where they are damaged. */
export function decodeHeader(bytes: Uint8Array, file: string): StepFormat {
  const json = bytes.subarray(preambleBytes, preambleBytes + jsonBytesOf(bytes, file));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (crc32(json) !== view.getUint32(16, true))
    throw unreadableRun(file, t('the header of its step records is damaged.'));
  const layout = JSON.parse(new TextDecoder().decode(json)) as StepLayout;
  return formatOf(layout, preambleBytes + json.length);
}

/** Turns steps into bytes, in a buffer that the next call uses again. */
export function stepEncoder(format: StepFormat): (record: StepRecord) => Uint8Array {
  const bytes = new Uint8Array(format.recordBytes);
  const numbers = new DataView(bytes.buffer);
  const scalars = new Float64Array(bytes.buffer, scalarsAt, format.scalars.length);
  const targets = format.vectors.map(({ kind, names }) => ({
    kind,
    target: new Float32Array(bytes.buffer, format.offsets.get(kind), names.length),
  }));
  const payload = bytes.subarray(8);
  return (record) => {
    format.scalars.forEach((name, i) => {
      scalars[i] = record[name as keyof Omit<StepRecord, 'vectors'>];
    });
    for (const { kind, target } of targets) {
      const given = record.vectors[kind];
      if (given?.length !== target.length)
        throw internal(
          `${format.network}: the vector ${kind} has ${given?.length} elements where the run names ${target.length}`,
        );
      target.set(given);
    }
    numbers.setUint32(0, payload.length, true);
    numbers.setUint32(4, crc32(payload), true);
    return bytes;
  };
}

/** Whether these bytes are one whole record. */
export function isWhole(record: Uint8Array, format: StepFormat): boolean {
  if (record.length !== format.recordBytes) return false;
  const view = new DataView(record.buffer, record.byteOffset, 8);
  const payload = record.subarray(8);
  return view.getUint32(0, true) === payload.length && view.getUint32(4, true) === crc32(payload);
}

/** A scalar of a record by name; NaN where the file does not have it. */
export function scalarIn(record: Uint8Array, format: StepFormat, name: string): number {
  const i = format.scalars.indexOf(name);
  if (i < 0) return Number.NaN;
  return new DataView(record.buffer, record.byteOffset).getFloat64(scalarsAt + 8 * i, true);
}

/** A copy of one packed vector of a record. */
export function vectorIn(record: Uint8Array, format: StepFormat, kind: VectorKind): Float32Array {
  const offset = format.offsets.get(kind);
  if (offset === undefined) throw internal(`${format.network} records no vector ${kind}`);
  const width = format.vectors.find((vector) => vector.kind === kind)?.names.length ?? 0;
  return new Float32Array(record.slice(offset, offset + 4 * width).buffer);
}

export function decodeStep(record: Uint8Array, format: StepFormat): StepRecord {
  const scalar = (name: string) => scalarIn(record, format, name);
  return {
    step: scalar('step'),
    time: scalar('time'),
    loss: scalar('loss'),
    accuracy: scalar('accuracy'),
    learningRate: scalar('learningRate'),
    batchSeconds: scalar('batchSeconds'),
    vectors: Object.fromEntries(format.vectors.map(({ kind }) => [kind, vectorIn(record, format, kind)])),
  };
}

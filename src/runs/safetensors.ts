/**
 * safetensors files: u64 length of the header, the header as JSON, the bytes. Reads and writes F32, F64 and I64;
 * the reader is strict (no holes, no overlaps, nothing beyond the end) and says what is malformed. It reads the
 * header and then the tensors that are wanted, so that a file may be larger than Node reads at once. After the
 * format's description in huggingface/safetensors.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { internal, SkiplensError, systemCode } from '../base/errors';
import { t } from '../base/localize';
import { malformedWeights, missingWeights, unreadableWeights } from './errors';
import { replaceFile, type WriteBytes } from './writing';

export type TensorData = Float32Array | Float64Array | BigInt64Array;

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface SafetensorsFile {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const dtypes = {
  F32: { bytes: 4, view: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  F64: { bytes: 8, view: (buffer: ArrayBuffer) => new Float64Array(buffer) },
  I64: { bytes: 8, view: (buffer: ArrayBuffer) => new BigInt64Array(buffer) },
} as const;
type DtypeName = keyof typeof dtypes;

const dtypeOf = (data: TensorData): DtypeName =>
  data instanceof Float32Array ? 'F32' : data instanceof Float64Array ? 'F64' : 'I64';
const sizeOf = (shape: readonly number[]) => shape.reduce((product, d) => product * d, 1);
const bytesOf = (data: TensorData) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Header and tensors as separate pieces, so that writing needs no second copy of the weights. */
function encodeParts(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  // Eight-byte numbers first: then all of them lie aligned.
  const entries = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let end = 0;
  for (const [name, { shape, data }] of entries) {
    if (sizeOf(shape) !== data.length)
      throw internal(`tensor ${name}: ${data.length} numbers do not fill the shape ${shape.join('x')}`);
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [end, (end += data.byteLength)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(text, 8);
  return [head, ...entries.map(([, { data }]) => bytesOf(data))];
}

/** Reads into `bytes` from a place in an open file; answers how many came: `fs.readSync`, or what a test watches. */
export type ReadBytes = (fd: number, bytes: Uint8Array, position: number) => number;

const readBytes: ReadBytes = (fd, bytes, position) => readSync(fd, bytes, 0, bytes.length, position);

export interface ReadOptions {
  /** Which tensors are read; all by default. Those left out are checked as well, as far as the header tells. */
  readonly wants?: (tensor: string) => boolean;
  readonly read?: ReadBytes;
}

/** Fails with `weights/missing`, `weights/unreadable` or `weights/malformed` and the reason. */
export function readSafetensors(
  file: string,
  { wants = () => true, read = readBytes }: ReadOptions = {},
): SafetensorsFile {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    return readTensors(fd, (reason) => malformedWeights(file, reason), wants, read);
  } catch (error) {
    if (error instanceof SkiplensError) throw error;
    const code = systemCode(error);
    throw code === 'ENOENT' ? missingWeights(file) : unreadableWeights(file, code ?? String(error));
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** One call to the system reads less than 2 GiB. */
const mostAtOnce = 2 ** 30;

function readTensors(
  fd: number,
  malformed: Malformed,
  wants: (tensor: string) => boolean,
  read: ReadBytes,
): SafetensorsFile {
  const { size } = fstatSync(fd);
  /** As much as there is of it. */
  const readAt = (position: number, length: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = read(fd, bytes.subarray(done, done + mostAtOnce), position + done);
      if (count === 0) break;
      done += count;
    }
    return done === length ? bytes : bytes.slice(0, done);
  };
  const beginning = readAt(0, 8);
  if (beginning.length < 8) throw malformed(t('it has only {0} bytes.', beginning.length));
  const headerBytes = new DataView(beginning.buffer).getBigUint64(0, true);
  if (headerBytes > BigInt(size - 8))
    throw malformed(
      t('its header should take {0} bytes, and there are {1} left.', String(headerBytes), size - 8),
    );
  const start = 8 + Number(headerBytes);
  const header = parseHeader(readAt(8, Number(headerBytes)), malformed);
  const metadata = metadataOf(header, malformed);
  const truncated = (tensor: string, end: number, found: number) =>
    malformed(
      t('the tensor {0} should end at byte {1}, and the file has {2}; it is truncated.', tensor, end, found),
    );
  const entries: { tensor: string; dtype: DtypeName; shape: number[]; from: number; to: number }[] = [];
  for (const [tensor, entry] of Object.entries(header)) {
    if (tensor === '__metadata__') continue;
    const found = entryOf(tensor, entry, malformed);
    if (start + found.to > size) throw truncated(tensor, start + found.to, size);
    entries.push({ tensor, ...found });
  }
  let end = 0;
  for (const { tensor, from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end)
      throw malformed(t('the bytes of the tensor {0} do not follow those before it.', tensor));
    end = to;
  }
  if (start + end !== size) throw malformed(t('{0} bytes follow the last tensor.', size - start - end));
  const tensors = new Map<string, Tensor>();
  for (const { tensor, dtype, shape, from, to } of entries) {
    if (!wants(tensor)) continue;
    const bytes = readAt(start + from, to - from);
    if (bytes.length < to - from) throw truncated(tensor, start + to, start + from + bytes.length);
    tensors.set(tensor, { shape, data: dtypes[dtype].view(bytes.buffer) });
  }
  return { tensors, metadata };
}

type Malformed = (reason: string) => SkiplensError;

function parseHeader(bytes: Uint8Array, malformed: Malformed): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed(t('its header is no JSON.'));
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw malformed(t('its header is no JSON object.'));
  return header as Record<string, unknown>;
}

function metadataOf(header: Record<string, unknown>, malformed: Malformed): Record<string, string> {
  const metadata = header.__metadata__ ?? {};
  const good =
    typeof metadata === 'object' && Object.values(metadata).every((value) => typeof value === 'string');
  if (!good) throw malformed(t('its metadata are not texts by name.'));
  return metadata as Record<string, string>;
}

function entryOf(tensor: string, entry: unknown, malformed: Malformed) {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypes, dtype))
    throw malformed(
      t(
        'the tensor {0} has the type {1}; this program reads {2}.',
        tensor,
        String(dtype),
        Object.keys(dtypes).join(', '),
      ),
    );
  const isSize = (d: unknown): d is number => Number.isSafeInteger(d) && (d as number) >= 0;
  if (!Array.isArray(shape) || !shape.every(isSize))
    throw malformed(t('the shape of the tensor {0} is no list of sizes.', tensor));
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    throw malformed(t('the tensor {0} does not say where its bytes are.', tensor));
  const [from, to] = offsets as [number, number];
  const wanted = sizeOf(shape) * dtypes[dtype as DtypeName].bytes;
  if (to - from !== wanted)
    throw malformed(
      t(
        'the tensor {0} of shape {1} takes {2} bytes, and the header gives it {3}.',
        tensor,
        shape.join('x') || 'scalar',
        wanted,
        to - from,
      ),
    );
  return { dtype: dtype as DtypeName, shape: shape as number[], from, to };
}

/** Atomic: written beside, synced, renamed. Fails with `run/noSpace` or `run/cannotWrite`. */
export function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
  write?: WriteBytes,
): void {
  replaceFile(file, encodeParts(tensors, metadata), write);
}

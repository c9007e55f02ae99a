/**
 * safetensors files: u64 length of the header, the header as JSON, the bytes. Reads and writes F32, F64 and I64;
 * the reader is strict (no holes, no overlaps, nothing beyond the end) and says what is malformed. After the
 * format's description in huggingface/safetensors.
 */
import { readFileSync } from 'node:fs';
import { internal, type SkiplensError, systemCode } from '../base/errors';
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

/** The bytes of a safetensors file. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return Buffer.concat(encodeParts(tensors, metadata));
}

/** Fails with `weights/malformed` and the reason; `name` is what messages call the file. */
export function decodeSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const malformed = (reason: string) => malformedWeights(name, reason);
  if (bytes.length < 8) throw malformed(t('it has only {0} bytes.', bytes.length));
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (headerBytes > BigInt(bytes.length - 8))
    throw malformed(
      t('its header should take {0} bytes, and there are {1} left.', String(headerBytes), bytes.length - 8),
    );
  const start = 8 + Number(headerBytes);
  const header = parseHeader(bytes.subarray(8, start), malformed);
  const metadata = metadataOf(header, malformed);
  const tensors = new Map<string, Tensor>();
  const spans: [number, number, string][] = [];
  for (const [tensor, entry] of Object.entries(header)) {
    if (tensor === '__metadata__') continue;
    const { dtype, shape, from, to } = entryOf(tensor, entry, malformed);
    if (start + to > bytes.length)
      throw malformed(
        t(
          'the tensor {0} should end at byte {1}, and the file has {2}; it is truncated.',
          tensor,
          start + to,
          bytes.length,
        ),
      );
    spans.push([from, to, tensor]);
    const copy = new Uint8Array(to - from);
    copy.set(bytes.subarray(start + from, start + to));
    tensors.set(tensor, { shape, data: dtypes[dtype].view(copy.buffer) });
  }
  let end = 0;
  for (const [from, to, tensor] of spans.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from !== end)
      throw malformed(t('the bytes of the tensor {0} do not follow those before it.', tensor));
    end = to;
  }
  if (start + end !== bytes.length)
    throw malformed(t('{0} bytes follow the last tensor.', bytes.length - start - end));
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

/** Reads a whole file; fails with `weights/missing`, `weights/unreadable` or `weights/malformed`. */
export function readSafetensors(file: string): SafetensorsFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = systemCode(error);
    throw code === 'ENOENT' ? missingWeights(file) : unreadableWeights(file, code ?? String(error));
  }
  return decodeSafetensors(bytes, file);
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

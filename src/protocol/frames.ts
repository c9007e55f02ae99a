/**
 * Messages as bytes on a pipe: `SKLF`, u32 length of the JSON part, u32 length of the binary part, then both. Typed
 * arrays travel in the binary part; JSON holds `{ "$array": [type, offset, length] }` in their place. The reader
 * skips whatever a native library may have printed between frames.
 */
import { internal } from '../base/errors';

const magic = [0x53, 0x4b, 0x4c, 0x46];
const headerSize = 12;
/** A frame beyond this is noise that happened to look like one. */
const largest = 256 * 1024 * 1024;

const arrayTypes = { Float32Array, Float64Array, Int32Array, Uint8Array } as const;
type ArrayTypeName = keyof typeof arrayTypes;

export function encodeFrame(message: unknown): Uint8Array {
  const blobs: Uint8Array[] = [];
  let offset = 0;
  const json = JSON.stringify(message, (_, value) => {
    if (!ArrayBuffer.isView(value)) {
      // JSON has no NaN or infinity, and a diverged run is full of them.
      if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
      return value;
    }
    const name = value.constructor.name;
    if (!(name in arrayTypes)) throw internal(`${name} does not travel`);
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const place = { $array: [name, offset, bytes.length] };
    blobs.push(bytes);
    offset += bytes.length;
    return place;
  });
  const text = new TextEncoder().encode(json);
  const frame = new Uint8Array(headerSize + text.length + offset);
  const view = new DataView(frame.buffer);
  frame.set(magic);
  view.setUint32(4, text.length, true);
  view.setUint32(8, offset, true);
  frame.set(text, headerSize);
  let at = headerSize + text.length;
  for (const blob of blobs) {
    frame.set(blob, at);
    at += blob.length;
  }
  return frame;
}

/** Feeds on chunks of any size and calls `onMessage` for every whole frame; other bytes go to `onNoise`. */
export class FrameReader {
  private pending: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly onMessage: (message: unknown) => void,
    private readonly onNoise: (text: string) => void = () => {},
  ) {}

  push(chunk: Uint8Array): void {
    let bytes = this.pending.length === 0 ? chunk : concat(this.pending, chunk);
    for (;;) {
      const start = findMagic(bytes);
      if (start > 0) this.onNoise(new TextDecoder().decode(bytes.subarray(0, start)));
      bytes = bytes.subarray(start);
      if (bytes.length < headerSize) break;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const [jsonLength, blobLength] = [view.getUint32(4, true), view.getUint32(8, true)];
      const total = headerSize + jsonLength + blobLength;
      if (total > largest) {
        bytes = bytes.subarray(1);
        continue;
      }
      if (bytes.length < total) break;
      const blobStart = headerSize + jsonLength;
      this.onMessage(decode(bytes.subarray(headerSize, blobStart), bytes.subarray(blobStart, total)));
      bytes = bytes.subarray(total);
    }
    this.pending = new Uint8Array(bytes);
  }
}

function decode(json: Uint8Array, blobs: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(json), (_, value) => {
    if (value === null || typeof value !== 'object') return value;
    if ('$number' in value) return Number(value.$number);
    if (!('$array' in value)) return value;
    const [name, offset, length] = value.$array as [ArrayTypeName, number, number];
    // A copy, because a Buffer is a window on memory whose alignment is anything.
    const bytes = new Uint8Array(blobs.subarray(offset, offset + length));
    return name === 'Uint8Array' ? bytes : new arrayTypes[name](bytes.buffer);
  });
}

/** Where the next frame begins, or where its first bytes may begin at the end. */
function findMagic(bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) {
    let k = 0;
    while (k < magic.length && i + k < bytes.length && bytes[i + k] === magic[k]) k++;
    if (k === magic.length || i + k === bytes.length) return i;
  }
  return bytes.length;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/**
 * A message as JSON text, typed arrays included (`{"$float32": base64}`), for where there is no pipe: the data
 * inside a report file, and the recorded runs that pictures are tested with. Numbers that JSON has no word for
 * (NaN, infinities) are kept too.
 */
import { internal } from '../base/errors';

const arrayTypes = { $float32: Float32Array, $int32: Int32Array, $uint8: Uint8Array } as const;
type ArrayKey = keyof typeof arrayTypes;

export function toText(message: unknown): string {
  return JSON.stringify(message, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    if (!ArrayBuffer.isView(value)) return value;
    for (const key of Object.keys(arrayTypes) as ArrayKey[])
      if (value instanceof arrayTypes[key]) return { [key]: toBase64(value) };
    throw internal(`${value.constructor.name} has no text form`);
  });
}

/** The inverse of `toText`; the text is one of our own. */
export function fromText(text: string): unknown {
  return JSON.parse(text, (_, value) => {
    if (value === null || typeof value !== 'object') return value;
    if ('$number' in value) return Number(value.$number);
    for (const key of Object.keys(arrayTypes) as ArrayKey[])
      if (key in value) return new arrayTypes[key](fromBase64(value[key]).buffer);
    return value;
  });
}

function toBase64(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let text = '';
  // In pieces: a call takes a bounded number of arguments.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

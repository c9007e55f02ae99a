/** The record files of CIFAR: label bytes, then 3x32x32 bytes, one record after the other and nothing else. */

import { emptyFile, labelOutOfRange, wrongSize } from './errors';
import { bytesOf } from './files';
import type { StoredImages } from './imageSplit';

const imageBytes = 3 * 32 * 32;

export interface RecordFormat {
  readonly labelBytes: number;
  /** Which of the label bytes is the class (CIFAR-100 has a coarse one first). */
  readonly labelAt: number;
  readonly classes: number;
  readonly signal?: AbortSignal;
}

/** Fails with `data/wrongSize`, `data/empty` or `data/labelOutOfRange`, naming file and record. */
export async function readRecords(file: string, format: RecordFormat): Promise<StoredImages> {
  const { labelBytes, labelAt, classes, signal } = format;
  const bytes = await bytesOf(file, signal);
  const record = labelBytes + imageBytes;
  if (bytes.length === 0) throw emptyFile(file);
  if (bytes.length % record !== 0) throw wrongSize(file, bytes.length, record);
  const count = bytes.length / record;
  const labels = new Uint8Array(count);
  const pixels = new Uint8Array(count * imageBytes);
  for (let i = 0; i < count; i++) {
    const start = i * record;
    const label = bytes[start + labelAt];
    if (label >= classes) throw labelOutOfRange(file, i, label, classes);
    labels[i] = label;
    pixels.set(bytes.subarray(start + labelBytes, start + record), i * imageBytes);
  }
  return { pixels, labels };
}

/** One after the other, in memory of their own. */
export function concatImages(parts: readonly StoredImages[]): StoredImages {
  if (parts.length === 1) return parts[0];
  const count = parts.reduce((sum, part) => sum + part.labels.length, 0);
  const pixels = new Uint8Array(parts.reduce((sum, part) => sum + part.pixels.length, 0));
  const labels = new Uint16Array(count);
  let image = 0;
  let byte = 0;
  for (const part of parts) {
    labels.set(part.labels, image);
    pixels.set(part.pixels, byte);
    image += part.labels.length;
    byte += part.pixels.length;
  }
  return { pixels, labels };
}

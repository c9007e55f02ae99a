/**
 * The IDX files of MNIST and its kin (LeCun, Cortes and Burges): a big-endian u32 0x0000080d with the number of
 * dimensions d, the dimensions, the bytes. Plain or gzipped, under either of the names in use; the number of images
 * comes from the files.
 */
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { DataOptions, DatasetSource, LoadedData } from './dataset';
import {
  brokenGzip,
  emptyFile,
  labelOutOfRange,
  missingFiles,
  truncated,
  unequalCounts,
  wrongDimensions,
  wrongMagic,
} from './errors';
import { bytesOf, folderOf, folderWith } from './files';
import { assemble, type StoredImages } from './imageSplit';

const side = 28;
/** No file of these sets is larger unpacked; what claims to be is broken or made to harm. */
const mostBytes = 1 << 30;

/** A data set of 28 x 28 grey images in four IDX files. */
export function idxSource(
  source: Omit<DatasetSource, 'argument' | 'load'>,
  classes: readonly string[],
  folders: readonly string[],
): DatasetSource {
  return {
    ...source,
    argument: 'optional folder',
    load: (argument, options) => loadIdx(source, classes, folders, argument, options),
  };
}

async function loadIdx(
  source: Pick<DatasetSource, 'id' | 'title'>,
  classes: readonly string[],
  folders: readonly string[],
  argument: string | undefined,
  options: DataOptions,
): Promise<LoadedData> {
  const { folder, names } = await folderWith(
    await folderOf(source.id, argument, options.home),
    folders,
    (all) => fileIn(all, 'train-images', 3) !== undefined,
  );
  const read = async (part: string): Promise<StoredImages> => {
    const [images, labels] = (
      [
        [`${part}-images`, 3],
        [`${part}-labels`, 1],
      ] as const
    ).map(([name, dimensions]) => {
      const found = fileIn(names, name, dimensions);
      if (found === undefined) throw missingFiles(folder, `${name}-idx${dimensions}-ubyte(.gz)`);
      return path.join(folder, found);
    });
    return readPair(images, labels, classes.length, options.signal);
  };
  const train = await read('train');
  options.onProgress?.(0.8);
  const validation = await read('t10k');
  options.onProgress?.(1);
  return assemble({ source, classes, shape: [1, side, side], train, validation, folder }, options);
}

/** `train-images-idx3-ubyte.gz`, also without the ending, and with a dot for the second dash as some mirrors have. */
function fileIn(names: readonly string[], start: string, dimensions: number): string | undefined {
  const stems = [`${start}-idx${dimensions}-ubyte`, `${start}.idx${dimensions}-ubyte`];
  return stems.flatMap((stem) => [stem, `${stem}.gz`]).find((name) => names.includes(name));
}

async function readPair(
  imageFile: string,
  labelFile: string,
  classCount: number,
  signal?: AbortSignal,
): Promise<StoredImages> {
  const images = await readIdx(imageFile, 3, signal);
  const labels = await readIdx(labelFile, 1, signal);
  const [count, height, width] = images.dimensions;
  if (height !== side || width !== side)
    throw wrongDimensions(imageFile, `${height} x ${width}`, `${side} x ${side}`);
  if (count !== labels.dimensions[0]) throw unequalCounts(imageFile, count, labelFile, labels.dimensions[0]);
  const wrong = labels.bytes.findIndex((label) => label >= classCount);
  if (wrong >= 0) throw labelOutOfRange(labelFile, wrong, labels.bytes[wrong], classCount);
  return { pixels: images.bytes, labels: labels.bytes };
}

/** Fails with `data/brokenGzip`, `data/empty`, `data/wrongMagic` or `data/truncated`. */
export async function readIdx(file: string, dimensions: number, signal?: AbortSignal) {
  const bytes = await unpacked(file, await bytesOf(file, signal));
  const headerBytes = 4 + 4 * dimensions;
  if (bytes.length === 0) throw emptyFile(file);
  if (bytes.length < headerBytes) throw truncated(file, bytes.length, headerBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = 0x0800 + dimensions;
  const hex = (magic: number) => `0x${magic.toString(16).padStart(8, '0')}`;
  if (view.getUint32(0) !== expected) throw wrongMagic(file, hex(view.getUint32(0)), hex(expected));
  const sizes = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  const promised = headerBytes + sizes.reduce((product, size) => product * size, 1);
  if (bytes.length !== promised) throw truncated(file, bytes.length, promised);
  if (sizes[0] === 0) throw emptyFile(file);
  return { dimensions: sizes, bytes: bytes.subarray(headerBytes) };
}

async function unpacked(file: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    // A name that promises gzip and bytes that are none: somebody renamed or cut the file.
    if (file.endsWith('.gz')) throw brokenGzip(file);
    return bytes;
  }
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: mostBytes });
  } catch {
    throw brokenGzip(file);
  }
}

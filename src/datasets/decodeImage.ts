/**
 * PNG and JPEG files to RGB bytes, told apart by their first bytes, not by name. PNG by fast-png, JPEG by
 * libjpeg-turbo compiled to JavaScript, each loaded with the first file of its kind. Grey becomes RGB; an alpha
 * channel is left out, as torchvision's image folder does; 16 bits become 8. What a broken file's decoder says is
 * kept as the reason.
 */

import type { Codec } from '@cornerstonejs/codec-libjpeg-turbo-8bit/decode';
import type { DecodedPng } from 'fast-png';
import { t } from '../base/localize';

export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** 3 x height x width, channel first. */
  readonly pixels: Uint8Array;
}

/** Why a file is no image that can be used; the sentence ends with a full stop. */
export class BrokenImage extends Error {}

/** Beyond this an image of a few kilobytes could claim all memory. */
const mostPixels = 100_000_000;

/** Fails with `BrokenImage` where the bytes are no whole PNG or JPEG. */
export async function decodeImage(bytes: Uint8Array): Promise<DecodedImage> {
  if (bytes.length === 0) throw new BrokenImage(t('the file is empty.'));
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47])) return decodePng(bytes);
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return decodeJpeg(bytes);
  throw new BrokenImage(t('it is neither PNG nor JPEG.'));
}

const startsWith = (bytes: Uint8Array, start: readonly number[]) => start.every((b, i) => bytes[i] === b);

function checkSize(width: number, height: number): void {
  if (width * height > mostPixels)
    throw new BrokenImage(t('it is {0} x {1} pixels, which is too large.', width, height));
}

async function decodePng(bytes: Uint8Array): Promise<DecodedImage> {
  const { decode } = await import('fast-png');
  if (bytes.length >= 24) {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    checkSize(view.getUint32(16), view.getUint32(20));
  }
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new BrokenImage(t('the PNG is damaged ({0}).', (error as Error).message));
  }
  return { width: png.width, height: png.height, pixels: rgbOf(png) };
}

function rgbOf({ width, height, channels, depth, data, palette }: DecodedPng): Uint8Array {
  const plane = width * height;
  const pixels = new Uint8Array(3 * plane);
  const rowBytes = Math.ceil((width * channels * depth) / 8);
  const most = 2 ** depth - 1;
  // Samples of less than a byte are packed, each row starting on a byte.
  const sample = (y: number, x: number, c: number) => {
    if (depth >= 8) return data[(y * width + x) * channels + c];
    const bit = (x * channels + c) * depth;
    return (data[y * rowBytes + (bit >> 3)] >> (8 - depth - (bit & 7))) & most;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const value = palette
          ? (palette[sample(y, x, 0)]?.[c] ?? 0)
          : Math.round((sample(y, x, channels < 3 ? 0 : c) * 255) / most);
        pixels[c * plane + y * width + x] = value;
      }
    }
  }
  return pixels;
}

let codec: Promise<Codec> | undefined;

async function decodeJpeg(bytes: Uint8Array): Promise<DecodedImage> {
  const size = sizeOfJpeg(bytes);
  if (size) checkSize(size.width, size.height);
  codec ??= import('@cornerstonejs/codec-libjpeg-turbo-8bit/decode').then((module) =>
    // Its messages are in what it throws or of no use to anybody.
    module.default({ print: () => undefined, printErr: () => undefined }),
  );
  const decoder = new (await codec).JPEGDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { width, height, componentCount } = decoder.getFrameInfo();
    return { width, height, pixels: planesOf(decoder.getDecodedBuffer(), width * height, componentCount) };
  } catch {
    throw new BrokenImage(t('the JPEG is damaged, truncated or of a kind that cannot be read.'));
  } finally {
    decoder.delete();
  }
}

function planesOf(interleaved: Uint8Array, plane: number, channels: number): Uint8Array {
  const pixels = new Uint8Array(3 * plane);
  for (let c = 0; c < 3; c++) {
    const from = channels < 3 ? 0 : c;
    for (let p = 0; p < plane; p++) pixels[c * plane + p] = interleaved[p * channels + from];
  }
  return pixels;
}

/** From the frame header (SOF0 .. SOF15 without DHT, JPG, DAC); undefined where none is found. */
function sizeOfJpeg(bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

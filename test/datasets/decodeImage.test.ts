import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BrokenImage, decodeImage } from '../../src/datasets/decodeImage';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/images');
const read = (name: string) => readFileSync(path.join(fixtures, name));
const width = 64;
const height = 48;

/** The ramp that every fixture shows: red, green, blue at (x, y). */
const ramp = (x: number, y: number) => [4 * x, 5 * y, 2 * (x + y)].map((v) => Math.min(255, v));
const luma = ([r, g, b]: number[]) => 0.299 * r + 0.587 * g + 0.114 * b;

/** Mean and greatest difference from what the fixture should show. */
function differences(pixels: Uint8Array, expected: (x: number, y: number) => number[]) {
  let sum = 0;
  let most = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      expected(x, y).forEach((value, c) => {
        const difference = Math.abs(pixels[(c * height + y) * width + x] - value);
        sum += difference;
        most = Math.max(most, difference);
      });
  return { mean: sum / (3 * width * height), most };
}

describe('decoding', () => {
  const grey = (x: number, y: number) => new Array(3).fill(luma(ramp(x, y)));
  it.each([
    ['interlaced.png', ramp, 0],
    ['colourAlpha.png', ramp, 0],
    ['grey.png', grey, 1],
    ['greyAlpha.png', grey, 1],
    ['sixteenBit.png', (x: number) => new Array(3).fill(4 * x), 0],
  ] as const)('%s gives the pixels that were put in', async (name, expected, most) => {
    const image = await decodeImage(read(name));
    expect([image.width, image.height]).toEqual([width, height]);
    expect(differences(image.pixels, expected).most).toBeLessThanOrEqual(most);
  });

  it.each([
    ['baseline.jpg', ramp],
    ['progressive.jpg', ramp],
    ['grey.jpg', grey],
  ] as const)('%s comes close to them', async (name, expected) => {
    const image = await decodeImage(read(name));
    expect([image.width, image.height]).toEqual([width, height]);
    expect(differences(image.pixels, expected).mean).toBeLessThan(3);
  });

  it('keeps to the palette, and to black and white where there is one bit', async () => {
    const { pixels } = await decodeImage(read('palette.png'));
    // Dithered to the colours at hand: right on average over the whole image.
    for (const c of [0, 1, 2]) {
      const plane = pixels.subarray(c * width * height, (c + 1) * width * height);
      const mean = plane.reduce((a, b) => a + b, 0) / plane.length;
      expect(Math.abs(mean - [126, 117, 110][c])).toBeLessThan(6);
    }
    const { pixels: bits } = await decodeImage(read('oneBit.png'));
    expect(new Set(bits)).toEqual(new Set([0, 255]));
    const lower = bits.subarray(40 * width, 48 * width).filter((v) => v === 255).length;
    expect(lower).toBeGreaterThan(bits.subarray(0, 8 * width).filter((v) => v === 255).length + 100);
  });

  it('says what is wrong with a broken file', async () => {
    const png = read('interlaced.png');
    const flipped = Buffer.from(png);
    flipped[60] ^= 0xff;
    const huge = Buffer.from(png);
    huge.writeUInt32BE(100_000, 16);
    huge.writeUInt32BE(100_000, 20);
    const jpeg = read('baseline.jpg');
    const hugeJpeg = Buffer.from(jpeg);
    const frame = hugeJpeg.indexOf(Buffer.of(0xff, 0xc0));
    hugeJpeg.writeUInt32BE(0xffffffff, frame + 5);
    for (const [bytes, message] of [
      [Buffer.alloc(0), /the file is empty/],
      [Buffer.from('GIF89a'), /neither PNG nor JPEG/],
      [png.subarray(0, 100), /the PNG is damaged/],
      [png.subarray(0, 20), /the PNG is damaged/],
      [flipped, /the PNG is damaged/],
      [huge, /100000 x 100000 pixels, which is too large/],
      [read('truncated.jpg'), /the JPEG is damaged, truncated/],
      [jpeg.subarray(0, 30), /the JPEG is damaged/],
      [hugeJpeg, /65535 x 65535 pixels, which is too large/],
    ] as const) {
      const failure = await decodeImage(bytes).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(BrokenImage);
      expect((failure as Error).message).toMatch(message);
    }
    // And the next whole one is read as if nothing had been.
    expect((await decodeImage(jpeg)).width).toBe(width);
  });
});

import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/datasets';
import { dataCard } from '../../src/datasets/dataCard';
import { temporaryFolder } from '../temporaryFolder';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/images');

/** A PNG of one colour, with a white bar at the left and right edge of `bar` pixels. */
function png(colour: readonly number[], width: number, height: number, bar = 0): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) {
    const x = p % width;
    data.set(x < bar || x >= width - bar ? [255, 255, 255] : colour, p * 3);
  }
  return encode({ width, height, data, channels: 3 });
}

/** Two classes, red and blue, of `count` images each; answers the folder. */
function colours(parent: string, count = 10): string {
  for (const [name, colour] of [
    ['red', [200, 10, 10]],
    ['blue', [10, 10, 200]],
  ] as const) {
    mkdirSync(path.join(parent, name), { recursive: true });
    for (let i = 0; i < count; i++)
      writeFileSync(path.join(parent, name, `${i}.png`), png(colour, 20 + i, 24));
  }
  return parent;
}

const load = (folder: string, options = {}) => loadData(`folder:${folder}`, { seed: 1, ...options });

describe('a folder of images', () => {
  it('has its folders as classes and sets a share of each class aside', async () => {
    const folder = colours(temporaryFolder());
    mkdirSync(path.join(folder, '.thumbnails'));
    writeFileSync(path.join(folder, 'red', 'notes.txt'), 'no image');
    mkdirSync(path.join(folder, 'red', 'more'));
    copyFileSync(path.join(fixtures, 'baseline.jpg'), path.join(folder, 'red', 'more', 'a.JPG'));
    const data = await load(folder);
    expect(data.classes).toEqual(['blue', 'red']);
    expect(data.shape).toEqual([3, 32, 32]);
    expect([data.train.count, data.validation.count]).toEqual([17, 4]);
    expect(Array.from(data.validation.labels).sort()).toEqual([0, 0, 1, 1]);
    for (let i = 0; i < data.validation.count; i++) {
      const pixels = data.validation.pixels(i);
      const [red, blue] = [pixels[500], pixels[2 * 1024 + 500]];
      expect(blue > red).toBe(data.validation.labels[i] === 0);
    }
    expect(Array.from((await load(folder)).validation.labels)).toEqual(Array.from(data.validation.labels));
  });

  it('takes the division that the folder has', async () => {
    const parent = temporaryFolder();
    colours(path.join(parent, 'train'), 5);
    colours(path.join(parent, 'val'), 3);
    const data = await load(parent);
    expect([data.train.count, data.validation.count]).toEqual([10, 6]);
    mkdirSync(path.join(parent, 'val', 'green'));
    await expect(load(parent)).rejects.toThrow(/has a class "green" that the training folder lacks/);
  });

  it('scales until the target is covered and cuts out the middle', async () => {
    const folder = temporaryFolder();
    for (const name of ['a', 'b']) {
      mkdirSync(path.join(folder, name));
      // White beyond the middle square: what is left after cropping shows none of it.
      for (const i of [0, 1, 2])
        writeFileSync(path.join(folder, name, `${i}.png`), png([0, 100, 0], 120, 60, 30));
    }
    const data = await load(folder, { resize: [16, 16] });
    const pixels = data.train.pixels(0);
    const [, h, w] = data.shape;
    for (let y = 0; y < h; y++)
      for (let x = 1; x < w - 1; x++) expect(pixels[y * w + x], `red at ${y}, ${x}`).toBeLessThanOrEqual(2);
  });

  it('decodes only the images of the subset', async () => {
    const folder = colours(temporaryFolder(), 10);
    for (let i = 0; i < 10; i++) writeFileSync(path.join(folder, 'red', `broken${i}.png`), 'no PNG');
    const shares: number[] = [];
    const options = { subset: 4, validationSubset: 2, skipBroken: true };
    const data = await load(folder, { ...options, onProgress: (share: number) => shares.push(share) });
    expect(shares.length).toBe(6);
    expect(shares.at(-1)).toBe(1);
    expect(data.train.count + data.validation.count + data.skipped!.length).toBe(6);
  });

  it('names a broken image, and skips it only when asked', async () => {
    const folder = colours(temporaryFolder());
    copyFileSync(path.join(fixtures, 'truncated.jpg'), path.join(folder, 'red', '3.jpg'));
    await expect(load(folder)).rejects.toMatchObject({
      code: 'data/brokenImage',
      message: expect.stringMatching(/red.3\.jpg cannot be used: the JPEG is damaged.* Remove it, or ask/),
    });
    const data = await load(folder, { skipBroken: true });
    expect(data.train.count + data.validation.count).toBe(20);
    expect(data.skipped).toMatchObject([{ file: path.join(folder, 'red', '3.jpg') }]);
    expect(dataCard(data, 'none').skipped.length).toBe(1);
  });

  it('says what is wrong with the folder', async () => {
    const folder = colours(temporaryFolder());
    await expect(load(path.join(folder, 'none'))).rejects.toThrow(/There is no folder/);
    await expect(load(path.join(folder, 'red'))).rejects.toThrow(/has 0 class folders; it needs two or more/);
    mkdirSync(path.join(folder, 'yellow'));
    await expect(load(folder)).rejects.toThrow(/The class folder .*yellow holds no PNG or JPEG images/);
    rmSync(path.join(folder, 'yellow'), { recursive: true });
    await expect(load(folder, { resize: [20_000, 20_000] })).rejects.toThrow(
      /20 images of 20000 x 20000 pixels would take 22\.4 GB of memory; choose a smaller size or a subset/,
    );
    await expect(load(folder, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

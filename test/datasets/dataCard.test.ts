/** What a person reads of a data set: counts, samples, and what is done to every image, for each loader. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/datasets';
import { readDataCard } from '../../src/datasets/dataCard';
import { bytesOfImages, type DataCard, transformationsOf } from '../../src/protocol/dataCard';
import { temporaryFolder } from '../temporaryFolder';
import { cifar10Folder, cifarRecords } from './cifarFixture';

function idx(dimensions: number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length, 0);
  dimensions.forEach((size, d) => {
    header.writeUInt32BE(size, 4 + 4 * d);
  });
  return Buffer.concat([header, data]);
}

/** 20 training and 10 test images; image i is 10 i everywhere and of class i % 10. */
function mnistFolder(): string {
  const folder = temporaryFolder();
  for (const [part, count] of [
    ['train', 20],
    ['t10k', 10],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * 784 }, (_, p) => Math.floor(p / 784) * 10);
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    writeFileSync(path.join(folder, `${part}-images-idx3-ubyte.gz`), gzipSync(idx([count, 28, 28], pixels)));
    writeFileSync(path.join(folder, `${part}-labels-idx1-ubyte.gz`), gzipSync(idx([count], labels)));
  }
  return folder;
}

function cifar100Folder(): string {
  const folder = temporaryFolder();
  for (const [name, count] of [
    ['train.bin', 200],
    ['test.bin', 100],
  ] as const)
    writeFileSync(path.join(folder, name), cifarRecords(count, { classes: 100, labelBytes: 2 }));
  return folder;
}

/** Images 100 wide and 50 high: the left half red, the right half blue. */
function imageFolder(): string {
  const folder = temporaryFolder();
  const data = new Uint8Array(100 * 50 * 3);
  for (let p = 0; p < 5000; p++) data[3 * p + (p % 100 < 50 ? 0 : 2)] = 240;
  for (const name of ['cats', 'dogs']) {
    mkdirSync(path.join(folder, name));
    for (let i = 0; i < 5; i++)
      writeFileSync(
        path.join(folder, name, `${i}.png`),
        encode({ width: 100, height: 50, data, channels: 3 }),
      );
  }
  return folder;
}

const read = (data: string, dataOptions = {}, options = {}) =>
  readDataCard({ data, dataOptions, seed: 1, augment: true }, {}, options);

/** The first pixel of a place in the grid. */
function pixelAt({ samples }: DataCard, row: number, column: number): number[] {
  const { columns, imageHeight, imageWidth, pixels } = samples;
  const at = (row * columns + column) * imageHeight * imageWidth * 3;
  return [...pixels.subarray(at, at + 3)];
}

describe('the data card', () => {
  it('counts classes and shows samples, a class a row, grey ones too', async () => {
    const folder = mnistFolder();
    const card = await read(`mnist:${folder}`, {}, { columns: 3, rows: 4 });
    expect(card).toMatchObject({
      spec: `mnist:${folder}`,
      id: 'mnist',
      title: 'MNIST',
      publisher: expect.stringContaining('LeCun'),
      folder,
      train: 20,
      validation: 10,
      stored: { train: 20, validation: 10 },
      storedShape: [1, 28, 28],
      shape: [1, 28, 28],
    });
    expect(card.classes[6]).toEqual({ name: '6', train: 2, validation: 1 });
    expect(card.samples).toMatchObject({ rows: 4, columns: 3, imageHeight: 28, imageWidth: 28 });
    expect(card.samples.filled).toEqual([2, 2, 2, 2]);
    expect(card.samples.pixels.length).toBe(4 * 3 * 28 * 28 * 3);
    // Class 2 has the images 2 and 12; the third place stays empty.
    expect([0, 1, 2].map((column) => pixelAt(card, 2, column))).toEqual([
      [20, 20, 20],
      [120, 120, 120],
      [0, 0, 0],
    ]);
    expect(bytesOfImages(card)).toBe(30 * 784);
  });

  it('is the same for the same settings', async () => {
    expect(await read('drawn', { subset: 50 })).toEqual(await read('drawn', { subset: 50 }));
  });

  it('shows the very images that a run trains on', async () => {
    const card = await read('drawn', { subset: 50 });
    const { train } = await loadData('drawn', { seed: 1, subset: 50 });
    const first = Array.from(train.labels).indexOf(3);
    const image = train.pixels(first);
    expect(pixelAt(card, 3, 0)).toEqual([image[0], image[1024], image[2048]]);
  });

  it('says what is done to CIFAR-10: selection, resizing, normalising, cropping, mirroring', async () => {
    const folder = cifar10Folder(temporaryFolder());
    const card = await read(`cifar10:${folder}`, { subset: 20, resize: 16 });
    expect(transformationsOf(card)).toEqual([
      '30 of 60 images are used, classes evenly, chosen by the seed.',
      'Images are resized from 32 x 32 to 16 x 16 pixels (bilinear).',
      expect.stringMatching(
        /^Pixels are scaled to 0\.\.1; then the mean 0\.\d{4}, 0\.\d{4}, 0\.\d{4} is subtracted/,
      ),
      'In training, 2 pixels of the mean colour are added above and below and 2 left and right, and a window of the old size is cut out at random.',
      'In training, half of the images are mirrored left to right.',
    ]);
    const none = await readDataCard({ data: `cifar10:${folder}`, seed: 1, augment: false });
    expect(transformationsOf(none).at(-1)).toBe('Training images are not varied.');
    const flipped = await read(`cifar10:${folder}`, { augmentation: 'flip' });
    expect(flipped.augmentation).toEqual({ crop: null, flip: true });
  });

  it('never mirrors a digit unless it is asked to', async () => {
    const folder = mnistFolder();
    expect((await read(`mnist:${folder}`)).augmentation).toEqual({ crop: [4, 4], flip: false });
    expect((await read(`mnist:${folder}`, { augmentation: 'cropFlip' })).augmentation.flip).toBe(true);
  });

  it('says of a folder of images that they are cropped, and where the validation part comes from', async () => {
    const card = await read(`folder:${imageFolder()}`, { validationShare: 0.4 });
    expect(card).toMatchObject({ storedShape: null, stored: { train: 10, validation: null } });
    expect([card.train, card.validation]).toEqual([6, 4]);
    expect(transformationsOf(card).slice(0, 2)).toEqual([
      'Validation images are set aside from the training images by the seed.',
      'Images are scaled until they cover 32 x 32 pixels, and the middle is cut out.',
    ]);
    expect(pixelAt(card, 0, 0)).toEqual([240, 0, 0]);
  });

  it('scales large images down and keeps many classes within bounds', async () => {
    const large = await read(`folder:${imageFolder()}`, { resize: 200 });
    expect(large.shape).toEqual([3, 200, 200]);
    expect(large.samples).toMatchObject({ imageHeight: 64, imageWidth: 64 });
    expect(pixelAt(large, 1, 0)).toEqual([240, 0, 0]);
    const many = await read(`cifar100:${cifar100Folder()}`, {}, { mostBytes: 600_000 });
    expect(many.classes.length).toBe(100);
    expect(many.samples).toMatchObject({ columns: 3, rows: 65 });
    expect(many.samples.pixels.length).toBeLessThanOrEqual(600_000);
  });

  it('fails in the words of the loader', async () => {
    await expect(read('cifar10:nowhere')).rejects.toMatchObject({ code: 'data/missingFolder' });
    await expect(read('nothing')).rejects.toMatchObject({ code: 'data/unknown' });
    await expect(read('drawn', { subset: -1 })).rejects.toMatchObject({ code: 'option/value' });
  });
});

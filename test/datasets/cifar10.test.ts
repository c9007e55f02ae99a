import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/datasets';
import { temporaryFolder } from '../temporaryFolder';
import { cifar10Folder, cifarRecords, recordBytes } from './cifarFixture';

const shared = path.resolve(import.meta.dirname, '../../../shared/data/cifar-10-batches-bin');
const load = (folder: string, options = {}) => loadData(`cifar10:${folder}`, { seed: 1, ...options });

describe('CIFAR-10', () => {
  it('takes the number of images from the files, in their folder or beside it', async () => {
    const parent = temporaryFolder();
    const folder = cifar10Folder(parent);
    for (const given of [folder, parent]) {
      const data = await load(given);
      expect([data.train.count, data.validation.count]).toEqual([50, 10]);
      expect(data.shape).toEqual([3, 32, 32]);
      expect(data.classes[9]).toBe('truck');
    }
  });

  it('reads labels and pixels where they are, and normalises by the mean of the training images', async () => {
    const folder = cifar10Folder(temporaryFolder());
    const data = await load(folder);
    expect([...Array.from({ length: 4 }, (_, i) => data.train.labels[28 + i])]).toEqual([8, 9, 0, 1]);
    // Image 30 is the first of the second file.
    expect([...data.train.pixels(30)]).toEqual([...cifarRecords(1, { first: 100 }).subarray(1)]);
    const sum = [0, 0, 0];
    const squares = [0, 0, 0];
    const image = new Float32Array(3072);
    for (let i = 0; i < data.train.count; i++) {
      data.train.read(i, image, 0);
      image.forEach((v, p) => {
        sum[Math.floor(p / 1024)] += v;
        squares[Math.floor(p / 1024)] += v * v;
      });
    }
    for (const channel of [0, 1, 2]) {
      expect(sum[channel] / (50 * 1024)).toBeCloseTo(0, 4);
      expect(squares[channel] / (50 * 1024)).toBeCloseTo(1, 4);
    }
    const { mean, std } = data.normalisation;
    data.validation.read(2, image, 0);
    expect(image[2000]).toBeCloseTo((data.validation.pixels(2)[2000] / 255 - mean[1]) / std[1], 5);
  });

  it('uses a stated normalisation and the class names of the folder', async () => {
    const folder = cifar10Folder(temporaryFolder());
    writeFileSync(path.join(folder, 'batches.meta.txt'), 'a b c d e f g h i j'.replaceAll(' ', '\n'));
    const normalisation = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
    const data = await load(folder, { normalisation });
    expect(data.normalisation).toEqual(normalisation);
    expect(data.classes[3]).toBe('d');
    const image = new Float32Array(3072);
    data.train.read(0, image, 0);
    expect(image[1]).toBeCloseTo((13 / 255 - 0.5) / 0.25, 6);
  });

  it('takes a subset with every class in equal number, the same one for the same seed', async () => {
    const folder = cifar10Folder(temporaryFolder(), [300, 100]);
    const chosen = async (seed: number) => {
      const { train } = await loadData(`cifar10:${folder}`, { seed, subset: 40, validationSubset: 5 });
      const images = Array.from({ length: train.count }, (_, i) =>
        Buffer.from(train.pixels(i)).toString('latin1'),
      );
      return { labels: Array.from(train.labels), images };
    };
    const first = await chosen(1);
    for (let label = 0; label < 10; label++) expect(first.labels.filter((l) => l === label).length).toBe(4);
    expect(await chosen(1)).toEqual(first);
    expect((await chosen(2)).images).not.toEqual(first.images);
  });

  it('resizes on request', async () => {
    const data = await load(cifar10Folder(temporaryFolder()), { resize: [16, 48] });
    expect(data.shape).toEqual([3, 16, 48]);
    const image = new Float32Array(3 * 16 * 48);
    data.train.read(7, image, 0);
    const { mean, std } = data.normalisation;
    const shown = data.train.pixels(7);
    for (const p of [0, 700, 800, 2303]) {
      const channel = Math.floor(p / 768);
      expect(Math.abs((image[p] * std[channel] + mean[channel]) * 255 - shown[p])).toBeLessThan(0.51);
    }
  });

  it('says in one sentence what is wrong with a folder', async () => {
    const parent = temporaryFolder();
    await expect(load(path.join(parent, 'none'))).rejects.toThrow(
      /There is no folder .*none; check the path/,
    );
    await expect(load(parent)).rejects.toThrow(/lacks data_batch_\*\.bin/);
    const folder = cifar10Folder(parent);
    await expect(load(path.join(folder, 'test_batch.bin'))).rejects.toThrow(/There is no folder/);
    rmSync(path.join(folder, 'test_batch.bin'));
    await expect(load(folder)).rejects.toThrow(/lacks test_batch\.bin/);
  });

  it('names the file that is truncated, empty or wrong, and the record whose label is', async () => {
    const folder = cifar10Folder(temporaryFolder());
    const file = path.join(folder, 'data_batch_2.bin');
    truncateSync(file, 3 * recordBytes - 1);
    await expect(load(folder)).rejects.toMatchObject({
      code: 'data/wrongSize',
      message: expect.stringMatching(/data_batch_2\.bin has 9218 bytes, which is no multiple of 3073/),
    });
    const bytes = cifarRecords(5);
    bytes[3 * recordBytes] = 10;
    writeFileSync(file, bytes);
    await expect(load(folder)).rejects.toThrow(
      /Record 3 of .*data_batch_2\.bin, counted from 0, has the label 10; labels go from 0 to 9/,
    );
    writeFileSync(file, '');
    await expect(load(folder)).rejects.toThrow(/data_batch_2\.bin is empty/);
    writeFileSync(file, cifarRecords(5));
    writeFileSync(path.join(folder, 'batches.meta.txt'), 'cat\ndog\n');
    await expect(load(folder)).rejects.toThrow(
      /batches\.meta\.txt names 2 classes where this data set has 10/,
    );
  });

  it.skipIf(!existsSync(shared))('reads the shared subset (skipped where ../shared is absent)', async () => {
    const data = await load(shared);
    expect([data.train.count, data.validation.count]).toEqual([20_000, 3_000]);
    const perClass = new Array(10).fill(0);
    for (let i = 0; i < data.train.count; i++) perClass[data.train.labels[i]]++;
    expect(perClass).toEqual(new Array(10).fill(2000));
    // Close to what is commonly stated for the whole set: 0.491, 0.482, 0.447 and 0.247, 0.243, 0.262.
    [0.491, 0.482, 0.447].forEach((m, c) => {
      expect(Math.abs(data.normalisation.mean[c] - m)).toBeLessThan(0.01);
    });
    [0.247, 0.243, 0.262].forEach((s, c) => {
      expect(Math.abs(data.normalisation.std[c] - s)).toBeLessThan(0.01);
    });
  });
});

describe('what follows --data', () => {
  it('is an id and perhaps a folder, which may hold colons', async () => {
    await expect(loadData('nothing', { seed: 1 })).rejects.toThrow(
      /There is no data set "nothing"; there are .*cifar10/,
    );
    await expect(loadData('cifar10', { seed: 1, home: temporaryFolder() })).rejects.toThrow(
      /needs its folder: write cifar10:FOLDER/,
    );
    await expect(loadData('drawn:x', { seed: 1 })).rejects.toThrow(/drawn takes nothing after its name/);
    await expect(loadData('cifar10:C:/no/where', { seed: 1 })).rejects.toThrow(/There is no folder .*C:/);
  });
});

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadData } from '../../src/datasets';
import { temporaryFolder } from '../temporaryFolder';
import { cifarRecords } from './cifarFixture';

const shared = path.resolve(import.meta.dirname, '../../../shared/data/fashion-mnist');

function idx(dimensions: number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length, 0);
  dimensions.forEach((size, d) => {
    header.writeUInt32BE(size, 4 + 4 * d);
  });
  return Buffer.concat([header, data]);
}

const images = (count: number, side = 28) =>
  idx(
    [count, side, side],
    Uint8Array.from({ length: count * side * side }, (_, p) => Math.floor(p / (side * side)) * 10),
  );
const labels = (count: number) =>
  idx(
    [count],
    Uint8Array.from({ length: count }, (_, i) => i % 10),
  );

/** 20 training and 10 test images; image i is 10 i everywhere. */
function mnistFolder(zipped: boolean, folder = temporaryFolder()): string {
  const write = (name: string, bytes: Buffer) =>
    writeFileSync(path.join(folder, zipped ? `${name}.gz` : name), zipped ? gzipSync(bytes) : bytes);
  write('train-images-idx3-ubyte', images(20));
  write('train-labels-idx1-ubyte', labels(20));
  write('t10k-images-idx3-ubyte', images(10));
  write('t10k-labels-idx1-ubyte', labels(10));
  return folder;
}

const load = (folder: string, options = {}) => loadData(`mnist:${folder}`, { seed: 1, ...options });

describe('IDX files', () => {
  it('are read gzipped or not, and where torchvision keeps them', async () => {
    const torchvision = temporaryFolder();
    mkdirSync(path.join(torchvision, 'MNIST/raw'), { recursive: true });
    mnistFolder(false, path.join(torchvision, 'MNIST/raw'));
    for (const folder of [mnistFolder(true), mnistFolder(false), torchvision]) {
      const data = await load(folder);
      expect([data.train.count, data.validation.count]).toEqual([20, 10]);
      expect(data.shape).toEqual([1, 28, 28]);
      expect([...data.train.pixels(7)].every((v) => v === 70)).toBe(true);
      expect(data.train.labels[13]).toBe(3);
    }
  });

  it('name the file that is truncated, of another kind or size, or does not fit its labels', async () => {
    const folder = mnistFolder(false);
    const file = (name: string) => path.join(folder, name);
    const refused = async (name: string, bytes: Buffer, message: RegExp) => {
      writeFileSync(file(name), bytes);
      await expect(load(folder)).rejects.toThrow(message);
      mnistFolder(false, folder);
    };
    const name = 'train-images-idx3-ubyte';
    await refused(
      name,
      images(20).subarray(0, 5000),
      /train-images-idx3-ubyte holds 5000 bytes where its header promises 15696/,
    );
    await refused(name, images(20).subarray(0, 9), /holds 9 bytes where its header promises 16/);
    await refused(name, Buffer.alloc(0), /is empty/);
    await refused(name, labels(20), /begins with 0x00000801 where 0x00000803 is expected/);
    await refused(name, images(20, 27), /are 27 x 27 pixels where 28 x 28 is expected/);
    await refused(name, images(19), /holds 19 images, and .*train-labels.* holds 20 labels/);
    const wrong = labels(10);
    wrong[8 + 4] = 11;
    await refused(
      't10k-labels-idx1-ubyte',
      wrong,
      /Record 4 of .*t10k-labels.*, counted from 0, has the label 11; labels go from 0 to 9/,
    );
    rmSync(file('t10k-labels-idx1-ubyte'));
    await expect(load(folder)).rejects.toThrow(/lacks t10k-labels-idx1-ubyte\(\.gz\)/);
    await expect(load(path.join(folder, 'none'))).rejects.toThrow(/There is no folder/);
  });

  it('name the gzip file that is cut or none', async () => {
    const folder = mnistFolder(true);
    const file = path.join(folder, 't10k-images-idx3-ubyte.gz');
    writeFileSync(file, gzipSync(images(10)).subarray(0, -20));
    await expect(load(folder)).rejects.toThrow(/t10k-images-idx3-ubyte\.gz cannot be unpacked/);
    writeFileSync(file, images(10));
    await expect(load(folder)).rejects.toThrow(/cannot be unpacked/);
  });

  it.skipIf(!existsSync(shared))(
    'of Fashion-MNIST, resized to 96x96 (skipped where ../shared is absent)',
    async () => {
      const data = await loadData(`fashion-mnist:${shared}`, { seed: 1, resize: [96, 96] });
      expect([data.train.count, data.validation.count]).toEqual([2000, 550]);
      expect(data.shape).toEqual([1, 96, 96]);
      // Commonly stated for the whole set: 0.2860 and 0.3530.
      expect(Math.abs(data.normalisation.mean[0] - 0.286)).toBeLessThan(0.01);
      expect(Math.abs(data.normalisation.std[0] - 0.353)).toBeLessThan(0.01);
      // The official first training image is an ankle boot.
      expect(data.classes[data.train.labels[0]]).toBe('Ankle boot');
    },
  );
});

describe('CIFAR-100', () => {
  function cifar100Folder(): string {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'train.bin'), cifarRecords(200, { classes: 100, labelBytes: 2 }));
    writeFileSync(path.join(folder, 'test.bin'), cifarRecords(50, { classes: 100, labelBytes: 2 }));
    return folder;
  }

  it('takes the fine label as the class', async () => {
    const folder = cifar100Folder();
    const names = Array.from({ length: 100 }, (_, i) => `class${i}`);
    writeFileSync(path.join(folder, 'fine_label_names.txt'), `${names.join('\n')}\n`);
    const data = await loadData(`cifar100:${folder}`, { seed: 1 });
    expect([data.train.count, data.validation.count]).toEqual([200, 50]);
    expect(data.train.labels[137]).toBe(37);
    expect(data.classes[37]).toBe('class37');
    expect(data.train.pixels(3)[0]).toBe(21);
  });

  it('names what is truncated or out of range', async () => {
    const folder = cifar100Folder();
    writeFileSync(path.join(folder, 'test.bin'), cifarRecords(3));
    await expect(loadData(`cifar100:${folder}`, { seed: 1 })).rejects.toThrow(
      /test\.bin has 9219 bytes, which is no multiple of 3074/,
    );
    writeFileSync(path.join(folder, 'test.bin'), cifarRecords(200, { classes: 150, labelBytes: 2 }));
    await expect(loadData(`cifar100:${folder}`, { seed: 1 })).rejects.toThrow(
      /Record 100 of .*test\.bin, counted from 0, has the label 100/,
    );
    rmSync(path.join(folder, 'test.bin'));
    await expect(loadData(`cifar100:${folder}`, { seed: 1 })).rejects.toThrow(/lacks test\.bin/);
  });
});

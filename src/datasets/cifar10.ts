/**
 * CIFAR-10 (Krizhevsky 2009) in its binary format: records of one label byte and 3,072 bytes, channel first. The
 * number of records comes from the files, so that subsets in the same format serve as well.
 */
import path from 'node:path';
import { concatImages, readRecords } from './cifarRecords';
import type { DatasetSource } from './dataset';
import { missingFiles, wrongClassCount } from './errors';
import { bytesOf, folderOf, folderWith } from './files';
import { assemble } from './imageSplit';

const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const isTrainFile = (name: string) => /^data_batch_\d+\.bin$/.test(name);

export const cifar10: DatasetSource = {
  id: 'cifar10',
  title: 'CIFAR-10',
  argument: 'optional folder',
  summary: 'Ten classes of photographs, 3x32x32, in the files data_batch_*.bin and test_batch.bin.',
  augmentation: 'cropFlip',
  async load(argument, options) {
    const { folder, names: found } = await folderWith(
      await folderOf('cifar10', argument, options.home),
      ['cifar-10-batches-bin'],
      (all) => all.some(isTrainFile),
    );
    const trainFiles = found.filter(isTrainFile);
    if (trainFiles.length === 0) throw missingFiles(folder, 'data_batch_*.bin');
    if (!found.includes('test_batch.bin')) throw missingFiles(folder, 'test_batch.bin');
    const meta = 'batches.meta.txt';
    const classes = found.includes(meta) ? await classNames(path.join(folder, meta), names.length) : names;
    const read = (name: string) =>
      readRecords(path.join(folder, name), {
        labelBytes: 1,
        labelAt: 0,
        classes: names.length,
        signal: options.signal,
      });
    const parts = [];
    for (const [i, name] of trainFiles.entries()) {
      parts.push(await read(name));
      options.onProgress?.((i + 1) / (trainFiles.length + 1));
    }
    const validation = await read('test_batch.bin');
    options.onProgress?.(1);
    return assemble(
      { source: cifar10, classes, shape: [3, 32, 32], train: concatImages(parts), validation, folder },
      options,
    );
  },
};

/** One name a line; empty lines do not count. */
export async function classNames(file: string, count: number): Promise<string[]> {
  const text = new TextDecoder().decode(await bytesOf(file));
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length !== count) throw wrongClassCount(file, lines.length, count);
  return lines;
}

/**
 * CIFAR-100 (Krizhevsky 2009) in its binary format: records of a coarse and a fine label byte and 3,072 bytes. The
 * fine label, of a hundred, is the class; the twenty coarse ones are left out.
 */
import path from 'node:path';
import { classNames } from './cifar10';
import { readRecords } from './cifarRecords';
import type { DatasetSource } from './dataset';
import { missingFiles } from './errors';
import { folderOf, folderWith } from './files';
import { assemble } from './imageSplit';

const classCount = 100;
const files = ['train.bin', 'test.bin'];

export const cifar100: DatasetSource = {
  id: 'cifar100',
  title: 'CIFAR-100',
  argument: 'optional folder',
  summary: 'A hundred classes of photographs, 3x32x32, in the files train.bin and test.bin.',
  augmentation: 'cropFlip',
  async load(argument, options) {
    const { folder, names } = await folderWith(
      await folderOf('cifar100', argument, options.home),
      ['cifar-100-binary'],
      (all) => all.includes('train.bin'),
    );
    for (const file of files) if (!names.includes(file)) throw missingFiles(folder, file);
    const meta = 'fine_label_names.txt';
    const classes = names.includes(meta)
      ? await classNames(path.join(folder, meta), classCount)
      : Array.from({ length: classCount }, (_, i) => String(i));
    const format = { labelBytes: 2, labelAt: 1, classes: classCount, signal: options.signal };
    const train = await readRecords(path.join(folder, 'train.bin'), format);
    options.onProgress?.(0.8);
    const validation = await readRecords(path.join(folder, 'test.bin'), format);
    options.onProgress?.(1);
    return assemble({ source: cifar100, classes, shape: [3, 32, 32], train, validation, folder }, options);
  },
};

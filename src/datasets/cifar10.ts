/** CIFAR-10 (Krizhevsky 2009) in its binary format. */
import { internal } from '../base/errors';
import type { DatasetSource } from './dataset';

export const cifar10: DatasetSource = {
  id: 'cifar10',
  title: 'CIFAR-10',
  argument: 'folder',
  summary: 'Ten classes of photographs, 3x32x32, in the files data_batch_*.bin and test_batch.bin.',
  augmentation: 'cropFlip',
  load: () => Promise.reject(internal('cifar10 is being written')),
};

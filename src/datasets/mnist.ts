/** MNIST: handwritten digits (LeCun, Bottou, Bengio and Haffner 1998). */
import { idxSource } from './idx';

export const mnist = idxSource(
  {
    id: 'mnist',
    title: 'MNIST',
    summary: 'Handwritten digits, 1x28x28, in four IDX files, gzipped or not.',
    // A mirrored 3 is no 3.
    augmentation: 'crop',
  },
  ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  ['MNIST/raw', 'raw', 'mnist', 'MNIST'],
);

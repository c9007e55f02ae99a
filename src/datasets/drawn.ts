/** The built-in set: shapes and textures drawn by a program from a seed. */
import { internal } from '../base/errors';
import type { DatasetSource } from './dataset';

export const drawn: DatasetSource = {
  id: 'drawn',
  title: 'Drawn shapes (built in, procedural)',
  argument: 'none',
  summary: 'Ten classes of shapes and textures, 3x32x32, drawn by a program from a seed.',
  augmentation: 'none',
  load: () => Promise.reject(internal('drawn is being written')),
};

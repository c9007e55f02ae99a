/** What can be wrong with data: one named factory each, one sentence that says where and what to do. */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';

export const unknownDataset = (id: string, known: readonly string[]) =>
  new SkiplensError('data/unknown', t('There is no data set "{0}"; there are {1}.', id, known.join(', ')));

export const needsFolder = (id: string) =>
  new SkiplensError('data/needsFolder', t('The data set {0} needs its folder: write {0}:FOLDER.', id));

export const takesNoArgument = (id: string) =>
  new SkiplensError('data/takesNoArgument', t('The data set {0} takes nothing after its name.', id));

export const missingFolder = (folder: string) =>
  new SkiplensError('data/missingFolder', t('There is no folder {0}; check the path of the data.', folder));

export const missingFiles = (folder: string, expected: string) =>
  new SkiplensError('data/missingFiles', t('The folder {0} lacks {1}.', folder, expected));

export const unreadable = (file: string, reason: string) =>
  new SkiplensError('data/unreadable', t('The file {0} cannot be read: {1}.', file, reason));

export const wrongSize = (file: string, bytes: number, recordBytes: number) =>
  new SkiplensError(
    'data/wrongSize',
    t(
      'The file {0} has {1} bytes, which is no multiple of {2}: it is truncated or not in this format.',
      file,
      bytes,
      recordBytes,
    ),
  );

export const labelOutOfRange = (file: string, record: number, label: number, classes: number) =>
  new SkiplensError(
    'data/labelOutOfRange',
    t('Record {1} of {0} has the label {2}; labels go from 0 to {3}.', file, record, label, classes - 1),
  );

export const batchTooLarge = (batchSize: number, count: number) =>
  new SkiplensError(
    'data/batchTooLarge',
    t('A batch of {0} does not fit the {1} training images; choose a smaller batch.', batchSize, count),
  );

export const emptySplit = (id: string, split: 'train' | 'validation') =>
  new SkiplensError(
    'data/empty',
    split === 'train'
      ? t('The data set {0} has no training images with these settings.', id)
      : t('The data set {0} has no validation images with these settings.', id),
  );

export const emptyFile = (file: string) =>
  new SkiplensError('data/empty', t('The file {0} is empty; it has to hold at least one image.', file));

export const wrongClassCount = (file: string, found: number, expected: number) =>
  new SkiplensError(
    'data/classCount',
    t('The file {0} names {1} classes where this data set has {2}.', file, found, expected),
  );

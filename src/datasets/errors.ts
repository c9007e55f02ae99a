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
    t(
      'Record {1} of {0}, counted from 0, has the label {2}; labels go from 0 to {3}.',
      file,
      record,
      label,
      classes - 1,
    ),
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

export const notDownloaded = (id: string) =>
  new SkiplensError(
    'data/needsFolder',
    t(
      'The data set {0} needs its folder: write {0}:FOLDER, or download its official files first (skiplens data download {0}).',
      id,
    ),
  );

export const wrongNormalisation = (id: string, channels: number) =>
  new SkiplensError(
    'data/normalisation',
    t('The images of {0} have {1} channels; give as many means and standard deviations.', id, channels),
  );

export const wrongMagic = (file: string, found: string, expected: string) =>
  new SkiplensError(
    'data/wrongMagic',
    t(
      'The file {0} begins with {1} where {2} is expected; it is not in the IDX format.',
      file,
      found,
      expected,
    ),
  );

export const truncated = (file: string, bytes: number, expected: number) =>
  new SkiplensError(
    'data/truncated',
    t('The file {0} holds {1} bytes where its header promises {2}.', file, bytes, expected),
  );

export const wrongDimensions = (file: string, found: string, expected: string) =>
  new SkiplensError(
    'data/wrongDimensions',
    t('The images of {0} are {1} pixels where {2} is expected.', file, found, expected),
  );

export const unequalCounts = (images: string, imageCount: number, labels: string, labelCount: number) =>
  new SkiplensError(
    'data/unequalCounts',
    t('The file {0} holds {1} images, and {2} holds {3} labels.', images, imageCount, labels, labelCount),
  );

export const brokenGzip = (file: string) =>
  new SkiplensError(
    'data/brokenGzip',
    t('The file {0} cannot be unpacked: it is truncated or damaged.', file),
  );

export const tooFewClasses = (folder: string, count: number) =>
  new SkiplensError(
    'data/tooFewClasses',
    t(
      'The folder {0} has {1} class folders; it needs two or more, each with the images of one class.',
      folder,
      count,
    ),
  );

export const emptyClass = (folder: string) =>
  new SkiplensError('data/emptyClass', t('The class folder {0} holds no PNG or JPEG images.', folder));

export const unequalClasses = (folder: string, missing: string) =>
  new SkiplensError(
    'data/unequalClasses',
    t('The validation folder {0} has a class "{1}" that the training folder lacks.', folder, missing),
  );

export const brokenImage = (file: string, reason: string) =>
  new SkiplensError(
    'data/brokenImage',
    t('The image {0} cannot be used: {1} Remove it, or ask for broken images to be skipped.', file, reason),
  );

export const tooMuchMemory = (images: number, height: number, width: number, gigabytes: string) =>
  new SkiplensError(
    'data/tooMuchMemory',
    t(
      '{0} images of {1} x {2} pixels would take {3} GB of memory; choose a smaller size or a subset.',
      images,
      height,
      width,
      gigabytes,
    ),
  );

export const offline = (url: string, reason: string, folder: string) =>
  new SkiplensError(
    'data/offline',
    t(
      'The server of {0} could not be reached ({1}); try again, or fetch the file yourself, put it into {2} and start again.',
      url,
      reason,
      folder,
    ),
  );

export const wrongAddress = (address: string) =>
  new SkiplensError(
    'data/address',
    t('"{0}" is no address of a server; it has to begin with http:// or https://.', address),
  );

export const downloadFailed = (url: string, status: number, folder: string) =>
  new SkiplensError(
    'data/downloadFailed',
    t(
      'The server answered {0} to {1}; try later, or fetch the file yourself, put it into {2} and start again.',
      status,
      url,
      folder,
    ),
  );

export const wrongLength = (url: string, bytes: number, expected: number) =>
  new SkiplensError(
    'data/downloadFailed',
    t('The server sent {1} bytes of {0} where {2} are expected; start again to go on.', url, bytes, expected),
  );

export const checksumMismatch = (url: string) =>
  new SkiplensError(
    'data/checksum',
    t('What came from {0} is not what its publisher states (the checksum differs); it was removed.', url),
  );

export const brokenArchive = (file: string) =>
  new SkiplensError('data/brokenArchive', t('The archive {0} is damaged or not the expected one.', file));

export const downloadNoSpace = (file: string) =>
  new SkiplensError(
    'data/noSpace',
    t('There is no space left to write {0}; make room and start again to go on.', file),
  );

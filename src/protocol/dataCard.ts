/**
 * What there is to know of the images of a run, as plain data, and in words what is done to them on their way to a
 * network: the panel, the report and the command line show the same card. Reading it takes the data set itself,
 * which is the business of `src/datasets`.
 */
import { t } from '../base/localize';

export interface DataCard {
  /** As it was asked for: `cifar10:FOLDER`. */
  readonly spec: string;
  readonly id: string;
  readonly title: string;
  /** One sentence: what it holds and in which files. */
  readonly summary: string;
  /** Whose it is; absent where nobody publishes it. */
  readonly publisher?: string;
  readonly homepage?: string;
  /** Where its files lie; absent for the built-in images. */
  readonly folder?: string;
  /** C, H, W of the stored images; null where they differ. */
  readonly storedShape: readonly number[] | null;
  /** C, H, W as a network sees them. */
  readonly shape: readonly number[];
  /** Images that are used. */
  readonly train: number;
  readonly validation: number;
  /** Images that there are; validation is null where a share of the training images is set aside. */
  readonly stored: { readonly train: number; readonly validation: number | null };
  readonly classes: readonly { readonly name: string; readonly train: number; readonly validation: number }[];
  /** Per channel, of pixels scaled to 0..1, over the training images that are used. */
  readonly normalisation: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly augmentation: CardAugmentation;
  readonly samples: CardSamples;
  /** Files left out as broken. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** What a training image undergoes at random. */
export interface CardAugmentation {
  /** Pixels that are padded at every side before a crop of the old size; null where nothing is cropped. */
  readonly crop: readonly [height: number, width: number] | null;
  /** Whether half of the images are mirrored. */
  readonly flip: boolean;
}

/** The first training images of the first classes, at most 64 pixels high and wide. */
export interface CardSamples {
  /** Classes shown, from the first one. */
  readonly rows: number;
  /** Places for images a class. */
  readonly columns: number;
  readonly imageHeight: number;
  readonly imageWidth: number;
  /** Images that a class has here, at most `columns`. */
  readonly filled: readonly number[];
  /** RGB, image after image in rows of `columns`: rows x columns x imageHeight x imageWidth x 3 bytes. */
  readonly pixels: Uint8Array;
}

/** Asks for the card of a run's data: what decides which images are used and what is done to them. */
export interface DataCardRequest {
  readonly data: string;
  readonly dataOptions?: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
  readonly augment: boolean;
  /** A report is sent around: it has fewer samples than a panel, which is what is meant by default. */
  readonly size?: 'panel' | 'report';
}

/** In whole sentences and in order: what happens to an image between its file and the network. */
export function transformationsOf(card: DataCard): string[] {
  const { stored, storedShape, shape, train, validation, normalisation, augmentation, skipped } = card;
  const size = (pixels: readonly number[]) => `${pixels[1]} x ${pixels[2]}`;
  const sentences: string[] = [];
  if (stored.validation === null)
    sentences.push(t('Validation images are set aside from the training images by the seed.'));
  const used = train + validation;
  const available = stored.train + (stored.validation ?? 0) - skipped.length;
  if (used < available)
    sentences.push(t('{0} of {1} images are used, classes evenly, chosen by the seed.', used, available));
  if (storedShape === null)
    sentences.push(
      t('Images are scaled until they cover {0} pixels, and the middle is cut out.', size(shape)),
    );
  else if (size(storedShape) !== size(shape))
    sentences.push(
      t('Images are resized from {0} to {1} pixels (bilinear).', size(storedShape), size(shape)),
    );
  sentences.push(
    t(
      'Pixels are scaled to 0..1; then the mean {0} is subtracted and the rest divided by the standard deviation {1}, a number a channel.',
      normalisation.mean.map((m) => m.toFixed(4)).join(', '),
      normalisation.std.map((s) => s.toFixed(4)).join(', '),
    ),
  );
  const { crop, flip } = augmentation;
  if (crop)
    sentences.push(
      t(
        'In training, {0} pixels of the mean colour are added above and below and {1} left and right, and a window of the old size is cut out at random.',
        crop[0],
        crop[1],
      ),
    );
  if (flip) sentences.push(t('In training, half of the images are mirrored left to right.'));
  if (!crop && !flip) sentences.push(t('Training images are not varied.'));
  return sentences;
}

/** Bytes of the images that are used, a byte a pixel and channel. */
export const bytesOfImages = ({ train, validation, storedShape, shape }: DataCard): number =>
  (train + validation) * (storedShape ?? shape).reduce((product, size) => product * size, 1);

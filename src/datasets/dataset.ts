/**
 * What a data set is: a named source of labelled images, split in training and validation, with the numbers that
 * normalise it. Sources are one file each and are listed in `index.ts`; batches, order and augmentation are the
 * business of `batches.ts`. Leaves out anything but image classification.
 */
import type { Augmentation } from './batches';

/** A kind of data set that a person can name, as in `--data cifar10:FOLDER`. */
export interface DatasetSource {
  readonly id: string;
  /** For people: `CIFAR-10 (binary)`. */
  readonly title: string;
  /** What follows the colon of a data spec. */
  readonly argument: 'none' | 'folder' | 'optional folder';
  /** One sentence: what it holds and in which files. */
  readonly summary: string;
  /** What training on it uses unless told otherwise: a digit must not be mirrored. */
  readonly augmentation: Augmentation;
  /** Reads everything, or fails with a `SkiplensError` whose code starts with `data/`. */
  load(argument: string | undefined, options: DataOptions): Promise<LoadedData>;
}

export interface DataOptions {
  /** Decides subset, split and (for the built-in set) the images themselves. */
  readonly seed: number;
  /** Keep this many training images, classes evenly represented; all by default. */
  readonly subset?: number;
  /** Keep this many validation images; all by default. */
  readonly validationSubset?: number;
  /**
   * Height and width in pixels to resample to (bilinear); the data's own by default, 32 x 32 for a folder of
   * images, which are cropped to the proportion as well.
   */
  readonly resize?: readonly [number, number];
  /** Where the data has no validation part: the share of the images set aside, 0.2 by default. */
  readonly validationShare?: number;
  /** Stated normalisation, in units of 0..1; computed from the training images by default. */
  readonly normalisation?: Normalisation;
  /** Leave images out that cannot be decoded (they are listed in `skipped`) where the default is to fail. */
  readonly skipBroken?: boolean;
  /** Where downloaded data sets lie, each in a folder of its id; `dataHome()` by default. */
  readonly home?: string;
  readonly signal?: AbortSignal;
  /** Called now and then with a share between 0 and 1. */
  readonly onProgress?: (share: number) => void;
}

/** Per channel, of pixels scaled to 0..1: what is fed is (pixel / 255 - mean) / std. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Channels, height, width. */
export type ImageShape = readonly [number, number, number];

export interface LoadedData {
  readonly id: string;
  readonly title: string;
  /** Names by label. */
  readonly classes: readonly string[];
  readonly shape: ImageShape;
  readonly train: ImageSplit;
  readonly validation: ImageSplit;
  readonly normalisation: Normalisation;
  readonly stored: StoredData;
  /** Files left out because `skipBroken` allowed it, with the reason. */
  readonly skipped?: readonly { readonly file: string; readonly reason: string }[];
}

/** What there is before anything is chosen, resized or cropped. */
export interface StoredData {
  /** Where the files lie; absent for the built-in set. */
  readonly folder?: string;
  /** C, H, W; null where images differ in size. */
  readonly shape: ImageShape | null;
  readonly train: number;
  /** Null where a share of the training images is set aside. */
  readonly validation: number | null;
}

export interface ImageSplit {
  readonly count: number;
  readonly shape: ImageShape;
  /** Class number of every image. */
  readonly labels: ArrayLike<number>;
  /** Writes image `i` at `offset`: normalised float32, channel first, C*H*W numbers. */
  read(i: number, target: Float32Array, offset: number): void;
  /** The image as it is shown to people: C*H*W bytes, channel first, after resizing, before normalising. */
  pixels(i: number): Uint8Array;
}

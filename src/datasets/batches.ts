/**
 * Batches as a function of (seed, position) and of nothing else, so that a resumed training sees the batches it
 * would have seen and both networks of a comparison see the same ones. Every epoch is a new shuffle; its last,
 * incomplete batch is dropped. Augmentation is He et al. 2015, section 4.2: pad, crop at random, flip.
 */
import { internal } from '../base/errors';
import type { ImageSplit } from './dataset';

/** `cropFlip` pads an eighth of the side (4 of 32) with the mean colour, crops at random and mirrors half. */
export type Augmentation = 'none' | 'crop' | 'flip' | 'cropFlip';

export interface BatchOptions {
  readonly batchSize: number;
  readonly seed: number;
  readonly augment: Augmentation;
}

/** Buffers of one batch, filled again and again. */
export interface Batch {
  /** Images in it: `batchSize`, or fewer in the last evaluation batch. */
  size: number;
  /** size x C x H x W, normalised; longer than that where size is smaller than the buffer. */
  readonly images: Float32Array;
  readonly labels: BigInt64Array;
  /** Which images of the split. */
  readonly indices: Int32Array;
}

export interface TrainingBatches {
  readonly stepsPerEpoch: number;
  /** The batch of step `position` (from 0), written into `target` (its own buffer where none is given). */
  at(position: number, target?: Batch): Batch;
}

/** Room for `batchSize` images of the split. */
export function allocateBatch(split: ImageSplit, batchSize: number): Batch {
  const [c, h, w] = split.shape;
  return {
    size: 0,
    images: new Float32Array(batchSize * c * h * w),
    labels: new BigInt64Array(batchSize),
    indices: new Int32Array(batchSize),
  };
}

/** Fails with `data/batchTooLarge` where a batch does not fit the split even once. */
export function trainingBatches(_split: ImageSplit, _options: BatchOptions): TrainingBatches {
  throw internal('trainingBatches is being written');
}

/** The whole split in order, unaugmented; the last batch may be smaller. One buffer, reused. */
export function* evaluationBatches(_split: ImageSplit, _batchSize: number): Generator<Batch> {
  yield* [];
  throw internal('evaluationBatches is being written');
}

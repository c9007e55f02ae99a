/**
 * Batches as a function of (seed, position) and of nothing else, so that a resumed training sees the batches it
 * would have seen and both networks of a comparison see the same ones. Every epoch is a new shuffle; its last,
 * incomplete batch is dropped. Augmentation is He et al. 2015, section 4.2: pad, crop at random, flip.
 */
import { randomStream } from '../base/random';
import type { ImageSplit } from './dataset';
import { batchTooLarge } from './errors';

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

/** Pixels that a crop pads at every side of an image: an eighth of it (4 of 32, as He et al. 2015). */
export const cropPadding = (height: number, width: number): readonly [number, number] => [
  Math.round(height / 8),
  Math.round(width / 8),
];

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
export function trainingBatches(
  split: ImageSplit,
  { batchSize, seed, augment }: BatchOptions,
): TrainingBatches {
  const stepsPerEpoch = Math.floor(split.count / batchSize);
  if (stepsPerEpoch < 1) throw batchTooLarge(batchSize, split.count);
  let own: Batch | undefined;
  const [c, h, w] = split.shape;
  const size = c * h * w;
  const scratch = new Float32Array(size);
  const crops = augment === 'crop' || augment === 'cropFlip';
  const flips = augment === 'flip' || augment === 'cropFlip';
  const [padY, padX] = cropPadding(h, w);
  const order = new Int32Array(split.count);
  let orderOf = -1;
  return {
    stepsPerEpoch,
    at(position, target = (own ??= allocateBatch(split, batchSize))) {
      const epoch = Math.floor(position / stepsPerEpoch);
      if (epoch !== orderOf) {
        for (let i = 0; i < order.length; i++) order[i] = i;
        randomStream(seed, 'order', epoch).shuffle(order);
        orderOf = epoch;
      }
      const first = (position - epoch * stepsPerEpoch) * batchSize;
      for (let k = 0; k < batchSize; k++) {
        const index = order[first + k];
        target.indices[k] = index;
        target.labels[k] = BigInt(split.labels[index]);
        if (augment === 'none') {
          split.read(index, target.images, k * size);
          continue;
        }
        // One stream an image and epoch: what an image undergoes does not depend on its batch.
        const random = randomStream(seed, 'augment', epoch, index);
        const dy = crops ? random.below(2 * padY + 1) - padY : 0;
        const dx = crops ? random.below(2 * padX + 1) - padX : 0;
        const mirrored = flips && random.uniform() < 0.5;
        split.read(index, scratch, 0);
        place(scratch, target.images, k * size, split.shape, dy, dx, mirrored);
      }
      target.size = batchSize;
      return target;
    },
  };
}

/** Copies an image moved by (dy, dx); what comes in from outside is 0, the mean colour after normalising. */
function place(
  source: Float32Array,
  target: Float32Array,
  offset: number,
  [c, h, w]: ImageSplit['shape'],
  dy: number,
  dx: number,
  mirrored: boolean,
): void {
  const fromX = Math.max(0, dx);
  const toX = Math.min(w, w + dx);
  for (let row = 0; row < c * h; row++) {
    const y = (row % h) + dy;
    const out = offset + row * w;
    if (y < 0 || y >= h) {
      target.fill(0, out, out + w);
      continue;
    }
    const line = (row - (row % h) + y) * w;
    if (mirrored) {
      for (let x = 0; x < w; x++) {
        const from = w - 1 - x + dx;
        target[out + x] = from < 0 || from >= w ? 0 : source[line + from];
      }
    } else {
      target.fill(0, out, out + w);
      target.set(source.subarray(line + fromX, line + toX), out + fromX - dx);
    }
  }
}

/** The whole split in order, unaugmented; the last batch may be smaller. One buffer, reused. */
export function* evaluationBatches(split: ImageSplit, batchSize: number): Generator<Batch> {
  const batch = allocateBatch(split, Math.min(batchSize, split.count));
  const [c, h, w] = split.shape;
  for (let first = 0; first < split.count; first += batchSize) {
    batch.size = Math.min(batchSize, split.count - first);
    for (let k = 0; k < batch.size; k++) {
      batch.indices[k] = first + k;
      batch.labels[k] = BigInt(split.labels[first + k]);
      split.read(first + k, batch.images, k * c * h * w);
    }
    yield batch;
  }
}

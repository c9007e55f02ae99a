/**
 * From bytes in memory to splits: selects (subset, seeded split), measures mean and standard deviation on the
 * training images, resizes on the fly. Pixels stay bytes, a quarter of what floats would take, and become
 * normalised numbers when a batch is filled.
 */
import { randomStream } from '../base/random';
import type {
  DataOptions,
  DatasetSource,
  ImageShape,
  ImageSplit,
  LoadedData,
  Normalisation,
} from './dataset';
import { emptySplit, wrongNormalisation } from './errors';
import { axisOf, resamplePlane } from './resample';

/** Decoded images: count x C x H x W bytes, channel first, and a class number each. */
export interface StoredImages {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array | Uint16Array;
}

export interface Assembly {
  readonly source: Pick<DatasetSource, 'id' | 'title'>;
  readonly classes: readonly string[];
  /** Of the stored bytes. */
  readonly shape: ImageShape;
  readonly train: StoredImages;
  /** Left out where the data set has none: then a seeded share of the training images is set aside. */
  readonly validation?: StoredImages;
  /** Where the files lie. */
  readonly folder?: string;
  readonly skipped?: LoadedData['skipped'];
}

/** Applies split, subset, resize and normalisation; deterministic in `options.seed`. */
export function assemble(parts: Assembly, options: DataOptions): LoadedData {
  const { source, classes, shape, train } = parts;
  const chosen = chooseImages(train.labels, parts.validation?.labels, options);
  if (chosen.train.length === 0) throw emptySplit(source.id, 'train');
  if (chosen.validation.length === 0) throw emptySplit(source.id, 'validation');
  const normalisation = options.normalisation ?? measure(train.pixels, chosen.train, shape);
  if (normalisation.mean.length !== shape[0] || normalisation.std.length !== shape[0])
    throw wrongNormalisation(source.id, shape[0]);
  const split = (stored: StoredImages, indices: Int32Array) =>
    imageSplit(stored, indices, shape, normalisation, options.resize);
  const trainSplit = split(train, chosen.train);
  return {
    id: source.id,
    title: source.title,
    classes,
    shape: trainSplit.shape,
    train: trainSplit,
    validation: split(parts.validation ?? train, chosen.validation),
    normalisation,
    stored: {
      folder: parts.folder,
      shape,
      train: train.labels.length,
      validation: parts.validation?.labels.length ?? null,
    },
    skipped: parts.skipped,
  };
}

/**
 * Which images serve for what, in ascending order: validation comes from its own labels where there are any, and
 * is a seeded share of the others where there are none.
 */
export function chooseImages(
  trainLabels: ArrayLike<number>,
  validationLabels: ArrayLike<number> | undefined,
  { seed, subset, validationSubset, validationShare = 0.2 }: DataOptions,
): { train: Int32Array; validation: Int32Array } {
  let train = everyIndex(trainLabels);
  let validation: Int32Array;
  if (validationLabels) {
    validation = everyIndex(validationLabels);
  } else {
    validation = balanced(trainLabels, train, Math.round(train.length * validationShare), seed, 'split');
    const isHeld = new Set(validation);
    train = train.filter((i) => !isHeld.has(i));
  }
  return {
    train: balanced(trainLabels, train, subset, seed, 'subset'),
    validation: balanced(
      validationLabels ?? trainLabels,
      validation,
      validationSubset,
      seed,
      'validationSubset',
    ),
  };
}

function everyIndex(labels: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: labels.length }, (_, i) => i);
}

/** `count` of the indices, the classes taken in turn, in ascending order; all where count is not given or too large. */
function balanced(
  labels: ArrayLike<number>,
  indices: Int32Array,
  count: number | undefined,
  seed: number,
  purpose: string,
): Int32Array {
  if (count === undefined || count >= indices.length) return indices;
  const shuffled = indices.slice();
  randomStream(seed, 'data', purpose).shuffle(shuffled);
  const byClass = new Map<number, number[]>();
  for (const i of shuffled) {
    const label = labels[i];
    const members = byClass.get(label);
    if (members) members.push(i);
    else byClass.set(label, [i]);
  }
  const queues = [...byClass.keys()].sort((a, b) => a - b).map((label) => byClass.get(label) ?? []);
  const chosen: number[] = [];
  for (let round = 0; chosen.length < count; round++) {
    for (const queue of queues) if (round < queue.length && chosen.length < count) chosen.push(queue[round]);
  }
  return Int32Array.from(chosen).sort();
}

/** Mean and standard deviation a channel, in units of 0..1, exactly (through a histogram of the bytes). */
function measure(pixels: Uint8Array, indices: Int32Array, [c, h, w]: ImageShape): Normalisation {
  const plane = h * w;
  const mean: number[] = [];
  const std: number[] = [];
  for (let channel = 0; channel < c; channel++) {
    const histogram = new Float64Array(256);
    for (const i of indices) {
      const start = (i * c + channel) * plane;
      for (let p = start; p < start + plane; p++) histogram[pixels[p]]++;
    }
    const total = indices.length * plane;
    const mu = histogram.reduce((sum, n, value) => sum + n * value, 0) / total;
    const variance = histogram.reduce((sum, n, value) => sum + n * (value - mu) ** 2, 0) / total;
    mean.push(mu / 255);
    // A constant channel carries nothing; dividing by 1 keeps it finite.
    std.push(variance > 0 ? Math.sqrt(variance) / 255 : 1);
  }
  return { mean, std };
}

/** A view of the chosen images; `resize` is height and width in pixels. */
export function imageSplit(
  { pixels, labels }: StoredImages,
  indices: Int32Array,
  [c, h, w]: ImageShape,
  { mean, std }: Normalisation,
  resize?: readonly [number, number],
): ImageSplit {
  const [outH, outW] = resize ?? [h, w];
  const resized = outH !== h || outW !== w ? { rows: axisOf(h, outH), columns: axisOf(w, outW) } : undefined;
  const plane = h * w;
  const outPlane = outH * outW;
  // One small table a channel turns a byte into its normalised number.
  const tables = mean.map((m, channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - m) / std[channel]),
  );
  return {
    count: indices.length,
    shape: [c, outH, outW],
    labels: Uint16Array.from(indices, (i) => labels[i]),
    read(i, target, offset) {
      const start = indices[i] * c * plane;
      for (let channel = 0; channel < c; channel++) {
        const from = start + channel * plane;
        const to = offset + channel * outPlane;
        if (resized) {
          resamplePlane(pixels, from, resized.rows, resized.columns, target, to);
          const scale = 1 / (255 * std[channel]);
          const shift = mean[channel] / std[channel];
          for (let p = to; p < to + outPlane; p++) target[p] = target[p] * scale - shift;
        } else {
          const table = tables[channel];
          for (let p = 0; p < plane; p++) target[to + p] = table[pixels[from + p]];
        }
      }
    },
    pixels(i) {
      const start = indices[i] * c * plane;
      if (!resized) return pixels.slice(start, start + c * plane);
      const numbers = new Float32Array(c * outPlane);
      for (let channel = 0; channel < c; channel++)
        resamplePlane(
          pixels,
          start + channel * plane,
          resized.rows,
          resized.columns,
          numbers,
          channel * outPlane,
        );
      return Uint8Array.from(numbers, Math.round);
    },
  };
}

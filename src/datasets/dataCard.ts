/**
 * Reads the card of a data set (`protocol/dataCard.ts`): classes, counts, samples, mean and deviation, and what is
 * done to the images. Everything is read as for a run with the same settings, so a fault is said in the same words.
 */
import type { CardSamples, DataCard, DataCardRequest } from '../protocol/dataCard';
import { datasetOf, loadData } from '.';
import { augmentationOf } from './augmentation';
import { type Augmentation, cropPadding } from './batches';
import { readDataOptions } from './dataOptions';
import { parseDataSpec } from './dataSpec';
import type { DataOptions, LoadedData } from './dataset';
import { downloadOf } from './downloads/catalogue';
import { axisOf, resamplePlane } from './resample';

export interface CardOptions {
  /** Images a class, 8 by default; fewer where they would take too many bytes. */
  readonly columns?: number;
  /** Classes shown at most, 100 by default; the first ones. */
  readonly rows?: number;
  /** Bytes that the samples may take. */
  readonly mostBytes?: number;
}

/** Larger images are scaled down: a card is looked at, not measured. */
const mostSide = 64;

/** A few samples of each class are enough for a file that is sent around. */
const reportSamples: CardOptions = { columns: 6, mostBytes: 400_000 };

/** Fails as `loadData` does. */
export async function readDataCard(
  { data: spec, dataOptions = {}, seed, augment, size = 'panel' }: DataCardRequest,
  loading: Pick<DataOptions, 'signal' | 'onProgress' | 'home'> = {},
  options: CardOptions = size === 'report' ? reportSamples : {},
): Promise<DataCard> {
  const parsed = parseDataSpec(spec);
  const source = datasetOf(parsed);
  const data = await loadData(spec, { ...readDataOptions(dataOptions), seed, ...loading });
  const { publisher, homepage } = downloadOf(source.id) ?? {};
  return {
    spec,
    summary: source.summary,
    publisher,
    homepage,
    ...dataCard(data, augmentationOf(spec, dataOptions, augment), options),
  };
}

/** The card of loaded data, without what only its source knows. */
export function dataCard(
  data: LoadedData,
  augmentation: Augmentation,
  options: CardOptions = {},
): Omit<DataCard, 'spec' | 'summary' | 'publisher' | 'homepage'> {
  const counts = (labels: ArrayLike<number>) => {
    const perClass = new Array<number>(data.classes.length).fill(0);
    for (let i = 0; i < labels.length; i++) perClass[labels[i]]++;
    return perClass;
  };
  const train = counts(data.train.labels);
  const validation = counts(data.validation.labels);
  const [, height, width] = data.shape;
  const { folder, shape: storedShape, ...stored } = data.stored;
  return {
    id: data.id,
    title: data.title,
    folder,
    storedShape,
    shape: data.shape,
    train: data.train.count,
    validation: data.validation.count,
    stored,
    classes: data.classes.map((name, label) => ({
      name,
      train: train[label],
      validation: validation[label],
    })),
    normalisation: data.normalisation,
    augmentation: {
      crop: augmentation === 'crop' || augmentation === 'cropFlip' ? cropPadding(height, width) : null,
      flip: augmentation === 'flip' || augmentation === 'cropFlip',
    },
    samples: samplesOf(data, options),
    skipped: data.skipped ?? [],
  };
}

function samplesOf(
  data: LoadedData,
  { columns: wanted = 8, rows: most = 100, mostBytes = 6e6 }: CardOptions,
): CardSamples {
  const [channels, height, width] = data.shape;
  const scale = Math.min(1, mostSide / Math.max(height, width));
  const imageHeight = Math.max(1, Math.round(height * scale));
  const imageWidth = Math.max(1, Math.round(width * scale));
  const plane = imageHeight * imageWidth;
  const affordable = Math.max(1, Math.floor(mostBytes / (3 * plane)));
  let rows = Math.min(most, data.classes.length);
  // Rather fewer images a class than fewer classes, but three of each make a picture.
  const columns = Math.max(Math.min(3, wanted), Math.min(wanted, Math.floor(affordable / rows)));
  rows = Math.max(1, Math.min(rows, Math.floor(affordable / columns)));
  const pixels = new Uint8Array(rows * columns * plane * 3);
  const filled = new Array<number>(rows).fill(0);
  const across = { rows: axisOf(height, imageHeight), columns: axisOf(width, imageWidth) };
  const numbers = new Float32Array(plane);
  const { count, labels } = data.train;
  for (let i = 0; i < count; i++) {
    const row = labels[i];
    if (row >= rows || filled[row] === columns) continue;
    const image = data.train.pixels(i);
    const start = (row * columns + filled[row]++) * plane * 3;
    for (let c = 0; c < 3; c++) {
      const from = (channels < 3 ? 0 : c) * height * width;
      if (scale < 1) resamplePlane(image, from, across.rows, across.columns, numbers, 0);
      for (let p = 0; p < plane; p++)
        pixels[start + 3 * p + c] = scale < 1 ? Math.round(numbers[p]) : image[from + p];
    }
  }
  return { rows, columns, imageHeight, imageWidth, filled, pixels };
}

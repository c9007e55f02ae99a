/** What the inspector shows of a data set: classes, counts, a grid of samples, mean and deviation, as plain data. */
import type { ImageShape, LoadedData, Normalisation } from './dataset';

export interface DataCard {
  readonly id: string;
  readonly title: string;
  readonly shape: ImageShape;
  readonly train: number;
  readonly validation: number;
  readonly classes: readonly { readonly name: string; readonly train: number; readonly validation: number }[];
  readonly normalisation: Normalisation;
  readonly samples: SampleGrid;
  /** Files left out as broken. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Training images in rows of one class each, ready for a canvas. */
export interface SampleGrid {
  /** Class number of every row. */
  readonly rows: readonly number[];
  readonly columns: number;
  /** Of one image, in pixels. */
  readonly imageHeight: number;
  readonly imageWidth: number;
  /** RGBA of the whole grid: (rows * imageHeight) x (columns * imageWidth) x 4; transparent where there is none. */
  readonly pixels: Uint8ClampedArray;
}

export interface CardOptions {
  /** Images a class, 8 by default. */
  readonly columns?: number;
  /** Classes shown, 20 by default; the first ones. */
  readonly rows?: number;
}

export function dataCard(data: LoadedData, { columns = 8, rows = 20 }: CardOptions = {}): DataCard {
  const counts = (labels: ArrayLike<number>) => {
    const perClass = new Array<number>(data.classes.length).fill(0);
    for (let i = 0; i < labels.length; i++) perClass[labels[i]]++;
    return perClass;
  };
  const train = counts(data.train.labels);
  const validation = counts(data.validation.labels);
  return {
    id: data.id,
    title: data.title,
    shape: data.shape,
    train: data.train.count,
    validation: data.validation.count,
    classes: data.classes.map((name, label) => ({
      name,
      train: train[label],
      validation: validation[label],
    })),
    normalisation: data.normalisation,
    samples: sampleGrid(data, columns, Math.min(rows, data.classes.length)),
    skipped: data.skipped ?? [],
  };
}

function sampleGrid(data: LoadedData, columns: number, rows: number): SampleGrid {
  const [channels, height, width] = data.shape;
  const line = columns * width;
  const pixels = new Uint8ClampedArray(rows * height * line * 4);
  const placed = new Array<number>(rows).fill(0);
  const { count, labels } = data.train;
  for (let i = 0; i < count; i++) {
    const row = labels[i];
    if (row >= rows || placed[row] === columns) continue;
    const image = data.train.pixels(i);
    const left = placed[row]++ * width;
    for (let p = 0; p < height * width; p++) {
      const y = row * height + Math.floor(p / width);
      const at = (y * line + left + (p % width)) * 4;
      for (let c = 0; c < 3; c++) pixels[at + c] = image[(channels < 3 ? 0 : c) * height * width + p];
      pixels[at + 3] = 255;
    }
  }
  return {
    rows: Array.from({ length: rows }, (_, label) => label),
    columns,
    imageHeight: height,
    imageWidth: width,
    pixels,
  };
}

/**
 * The numbers of one network over its steps, thinned to a bounded number of columns with their exact step numbers:
 * what the host keeps of a run that it follows, what a snapshot carries, what the panel draws. The first and the
 * newest step are always there; between them columns keep a distance that doubles whenever the room is full. The
 * run on disk keeps every step; this is the picture's share of it.
 */
import type { VectorKind } from './description';
import type { StepNumbers } from './trainer';

/** Columns of one network, all arrays of the same number of columns; vectors lie column after column. */
export interface SeriesSnapshot {
  readonly steps: Int32Array;
  readonly loss: Float32Array;
  readonly accuracy: Float32Array;
  /** `columns x elements`, row-major; the elements are those that the description names. */
  readonly vectors: Readonly<Partial<Record<VectorKind, Float32Array>>>;
}

/** Columns that a picture can tell apart. */
export const mostColumns = 400;
/** Bytes that one network's series may take; a thousand layers get fewer columns rather than more memory. */
const mostBytes = 24 * 1024 * 1024;

interface Column {
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly vectors: Readonly<Partial<Record<VectorKind, Float32Array>>>;
}

/** A series that grows; `version` counts its changes, so that a view sees whether it must draw again. */
export class Series {
  version = 0;
  private columns: Column[] = [];
  /** The least distance, in steps, between columns that are kept; the newest may be nearer. */
  private distance = 1;

  constructor(private readonly limit = mostColumns) {}

  static from(snapshot: SeriesSnapshot, limit = mostColumns): Series {
    const series = new Series(limit);
    const { steps, loss, accuracy, vectors } = snapshot;
    const count = steps.length;
    for (let i = 0; i < count; i++) {
      const own: Partial<Record<VectorKind, Float32Array>> = {};
      for (const kind of Object.keys(vectors) as VectorKind[]) {
        const all = vectors[kind]!;
        const size = all.length / count;
        own[kind] = all.subarray(i * size, (i + 1) * size);
      }
      series.columns.push({ step: steps[i], loss: loss[i], accuracy: accuracy[i], vectors: own });
    }
    series.thin();
    series.version = count;
    return series;
  }

  get length(): number {
    return this.columns.length;
  }

  stepAt(index: number): number {
    return this.columns[index].step;
  }

  lossAt(index: number): number {
    return this.columns[index].loss;
  }

  accuracyAt(index: number): number {
    return this.columns[index].accuracy;
  }

  /** Undefined where this kind was not recorded. */
  vectorAt(index: number, kind: VectorKind): Float32Array | undefined {
    return this.columns[index].vectors[kind];
  }

  vectorsAt(index: number): Readonly<Partial<Record<VectorKind, Float32Array>>> {
    return this.columns[index].vectors;
  }

  /** The column of the newest step at or before `step`, else the first; -1 where there is none. */
  indexAt(step: number): number {
    let [low, high] = [0, this.columns.length - 1];
    if (high < 0) return -1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.columns[middle].step <= step) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Steps come in ascending order; one that is not beyond the newest takes the place of all from it on. */
  add(step: number, { loss, accuracy, vectors }: StepNumbers): void {
    const { columns } = this;
    while (columns.length > 0 && columns[columns.length - 1].step >= step) columns.pop();
    const newest = columns.length - 1;
    // The newest column gives way to the next one unless it stands far enough from the one before it.
    if (newest > 0 && columns[newest].step - columns[newest - 1].step < this.distance) columns.pop();
    columns.push({ step, loss, accuracy, vectors });
    this.thin();
    this.version++;
  }

  toSnapshot(): SeriesSnapshot {
    const { columns } = this;
    const vectors: Partial<Record<VectorKind, Float32Array>> = {};
    for (const kind of Object.keys(columns[0]?.vectors ?? {}) as VectorKind[]) {
      const size = columns[0].vectors[kind]!.length;
      const all = new Float32Array(columns.length * size);
      columns.forEach((column, i) => {
        const own = column.vectors[kind];
        if (own) all.set(own.subarray(0, size), i * size);
        else all.fill(Number.NaN, i * size, (i + 1) * size);
      });
      vectors[kind] = all;
    }
    return {
      steps: Int32Array.from(columns, (c) => c.step),
      loss: Float32Array.from(columns, (c) => c.loss),
      accuracy: Float32Array.from(columns, (c) => c.accuracy),
      vectors,
    };
  }

  private thin(): void {
    const most = this.room();
    while (this.columns.length > most) {
      this.distance *= 2;
      const kept: Column[] = [];
      this.columns.forEach((column, i) => {
        const isEnd = i === 0 || i === this.columns.length - 1;
        if (isEnd || column.step - kept[kept.length - 1].step >= this.distance) kept.push(column);
      });
      this.columns = kept;
    }
  }

  private room(): number {
    const newest = this.columns[this.columns.length - 1];
    if (!newest) return this.limit;
    let elements = 0;
    for (const vector of Object.values(newest.vectors)) elements += vector.length;
    return Math.max(8, Math.min(this.limit, Math.floor(mostBytes / (4 * Math.max(1, elements)))));
  }
}

/** No numbers at all: what a network has before it is measured. */
export const emptySeries: SeriesSnapshot = {
  steps: new Int32Array(0),
  loss: new Float32Array(0),
  accuracy: new Float32Array(0),
  vectors: {},
};

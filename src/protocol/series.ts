/**
 * The numbers of one network over its steps, thinned to a bounded number of columns with their exact step numbers:
 * what the host keeps of a run that it follows, what a snapshot carries, what the panel draws. The first and the
 * newest step are always there; between them columns keep a distance that doubles whenever the room is full. The
 * run on disk keeps every step; this is the picture's share of it.
 */
import type { VectorKind } from './description';
import type { StepNumbers } from './trainer';

/** Numbers of one network, all arrays of the same number of columns; vectors lie column after column. */
export interface PackedNumbers {
  readonly loss: Float32Array;
  readonly accuracy: Float32Array;
  /** `columns x elements`, row-major; the elements are those that the description names. */
  readonly vectors: Readonly<Partial<Record<VectorKind, Float32Array>>>;
}

/** The columns of one network; over several seeds its own numbers are their means. */
export interface SeriesSnapshot extends PackedNumbers {
  readonly steps: Int32Array;
  /** Each seed's own numbers; absent for a single one. */
  readonly seeds?: readonly PackedNumbers[];
}

/** Columns that a picture can tell apart. */
export const mostColumns = 400;
/** Bytes that one network's series may take; a thousand layers get fewer columns rather than more memory. */
const mostBytes = 24 * 1024 * 1024;

/** A column's numbers, as far as their kinds were recorded. */
export interface ColumnNumbers {
  readonly loss: number;
  readonly accuracy: number;
  readonly vectors: Readonly<Partial<Record<VectorKind, Float32Array>>>;
}

interface Column extends ColumnNumbers {
  readonly step: number;
  readonly seeds?: readonly ColumnNumbers[];
}

/** A series that grows; `version` counts its changes, so that a view sees whether it must draw again. */
export class Series {
  version = 0;
  private columns: Column[] = [];
  /** The least distance, in steps, between columns that are kept; the newest may be nearer. */
  private distance = 1;
  /** A column that was put back because somebody asked for its step. */
  private pinned: Column | undefined;

  constructor(private readonly limit = mostColumns) {}

  static from(snapshot: SeriesSnapshot, limit = mostColumns): Series {
    const series = new Series(limit);
    const { steps, seeds } = snapshot;
    const count = steps.length;
    for (let i = 0; i < count; i++)
      series.columns.push({
        step: steps[i],
        ...unpacked(snapshot, i, count),
        seeds: seeds?.map((seed) => unpacked(seed, i, count)),
      });
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

  /** The numbers of a column, and of each seed where there are several. */
  numbersAt(index: number): ColumnNumbers & { readonly seeds?: readonly ColumnNumbers[] } {
    return this.columns[index];
  }

  /** Each seed's own numbers, in order; undefined for a single one. */
  seedsAt(index: number): readonly ColumnNumbers[] | undefined {
    return this.columns[index].seeds;
  }

  /** How many seeds the numbers are of. */
  get seeds(): number {
    return this.columns[0]?.seeds?.length ?? 1;
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
  add(step: number, { loss, accuracy, vectors, seeds }: StepNumbers): void {
    const { columns } = this;
    while (columns.length > 0 && columns[columns.length - 1].step >= step) columns.pop();
    if (this.pinned && this.pinned.step >= step) this.pinned = undefined;
    const newest = columns.length - 1;
    // The newest column gives way to the next one unless it stands far enough from the one before it.
    if (newest > 0 && columns[newest].step - columns[newest - 1].step < this.distance) columns.pop();
    columns.push({ step, loss, accuracy, vectors, seeds });
    this.thin();
    this.version++;
  }

  /**
   * Puts a step that thinning has left out back where it belongs, for as long as no other one is asked for. `exact`
   * holds that step alone; one that is empty, known or not yet reached changes nothing.
   */
  pin(exact: Series): void {
    // It may be gone: behind a resumed run's first step it was the newest, and gave way to the next.
    this.columns = this.columns.filter((column) => column !== this.pinned);
    this.pinned = undefined;
    this.version++;
    const { columns } = this;
    const [column] = exact.columns;
    const at = column ? this.indexAt(column.step) : -1;
    if (at < 0 || columns[at].step === column.step || column.step > columns[columns.length - 1].step) return;
    columns.splice(columns[at].step < column.step ? at + 1 : at, 0, column);
    this.pinned = column;
  }

  toSnapshot(): SeriesSnapshot {
    const { columns } = this;
    const seeds = columns[0]?.seeds?.map((_, k) => packed(columns.map((column) => column.seeds?.[k])));
    return {
      steps: Int32Array.from(columns, (c) => c.step),
      ...packed(columns),
      ...(seeds ? { seeds } : {}),
    };
  }

  private thin(): void {
    const most = this.room();
    while (this.columns.length > most) {
      this.distance *= 2;
      const kept: Column[] = [];
      this.columns.forEach((column, i) => {
        const isKept = i === 0 || i === this.columns.length - 1 || column === this.pinned;
        if (isKept || column.step - kept[kept.length - 1].step >= this.distance) kept.push(column);
      });
      this.columns = kept;
    }
  }

  private room(): number {
    const newest = this.columns[this.columns.length - 1];
    if (!newest) return this.limit;
    let elements = 0;
    for (const vector of Object.values(newest.vectors)) elements += vector.length;
    // Every seed is kept beside the mean; a report with all of them should still be a file that one sends.
    const seeds = newest.seeds?.length ?? 0;
    const bytes = seeds > 0 ? mostBytes / 2 : mostBytes;
    return Math.max(8, Math.min(this.limit, Math.floor(bytes / (4 * Math.max(1, elements * (1 + seeds))))));
  }
}

/** A column that is missing, or lacks a kind that the first one has, is one of NaN. */
function packed(columns: readonly (ColumnNumbers | undefined)[]): PackedNumbers {
  const vectors: Partial<Record<VectorKind, Float32Array>> = {};
  const first = columns[0]?.vectors ?? {};
  for (const kind of Object.keys(first) as VectorKind[]) {
    const size = first[kind]!.length;
    const all = new Float32Array(columns.length * size);
    columns.forEach((column, i) => {
      const own = column?.vectors[kind];
      if (own) all.set(own.subarray(0, size), i * size);
      else all.fill(Number.NaN, i * size, (i + 1) * size);
    });
    vectors[kind] = all;
  }
  return {
    loss: Float32Array.from(columns, (c) => c?.loss ?? Number.NaN),
    accuracy: Float32Array.from(columns, (c) => c?.accuracy ?? Number.NaN),
    vectors,
  };
}

/** The numbers of column `i` of `count`, as windows on the packed arrays. */
function unpacked({ loss, accuracy, vectors }: PackedNumbers, i: number, count: number): ColumnNumbers {
  const own: Partial<Record<VectorKind, Float32Array>> = {};
  for (const kind of Object.keys(vectors) as VectorKind[]) {
    const all = vectors[kind]!;
    const size = all.length / count;
    own[kind] = all.subarray(i * size, (i + 1) * size);
  }
  return { loss: loss[i], accuracy: accuracy[i], vectors: own };
}

/** No numbers at all: what a network has before it is measured. */
export const emptySeries: SeriesSnapshot = {
  steps: new Int32Array(0),
  loss: new Float32Array(0),
  accuracy: new Float32Array(0),
  vectors: {},
};

/**
 * Where the statements of a text stand now. A statement that is used again keeps the offsets that it was first read
 * with, so that what was found out about it stays true when something is typed above it; this table says how far it
 * has moved since. Statements that were read together and moved together share an entry.
 */
import type { Span } from './form';

/** A statement's line at the top of a text. */
export interface Head {
  /** Its first statement, counted in the program's body. */
  readonly first: number;
  /** Where it begins, in its own offsets. */
  readonly start: number;
  /** What its own offsets lack to those of the text. */
  readonly shift: number;
  /** Well-formed. */
  readonly isPlain: boolean;
  /** How many could not be read before it. */
  readonly failures: number;
  /** In a script: its node and how long it is; empty where it has errors. */
  readonly node?: string;
}

/** Offsets stay below this: two of them make a number. */
export const LARGEST_OFFSET = 2 ** 21;

export class Positions {
  private readonly starts: number[] = [];
  private readonly shifts: number[] = [];

  /** Heads in the order of the text; none where every offset is the text's own. */
  constructor(heads: readonly Head[] = []) {
    if (heads.every(({ shift }) => shift === 0)) return;
    // What was read last comes last in its own offsets, wherever it stands.
    let before = 0;
    for (const { start, shift } of [...heads].sort((a, b) => a.start - b.start)) {
      if (shift === before) continue;
      this.starts.push(start);
      this.shifts.push(shift);
      before = shift;
    }
  }

  /** How far the statement at this offset has moved. */
  shiftAt(offset: number): number {
    const { starts, shifts } = this;
    if (starts.length === 0 || offset < starts[0]) return 0;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return shifts[low];
  }

  /** A place within one statement, in the text as it is now. */
  now({ start, end }: Span): Span {
    const shift = this.shiftAt(start);
    return { start: start + shift, end: end + shift };
  }
}

/** A text whose statements stand where they were read. */
export const UNMOVED = new Positions();

/** Offsets to lines and columns, both from 1, columns in UTF-16 units as editors count them. */
import type { Span } from '../reading/form';
import { type Positions, UNMOVED } from '../reading/positions';
import type { Place } from './analysis';

export class Lines {
  private readonly starts: number[] = [0];

  constructor(
    private readonly text: string,
    private readonly positions: Positions = UNMOVED,
  ) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** Where a place within one statement stands now. */
  place(span: Span): Place {
    return this.here(this.positions.now(span));
  }

  /** The same for offsets of the text as it is. */
  here({ start, end }: Span): Place {
    const from = this.inside(start);
    const line = this.lineOf(from);
    return {
      start: from,
      end: Math.max(from, this.inside(end)),
      line: line + 1,
      column: from - this.starts[line] + 1,
    };
  }

  /** Offsets of now, certainly inside of the text. */
  now(span: Span): Span {
    const { start, end } = this.positions.now(span);
    const from = this.inside(start);
    return { start: from, end: Math.max(from, this.inside(end)) };
  }

  textOf(span: Span): string {
    const { start, end } = this.positions.now(span);
    return this.text.slice(start, end);
  }

  private inside(offset: number): number {
    return Math.min(Math.max(0, offset), this.text.length);
  }

  private lineOf(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

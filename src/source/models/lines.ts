/** Offsets to lines and columns, both from 1, columns in UTF-16 units as editors count them. */
import type { Place } from './analysis';

export class Lines {
  private readonly starts: number[] = [0];

  constructor(
    private readonly length: number,
    text: string,
  ) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  place(start: number, end: number): Place {
    const from = this.inside(start);
    const line = this.lineOf(from);
    return {
      start: from,
      end: Math.max(from, this.inside(end)),
      line: line + 1,
      column: from - this.starts[line] + 1,
    };
  }

  /** An offset that certainly lies in the text. */
  inside(offset: number): number {
    return Math.min(Math.max(0, offset), this.length);
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

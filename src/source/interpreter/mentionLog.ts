/** Names in the text and what they stood for each time the reader came by, in parts that can be had again. */
import type { Span } from '../reading/form';
import type { Value } from '../values/values';

/** Side by side: there are many. */
export interface Mentions {
  readonly spans: Span[];
  readonly values: Value[];
}

const MOST_MENTIONS = 50_000;

export class MentionLog {
  readonly parts: Mentions[] = [{ spans: [], values: [] }];
  private count = 0;

  add(span: Span, value: Value): void {
    if (this.count > MOST_MENTIONS) return;
    const { spans, values } = this.last;
    const before = spans.length - 1;
    if (spans[before] === span && values[before] === value) return;
    spans.push(span);
    values.push(value);
    this.count++;
  }

  get last(): Mentions {
    return this.parts[this.parts.length - 1];
  }

  /** Begins another part. */
  part(): void {
    this.parts.push({ spans: [], values: [] });
  }

  /** A part that was made before. */
  again(part: Mentions): void {
    this.parts.push(part);
    this.part();
    this.count += part.spans.length;
  }

  hasRoom(more: number): boolean {
    return this.count + more < MOST_MENTIONS;
  }
}

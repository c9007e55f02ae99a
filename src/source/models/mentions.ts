/** Names and layers in the text with what they stood for, gathered for hovers. */
import type { Machine } from '../interpreter/machine';
import { LARGEST_OFFSET } from '../reading/positions';
import type { Value } from '../values/values';
import type { Mention } from './analysis';
import type { Lines } from './lines';

/** A place that is read a thousand times is remembered with its first values. */
const MOST_VALUES = 200;

export function mentionsOf(machine: Machine, lines: Lines): Mention[] {
  const byPlace = new Map<number, { start: number; end: number; values: Value[] }>();
  const spans = machine.mentions.parts.flatMap((part) => part.spans);
  const values = machine.mentions.parts.flatMap((part) => part.values);
  for (const [i, span] of spans.entries()) {
    const value = values[i];
    // Where one part of the log ends and the next begins.
    if (i > 0 && spans[i - 1] === span && values[i - 1] === value) continue;
    // `x` and `x.view(2, -1)` begin at the same place;.
    const key = span.start * LARGEST_OFFSET + span.end;
    const known = byPlace.get(key);
    if (!known) byPlace.set(key, { ...lines.now(span), values: [value] });
    else if (known.values.length < MOST_VALUES) known.values.push(value);
  }
  return [...byPlace.values()].sort((a, b) => a.start - b.start);
}

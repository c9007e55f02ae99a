/** Names and layers in the text with what they stood for, gathered for hovers. */
import type { Machine } from '../interpreter/machine';
import type { Value } from '../values/values';
import type { Mention } from './analysis';

/** A place that is read a thousand times is remembered with its first values. */
const MOST_VALUES = 200;

export function mentionsOf(machine: Machine): Mention[] {
  const byPlace = new Map<number, { start: number; end: number; values: Value[] }>();
  const { spans, values } = machine.mentions;
  for (const [i, span] of spans.entries()) {
    const value = values[i];
    // `x` and `x.view(2, -1)` begin at the same place; offsets stay below 2^20.
    const key = span.start * 2 ** 21 + span.end;
    const known = byPlace.get(key);
    if (!known) byPlace.set(key, { start: span.start, end: span.end, values: [value] });
    else if (known.values.length < MOST_VALUES) known.values.push(value);
  }
  return [...byPlace.values()].sort((a, b) => a.start - b.start);
}

/** Names and layers in the text with what they stood for, gathered for hovers. */
import type { Machine } from '../interpreter/machine';
import type { Value } from '../values/values';
import type { Mention } from './analysis';

/** A place that is read a thousand times is remembered with its first values. */
const MOST_VALUES = 200;

export function mentionsOf(machine: Machine): Mention[] {
  const byPlace = new Map<number, { start: number; end: number; values: Value[] }>();
  for (const { span, value } of machine.mentions) {
    const known = byPlace.get(span.start);
    if (!known) byPlace.set(span.start, { start: span.start, end: span.end, values: [value] });
    else if (known.values.length < MOST_VALUES) known.values.push(value);
  }
  return [...byPlace.values()].sort((a, b) => a.start - b.start);
}

/**
 * What a new version of a text in Python can use of the one before: the lines at the top that no edit touched, in
 * front of it and behind it. Every line at the top is read from the same state, so that lines behind an edit are
 * what they were as soon as the reader comes to the beginning of one of them. Scripts (`script.ts`) share its pieces.
 */
import type { ChangedRange } from '@lezer/common';
import type { SourceDocument } from './document';
import type { Stmt } from './form';
import { type Earlier, MOST_FAILURES } from './plainStatements';
import type { Head } from './positions';

const placeOf = ({ start, shift }: Head) => start + shift;

interface Reuse {
  readonly earlier: Earlier;
  /** Heads of what was taken over. */
  readonly kept: ReadonlySet<Head>;
}

/** Looks lines of the new text up in the old one. */
export function earlierLines(previous: SourceDocument, text: string): Reuse {
  const { body, heads } = previous;
  const change = changeBetween(previous.text, text);
  const delta = change.toB - change.toA;
  const last = heads.at(-1);
  const allFailures = last ? last.failures + (last.isPlain ? 0 : 1) : 0;
  const kept = new Set<Head>();
  const taken = (from: number, to: number, first: number, failures: number, by: number) => {
    const begin = heads[from];
    const end = to < heads.length ? heads[to].first : body.length;
    const moved = heads.slice(from, to).map((head) => ({
      ...head,
      first: head.first - begin.first + first,
      shift: head.shift + by,
      failures: head.failures - begin.failures + failures,
    }));
    for (const head of moved) kept.add(head);
    return { statements: body.slice(begin.first, end), heads: moved };
  };
  const earlier: Earlier = (from, first, failures) => {
    if (from < change.fromB) {
      const at = headAt(heads, from);
      if (at < 0) return undefined;
      let to = at;
      while (to + 1 < heads.length && heads[to].isPlain && placeOf(heads[to + 1]) < change.fromA) to++;
      // A line's end is found by the first word of the next one, which begins at the margin.
      while (to > at && !isWordBefore(previous.text, placeOf(heads[to]), change.fromA)) to--;
      if (to === at) return undefined;
      return { ...taken(at, to, first, failures, 0), next: placeOf(heads[to]) };
    }
    if (from < change.toB) return undefined;
    const at = headAt(heads, from - delta);
    if (at < 0 || !isAtMargin(previous.text, from - delta)) return undefined;
    if (failures + allFailures - heads[at].failures > MOST_FAILURES) return undefined;
    return { ...taken(at, heads.length, first, failures, delta), next: text.length };
  };
  return { earlier, kept };
}

/** A word at the margin that a change behind it cannot make longer, or into the prefix of a string. */
function isWordBefore(text: string, place: number, change: number): boolean {
  WORD.lastIndex = place;
  return isAtMargin(text, place) && WORD.test(text) && WORD.lastIndex <= change;
}

const WORD = /[A-Za-z_][A-Za-z_0-9]*[ (.[]|@[A-Za-z_]/y;

function isAtMargin(text: string, place: number): boolean {
  return place === 0 || text.charCodeAt(place - 1) === 10;
}

/** The head that begins at this place of the text, or -1. */
export function headAt(heads: readonly Head[], place: number): number {
  let low = 0;
  let high = heads.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = placeOf(heads[middle]);
    if (found === place) return middle;
    if (found < place) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Gives statements that were read just now offsets that no earlier one has. */
export function apart(
  body: readonly Stmt[],
  heads: readonly Head[],
  kept: ReadonlySet<Head>,
  length: number,
  before: number,
): { readonly heads: readonly Head[]; readonly largest: number } {
  const moved: Head[] = [];
  let largest = before;
  let by = 0;
  let isNew = false;
  for (const [i, head] of heads.entries()) {
    const end = i + 1 < heads.length ? heads[i + 1].first : body.length;
    if (kept.has(head)) {
      moved.push(head);
      isNew = false;
      continue;
    }
    if (!isNew) by = largest + 1 - head.start;
    isNew = true;
    for (let at = head.first; at < end; at++) move(body[at], by);
    // Up to where the next one begins: what is broken may hold places behind its own end.
    largest = by + (i + 1 < heads.length ? placeOf(heads[i + 1]) : length);
    moved.push({ ...head, start: head.start + by, shift: head.shift - by });
  }
  return { heads: moved, largest };
}

/** Adds an offset to every place below: the form is a tree, so that each is met once. */
export function move(part: unknown, by: number): void {
  if (typeof part !== 'object' || part === null) return;
  if (Array.isArray(part)) {
    for (const item of part) move(item, by);
    return;
  }
  const holder = part as Record<string, unknown>;
  for (const key in holder) {
    const value = holder[key];
    if (typeof value === 'object') move(value, by);
    else if (typeof value === 'number' && (key === 'start' || key === 'end')) holder[key] = value + by;
  }
}

/** The one range outside of which both texts agree. */
export function changeBetween(before: string, after: string): ChangedRange {
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < limit - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  return { fromA: start, toA: before.length - end, fromB: start, toB: after.length - end };
}

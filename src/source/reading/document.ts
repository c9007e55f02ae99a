/**
 * A source text and the program that it was read to. Well-formed Python is read at once; what of it is not, and
 * TypeScript and JavaScript, go through Lezer's tolerant parsers, where an edit re-parses only what it touched. Broken
 * code has a program too, and the same one however it came about. No disk: text comes in, a program goes out.
 */
import { type ChangedRange, type Parser, type Tree, TreeFragment } from '@lezer/common';
import { parser as javascriptParser } from '@lezer/javascript';
import { parser as pythonParser } from '@lezer/python';
import { t } from '../../base/localize';
import type { Comment, Language, Program, Stmt } from './form';
import { JavaScriptStatements } from './javascriptStatements';
import { childrenOf } from './nodes';
import { PlainStatements } from './plainStatements';
import { PythonStatements } from './pythonStatements';

const typescriptParser = javascriptParser.configure({ dialect: 'ts' });

export interface SourceDocument {
  readonly file: string;
  readonly language: Language;
  readonly text: string;
  readonly body: readonly Stmt[];
  /** What the next version of a text in JavaScript can use again. */
  readonly fragments: readonly TreeFragment[];
  /** How many statements of Python, from the first on, can be used again where nothing before them changes. */
  readonly plain: number;
  /** Where reading was given up, and why; what follows is missing, or a statement is. */
  readonly stops: readonly Stop[];
}

export interface Stop {
  readonly at: number;
  /** The end of a sentence: "the file takes too long to read". */
  readonly reason: string;
  /** It would not have happened with more time. */
  readonly isLate: boolean;
}

/** True once the given part of the time is up. */
export type Clock = (part: number) => boolean;

/** Reading leaves time for what is done with what was read. */
const READING = 0.7;

/** Reads a text, re-using what a previous version of the same document already has; a clock may end it early. */
export function parseDocument(
  file: string,
  language: Language,
  text: string,
  previous?: SourceDocument,
  isLate?: Clock,
): SourceDocument {
  if (previous && previous.language === language && previous.text === text && previous.stops.length === 0)
    return { ...previous, file };
  const last = previous?.language === language ? previous : undefined;
  if (language === 'python')
    return { file, language, text, ...pythonStatements(text, last, isLate), fragments: [] };
  if (isDeep(text, 0, text.length))
    return { file, language, text, body: [], fragments: [], plain: 0, stops: [deepAt(0)] };
  const { tree, stoppedAt } = javascriptTree(text, last, isLate);
  const body = new JavaScriptStatements(text).statements(childrenOf(tree.topNode));
  const whole = stoppedAt === undefined;
  const fragments = whole ? TreeFragment.addTree(tree) : [];
  return { file, language, text, body, fragments, plain: 0, stops: whole ? [] : [lateAt(stoppedAt)] };
}

function lateAt(at: number): Stop {
  return { at, reason: t('the file takes too long to read'), isLate: true };
}

function deepAt(at: number): Stop {
  return { at, reason: t('its brackets are nested too deeply'), isLate: false };
}

interface Parsed {
  readonly tree: Tree;
  readonly stoppedAt?: number;
}

/** Runs a parser step by step for as long as there is time. */
function parse(
  parser: Parser,
  text: string,
  isLate: Clock | undefined,
  fragments?: readonly TreeFragment[],
): Parsed {
  const going = parser.startParse(text, fragments);
  let stoppedAt: number | undefined;
  for (let step = 0; ; step++) {
    const tree = going.advance();
    if (tree) return { tree, stoppedAt };
    if (stoppedAt === undefined && step % STEPS_BETWEEN_CHECKS === 0 && isLate?.(READING)) {
      stoppedAt = going.parsedPos;
      going.stopAt(stoppedAt);
    }
  }
}

const STEPS_BETWEEN_CHECKS = 256;

/** What is plain is read at once; the rest by the tolerant parser, a statement at a time. */
function pythonStatements(
  text: string,
  previous: SourceDocument | undefined,
  isLate?: Clock,
): Pick<SourceDocument, 'body' | 'stops' | 'plain'> {
  const reader = new PlainStatements(text);
  const stops: Stop[] = [];
  let isStopped = false;
  const body = reader.program(
    (start, end) => {
      if (isStopped) return [];
      if (isDeep(text, start, end)) {
        stops.push(deepAt(start));
        return [{ kind: 'bad', start, end }];
      }
      const part = text.slice(start, end);
      const parsed = parse(pythonParser, part, isLate);
      if (parsed.stoppedAt !== undefined) {
        isStopped = true;
        stops.push(lateAt(start + parsed.stoppedAt));
      }
      const statements = new PythonStatements(part).statements(childrenOf(parsed.tree.topNode));
      move(statements, start);
      return statements;
    },
    ...unchanged(text, previous),
  );
  if (reader.stoppedAt < text.length && !isStopped)
    stops.push({ at: reader.stoppedAt, reason: t('too much of the file cannot be read'), isLate: false });
  return { body, stops, plain: reader.plain };
}

/** Statements in front of the first change, and where reading goes on: at the end of a line that holds no other. */
function unchanged(text: string, previous: SourceDocument | undefined): [readonly Stmt[], number] {
  if (!previous) return [[], 0];
  const { body, plain } = previous;
  const same = changeBetween(previous.text, text).fromA - LONGEST_WORD;
  let count = 0;
  // The next one must begin as before: an `else` would still belong to this one.
  while (count + 1 < plain && body[count + 1].start <= same) count++;
  for (; count > 0; count--) {
    const { end } = body[count - 1];
    const line = text.indexOf('\n', end);
    if (/^[ \t]*(?:#.*)?\r?$/.test(text.slice(end, line))) return [body.slice(0, count), line + 1];
  }
  return [[], 0];
}

/** More than any keyword that could go on with the statement before it. */
const LONGEST_WORD = 16;

/** Brackets within brackets, more than anybody writes: a tolerant parser would try every way out of them. */
function isDeep(text: string, start: number, end: number): boolean {
  let depth = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 40 || code === 91 || code === 123) {
      if (++depth > DEEPEST_BRACKETS) return true;
    } else if ((code === 41 || code === 93 || code === 125) && depth > 0) depth--;
  }
  return false;
}

const DEEPEST_BRACKETS = 200;

/** Adds an offset to every place below: the form is a tree, so that each is met once. */
function move(part: unknown, by: number): void {
  if (typeof part !== 'object' || part === null) return;
  if (Array.isArray(part)) {
    for (const item of part) move(item, by);
    return;
  }
  for (const [key, value] of Object.entries(part)) {
    if (typeof value === 'number' && (key === 'start' || key === 'end'))
      Object.assign(part, { [key]: value + by });
    else move(value, by);
  }
}

/** An erroneous tree depends on what was there before; only a sound one may be patched. */
function javascriptTree(text: string, previous: SourceDocument | undefined, isLate?: Clock): Parsed {
  if (!previous || previous.fragments.length === 0) return parse(typescriptParser, text, isLate);
  const fragments = TreeFragment.applyChanges(previous.fragments, [changeBetween(previous.text, text)]);
  const parsed = parse(typescriptParser, text, isLate, fragments);
  return hasErrors(parsed.tree) ? parse(typescriptParser, text, isLate) : parsed;
}

function hasErrors(tree: Tree): boolean {
  let found = false;
  tree.iterate({
    enter: ({ type }) => {
      found ||= type.isError;
      return !found;
    },
  });
  return found;
}

/** The one range outside of which both texts agree. */
function changeBetween(before: string, after: string): ChangedRange {
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

/** The program of a document, with the comments that speak to us. */
export function lowerDocument({ file, language, text, body }: SourceDocument): Program {
  return { file, language, body, comments: commentsOf(text) };
}

function commentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  for (const match of text.matchAll(/(?:#|\/\/)[ \t]*skiplens:[ \t]*(.*)/g)) {
    const start = match.index ?? 0;
    comments.push({ text: match[1].trim(), start, end: start + match[0].length });
  }
  return comments;
}

/**
 * A source text and the program that it was read to. Well-formed Python is read at once; what of it is not, and
 * TypeScript and JavaScript, go through Lezer's tolerant parsers, where an edit re-parses only what it touched. Broken
 * code has a program too, and the same one however it came about. No disk: text comes in, a program goes out.
 */
import { type Parser, type Tree, TreeFragment } from '@lezer/common';
import { parser as javascriptParser } from '@lezer/javascript';
import { parser as pythonParser } from '@lezer/python';
import { t } from '../../base/localize';
import type { Comment, Language, Program, Stmt } from './form';
import { childrenOf } from './nodes';
import { PlainStatements } from './plainStatements';
import { type Head, LARGEST_OFFSET, Positions } from './positions';
import { PythonStatements } from './pythonStatements';
import { apart, changeBetween, earlierLines, move } from './reuse';
import { scriptStatements } from './script';

const typescriptParser = javascriptParser.configure({ dialect: 'ts' });

export interface SourceDocument {
  readonly file: string;
  readonly language: Language;
  readonly text: string;
  readonly body: readonly Stmt[];
  /** What the next version of a text in JavaScript can use again. */
  readonly fragments: readonly TreeFragment[];
  /** Where the lines at the top begin, which the next version can use again. */
  readonly heads: readonly Head[];
  /** The largest offset that a statement has. */
  readonly largest: number;
  /** The same for all versions of a document whose offsets do not collide. */
  readonly lineage: object;
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
    return { file, language, text, ...pythonStatements(text, usable(last, text), isLate), fragments: [] };
  if (isDeep(text, 0, text.length)) {
    const nothing = { body: [], fragments: [], heads: [], largest: text.length, lineage: {} };
    return { file, language, text, ...nothing, stops: [deepAt(0)] };
  }
  const { tree, stoppedAt } = javascriptTree(text, last, isLate);
  const read = scriptStatements(text, tree, usable(last, text));
  if (stoppedAt !== undefined)
    return { file, language, text, ...read, fragments: [], stops: [lateAt(stoppedAt)] };
  return { file, language, text, ...read, fragments: TreeFragment.addTree(tree), stops: [] };
}

/** What was read to its end can be used again, until its offsets have grown too large. */
function usable(previous: SourceDocument | undefined, text: string): SourceDocument | undefined {
  if (!previous || previous.stops.length > 0) return undefined;
  return previous.largest + text.length + 1 < LARGEST_OFFSET ? previous : undefined;
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
): Pick<SourceDocument, 'body' | 'stops' | 'heads' | 'largest' | 'lineage'> {
  const reader = new PlainStatements(text);
  const reuse = previous && earlierLines(previous, text);
  const stops: Stop[] = [];
  let isStopped = false;
  const body = reader.program((start, end) => {
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
  }, reuse?.earlier);
  if (reader.stoppedAt < text.length && !isStopped)
    stops.push({ at: reader.stoppedAt, reason: t('too much of the file cannot be read'), isLate: false });
  if (!previous || !reuse) return { body, stops, heads: reader.heads, largest: text.length, lineage: {} };
  const { lineage } = previous;
  return { body, stops, lineage, ...apart(body, reader.heads, reuse.kept, text.length, previous.largest) };
}

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

/** The program of a document, with the comments that speak to us. */
export function lowerDocument({ file, language, text, body, heads }: SourceDocument): Program {
  return { file, language, body, comments: commentsOf(text), positions: new Positions(heads) };
}

function commentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  for (const match of text.matchAll(/(?:#|\/\/)[ \t]*skiplens:[ \t]*(.*)/g)) {
    const start = match.index ?? 0;
    comments.push({ text: match[1].trim(), start, end: start + match[0].length });
  }
  return comments;
}

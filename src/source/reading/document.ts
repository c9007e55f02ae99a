/**
 * A source text and the program that it was read to. Well-formed Python is read at once; what of it is not, and
 * TypeScript and JavaScript, go through Lezer's tolerant parsers, where an edit re-parses only what it touched. Broken
 * code has a program too, and the same one however it came about. No disk: text comes in, a program goes out.
 */
import { type ChangedRange, type Tree, TreeFragment } from '@lezer/common';
import { parser as javascriptParser } from '@lezer/javascript';
import { parser as pythonParser } from '@lezer/python';
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
}

/** Reads a text, re-using what a previous version of the same document already has. */
export function parseDocument(
  file: string,
  language: Language,
  text: string,
  previous?: SourceDocument,
): SourceDocument {
  if (previous && previous.language === language && previous.text === text) return { ...previous, file };
  if (language === 'python') return { file, language, text, body: pythonStatements(text), fragments: [] };
  const tree = javascriptTree(text, previous?.language === language ? previous : undefined);
  const body = new JavaScriptStatements(text).statements(childrenOf(tree.topNode));
  return { file, language, text, body, fragments: TreeFragment.addTree(tree) };
}

/** What is plain is read at once; the rest by the tolerant parser, a statement at a time. */
function pythonStatements(text: string): Stmt[] {
  return new PlainStatements(text).program((start, end) => {
    const part = text.slice(start, end);
    const body = new PythonStatements(part).statements(childrenOf(pythonParser.parse(part).topNode));
    move(body, start);
    return body;
  });
}

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
function javascriptTree(text: string, previous: SourceDocument | undefined): Tree {
  if (!previous || previous.fragments.length === 0) return typescriptParser.parse(text);
  const fragments = TreeFragment.applyChanges(previous.fragments, [changeBetween(previous.text, text)]);
  const tree = typescriptParser.parse(text, fragments);
  return hasErrors(tree) ? typescriptParser.parse(text) : tree;
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

/**
 * A source text with its tree. An edit re-parses only what it touched (Lezer's fragments); the lowered program is
 * made anew, which is cheap. Broken code has a tree too. No disk: text comes in, a program goes out.
 */
import { type ChangedRange, type Tree, TreeFragment } from '@lezer/common';
import { parser as javascriptParser } from '@lezer/javascript';
import { parser as pythonParser } from '@lezer/python';
import type { Comment, Language, Program } from './form';
import { JavaScriptStatements } from './javascriptStatements';
import { childrenOf } from './nodes';
import { PythonStatements } from './pythonStatements';

const typescriptParser = javascriptParser.configure({ dialect: 'ts' });

export interface SourceDocument {
  readonly file: string;
  readonly language: Language;
  readonly text: string;
  readonly tree: Tree;
  readonly fragments: readonly TreeFragment[];
}

/** Parses a text, re-using what a previous version of the same document already has. */
export function parseDocument(
  file: string,
  language: Language,
  text: string,
  previous?: SourceDocument,
): SourceDocument {
  const parser = language === 'python' ? pythonParser : typescriptParser;
  let fragments: readonly TreeFragment[] = [];
  if (previous && previous.language === language) {
    if (previous.text === text) return { ...previous, file };
    fragments = TreeFragment.applyChanges(previous.fragments, [changeBetween(previous.text, text)]);
  }
  const tree = parser.parse(text, fragments);
  return { file, language, text, tree, fragments: TreeFragment.addTree(tree, fragments) };
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

/** Lowers a parsed document to the common form. */
export function lowerDocument(document: SourceDocument): Program {
  const { file, language, text, tree } = document;
  const reader = language === 'python' ? new PythonStatements(text) : new JavaScriptStatements(text);
  return {
    file,
    language,
    body: reader.statements(childrenOf(tree.topNode)),
    comments: commentsOf(text),
  };
}

function commentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  for (const match of text.matchAll(/(?:#|\/\/)[ \t]*skiplens:[ \t]*(.*)/g)) {
    const start = match.index ?? 0;
    comments.push({ text: match[1].trim(), start, end: start + match[0].length });
  }
  return comments;
}

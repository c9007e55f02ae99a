/** What both lowerings share: walking Lezer's nodes, depth that cannot exhaust the stack, string escapes. */
import type { SyntaxNode } from '@lezer/common';
import type { BinaryOperator, CompareOperator, Expr, Span, Stmt } from './form';

/** Deeper nesting than this is read as `bad`: no network is written so, and recursion stays bounded. */
export const DEEPEST = 400;

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const list: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!SKIPPED.has(child.name)) list.push(child);
  }
  return list;
}

const SKIPPED = new Set(['Comment', 'LineComment', 'BlockComment', '⚠']);

export function spanOf(node: { from: number; to: number }): Span {
  return { start: node.from, end: node.to };
}

/** Where a compound statement ends: with the last statement of its bodies, or at `otherwise` where all are empty. */
export function endOf(otherwise: number, ...bodies: readonly (readonly Stmt[])[]): number {
  let end = otherwise;
  for (const body of bodies) if (body.length > 0) end = Math.max(end, body[body.length - 1].end);
  return end;
}

/** Annotations that make no field of a data class. */
export function isNoField(annotation: string): boolean {
  return /\b(?:ClassVar|KW_ONLY)\b/.test(annotation);
}

export function bad(node: { from: number; to: number }): Expr {
  return { kind: 'bad', start: node.from, end: node.to };
}

/** Splits children at commas. */
export function splitAtCommas(nodes: readonly SyntaxNode[]): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [[]];
  for (const node of nodes) {
    if (node.name === ',') groups.push([]);
    else groups[groups.length - 1].push(node);
  }
  return groups;
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', f: '\f', v: '\v' };

export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n|.)/g,
    (_, letters: string) => {
      if (letters[0] === 'u' || letters[0] === 'x') {
        const code = Number.parseInt(letters.replace(/[ux{}]/g, ''), 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : '';
      }
      if (letters.endsWith('\n')) return '';
      return ESCAPES[letters] ?? letters;
    },
  );
}

export function parseNumber(text: string): { value: number; isFloat: boolean } | undefined {
  const plain = text.replace(/_/g, '').replace(/[nlL]$/, '');
  if (/[jJ]$/.test(plain)) return undefined;
  const value = Number(plain);
  if (!Number.isFinite(value)) return undefined;
  const isFloat = !/^0[xXoObB]/.test(plain) && /[.eE]/.test(plain);
  return { value, isFloat };
}

export function isNotCloser(node: SyntaxNode): boolean {
  return node.name !== ')' && node.name !== ']' && node.name !== '}';
}

const COMPARES = new Set(['<', '<=', '>', '>=', '==', '!=', 'in', 'not in', 'is', 'is not']);

const BINARIES = new Set(['+', '-', '*', '/', '//', '%', '**', '@', '<<', '>>', '&', '|', '^']);

export function isCompare(operator: string): operator is CompareOperator {
  return COMPARES.has(operator);
}

export function isBinary(operator: string): operator is BinaryOperator {
  return BINARIES.has(operator);
}

/** The value of a literal with its prefix and quotes; escapes are read unless it is raw. */
export function pythonString(source: string): string {
  const match = /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)$/.exec(source);
  if (!match) return source;
  const [, prefix, quote, rest] = match;
  const body = rest.endsWith(quote) ? rest.slice(0, -quote.length) : rest;
  return /[rR]/.test(prefix) ? body : unescaped(body);
}

/** What Lezer's kinds of comprehension make. */
export const COMPREHENSIONS: Readonly<Record<string, 'list' | 'set' | 'dict' | 'generator'>> = {
  ArrayComprehensionExpression: 'list',
  SetComprehensionExpression: 'set',
  DictionaryComprehensionExpression: 'dict',
  ComprehensionExpression: 'generator',
};

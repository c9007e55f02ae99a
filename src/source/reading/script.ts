/**
 * The statements at the top of a script in JavaScript or TypeScript, each lowered by itself, and taken from the version
 * before where the same text stands at the same node. A node without errors is what its text says it is; one with
 * errors depends on what surrounds it, and is read anew.
 */
import type { SyntaxNode, Tree } from '@lezer/common';
import type { SourceDocument } from './document';
import type { Stmt } from './form';
import { JavaScriptStatements } from './javascriptStatements';
import { childrenOf } from './nodes';
import type { Head } from './positions';
import { apart, changeBetween, headAt } from './reuse';

type Read = Pick<SourceDocument, 'body' | 'heads' | 'largest' | 'lineage'>;

export function scriptStatements(text: string, tree: Tree, previous: SourceDocument | undefined): Read {
  const reader = new JavaScriptStatements(text);
  const errors = errorsIn(tree);
  const body: Stmt[] = [];
  const heads: Head[] = [];
  const kept = new Set<Head>();
  const change = previous && changeBetween(previous.text, text);
  /** What the node was before, if no edit touched it or what stands right beside it. */
  const known = ({ from, to, name }: SyntaxNode): Head | undefined => {
    if (!previous || !change || (to >= change.fromB && from <= change.toB)) return undefined;
    const by = to < change.fromB ? 0 : change.toB - change.toA;
    const at = headAt(previous.heads, from - by);
    if (at < 0 || previous.heads[at].node !== `${name} ${to - from}`) return undefined;
    const head = previous.heads[at];
    const end = at + 1 < previous.heads.length ? previous.heads[at + 1].first : previous.body.length;
    const taken = { ...head, first: body.length, shift: head.shift + by };
    body.push(...previous.body.slice(head.first, end));
    return taken;
  };
  let next = 0;
  for (const node of childrenOf(tree.topNode)) {
    while (next < errors.length && errors[next] < node.from) next++;
    const isSound = !(errors[next] <= node.to);
    const found = isSound ? known(node) : undefined;
    if (found) {
      heads.push(found);
      kept.add(found);
      continue;
    }
    const name = isSound ? `${node.name} ${node.to - node.from}` : '';
    heads.push({
      first: body.length,
      start: node.from,
      shift: 0,
      isPlain: isSound,
      failures: 0,
      node: name,
    });
    body.push(...reader.statements([node]));
  }
  if (!previous) return { body, heads, largest: text.length, lineage: {} };
  const { lineage, largest } = previous;
  return { body, lineage, ...apart(body, heads, kept, text.length, largest) };
}

/** Where the tree has errors, in order. */
function errorsIn(tree: Tree): number[] {
  const errors: number[] = [];
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(from);
    },
  });
  return errors;
}

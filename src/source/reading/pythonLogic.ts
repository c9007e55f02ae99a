/** `not`, `and` and `or` with Python's precedence, which Lezer's grammar does not have. */
import type { SyntaxNode } from '@lezer/common';
import type { Expr } from './form';
import { bad, childrenOf, DEEPEST } from './nodes';

/**
 * The grammar reads `not a and b` as `not (a and b)`, and `a and not b or c` likewise; Python's `not` binds tighter
 * than `and`, and that tighter than `or`. What stands without brackets is laid out flat and grouped anew.
 */
export function logic(node: SyntaxNode, expression: (part: SyntaxNode) => Expr): Expr {
  const flat: SyntaxNode[] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const children = isLogic(next) ? childrenOf(next) : [];
    if (children.length > 1) waiting.push(...children.reverse());
    else flat.push(next);
    if (flat.length > DEEPEST) return bad(node);
  }
  let at = 0;
  const last = () => flat[at - 1]?.to ?? node.to;
  const not = (): Expr => {
    const first = flat[at++];
    if (!first) return bad(node);
    if (first.name !== 'not') return expression(first);
    return { kind: 'unary', operator: 'not', operand: not(), start: first.from, end: last() };
  };
  const chain = (operator: 'or' | 'and', next: () => Expr): Expr => {
    const start = flat[at]?.from ?? node.to;
    let left = next();
    while (flat[at]?.name === operator) {
      at++;
      const right = next();
      left = { kind: 'logical', operator, left, right, start, end: last() };
    }
    return left;
  };
  return chain('or', () => chain('and', not));
}

function isLogic(node: SyntaxNode): boolean {
  if (node.name === 'UnaryExpression') return node.firstChild?.name === 'not';
  if (node.name !== 'BinaryExpression') return false;
  const operator = childrenOf(node)[1]?.name;
  return operator === 'and' || operator === 'or';
}

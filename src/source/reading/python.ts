/**
 * Python expressions, from Lezer's tree to the common form. Tolerant: a node that the grammar could not complete
 * gives `bad`, its neighbours are read as usual. Types and `print`-era syntax are left out.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Argument, Clause, DictEntry, Expr, FunctionForm, Param } from './form';
import {
  bad,
  COMPREHENSIONS,
  childrenOf,
  DEEPEST,
  isBinary,
  isCompare,
  isNotCloser,
  parseNumber,
  pythonString,
  spanOf,
  splitAtCommas,
  unescaped,
} from './nodes';
import { logic } from './pythonLogic';

/** What a lambda is not. */
const UNADORNED = { decorators: [], isGenerator: false, isProperty: false, isStatic: false };

export class PythonExpressions {
  private depth = 0;

  constructor(protected readonly text: string) {}

  protected of(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  expression(node: SyntaxNode): Expr {
    if (++this.depth > DEEPEST) {
      this.depth--;
      return bad(node);
    }
    try {
      return this.read(node);
    } finally {
      this.depth--;
    }
  }

  private read(node: SyntaxNode): Expr {
    const span = spanOf(node);
    switch (node.name) {
      case 'Number': {
        const number = parseNumber(this.of(node));
        return number ? { kind: 'number', ...number, ...span } : bad(node);
      }
      case 'String':
        return { kind: 'string', value: pythonString(this.of(node)), ...span };
      case 'ContinuedString': {
        const parts = childrenOf(node).map((child) => this.expression(child));
        if (parts.every((part) => part.kind === 'string'))
          return { kind: 'string', value: parts.map((part) => part.value).join(''), ...span };
        return {
          kind: 'format',
          parts: parts.map((part) => (part.kind === 'string' ? part.value : part)),
          ...span,
        };
      }
      case 'FormatString':
        return this.formatString(node);
      case 'Boolean':
        return { kind: 'boolean', value: this.of(node) === 'True', ...span };
      case 'None':
      case 'Ellipsis':
        return { kind: node.name === 'None' ? 'none' : 'ellipsis', ...span };
      case 'VariableName':
        return { kind: 'name', name: this.of(node), ...span };
      case 'ParenthesizedExpression': {
        const inner = childrenOf(node).find((child) => child.name !== '(' && child.name !== ')');
        return inner ? this.expression(inner) : bad(node);
      }
      case 'TupleExpression':
      case 'ArrayExpression':
      case 'SetExpression':
        return {
          kind: node.name === 'TupleExpression' ? 'tuple' : node.name === 'ArrayExpression' ? 'list' : 'set',
          items: this.items(childrenOf(node).slice(1).filter(isNotCloser)),
          ...span,
        };
      case 'DictionaryExpression':
        return { kind: 'dict', entries: this.entries(node), ...span };
      case 'ArrayComprehensionExpression':
      case 'SetComprehensionExpression':
      case 'ComprehensionExpression':
      case 'DictionaryComprehensionExpression':
        return this.comprehension(
          childrenOf(node).slice(1).filter(isNotCloser),
          COMPREHENSIONS[node.name],
          node,
        );
      case 'MemberExpression':
        return this.member(node);
      case 'CallExpression': {
        const [callee, list] = childrenOf(node);
        if (!callee || !list) return bad(node);
        return {
          kind: 'call',
          callee: this.expression(callee),
          args: this.args(list),
          isNew: false,
          ...span,
        };
      }
      case 'BinaryExpression':
        return this.binary(node);
      case 'UnaryExpression': {
        const [operator, operand] = childrenOf(node);
        if (!operator || !operand) return bad(node);
        const sign = this.of(operator);
        if (sign !== '-' && sign !== '+' && sign !== 'not' && sign !== '~') return bad(node);
        return sign === 'not'
          ? logic(node, (part) => this.expression(part))
          : { kind: 'unary', operator: sign, operand: this.expression(operand), ...span };
      }
      case 'ConditionalExpression': {
        const parts = childrenOf(node).filter((child) => child.name !== 'if' && child.name !== 'else');
        if (parts.length !== 3) return bad(node);
        const [whenTrue, test, whenFalse] = parts.map((part) => this.expression(part));
        return { kind: 'conditional', test, whenTrue, whenFalse, ...span };
      }
      case 'LambdaExpression':
        return { kind: 'lambda', function: this.lambda(node), ...span };
      case 'NamedExpression': {
        const [target, , value] = childrenOf(node);
        if (!target || !value) return bad(node);
        return {
          kind: 'assignment',
          target: this.expression(target),
          value: this.expression(value),
          ...span,
        };
      }
      case 'AwaitExpression': {
        const inner = childrenOf(node)[1];
        return inner ? this.expression(inner) : bad(node);
      }
      case 'YieldExpression':
        return this.yielded(node);
      default:
        return bad(node);
    }
  }

  protected yielded(node: SyntaxNode): Expr {
    const rest = childrenOf(node).filter((child) => child.name !== 'yield' && !child.type.isError);
    const isDelegate = rest[0]?.name === 'from';
    const value = this.listed(isDelegate ? rest.slice(1) : rest);
    return { kind: 'yield', value, isDelegate, ...spanOf(node) };
  }

  /** One expression, or a bare tuple where commas stand between several. */
  listed(nodes: readonly SyntaxNode[]): Expr | undefined {
    if (nodes.length === 0) return undefined;
    const isTuple = nodes.some((node) => node.name === ',');
    const items = this.items(nodes);
    if (!isTuple && items.length === 1) return items[0];
    return { kind: 'tuple', items, start: nodes[0].from, end: nodes[nodes.length - 1].to };
  }

  items(nodes: readonly SyntaxNode[]): Expr[] {
    const list: Expr[] = [];
    for (const group of splitAtCommas(nodes)) {
      if (group.length === 0) continue;
      if (group[0].name === '*' && group[1])
        list.push({
          kind: 'starred',
          value: this.expression(group[1]),
          start: group[0].from,
          end: group[1].to,
        });
      else list.push(this.expression(group[0]));
    }
    return list;
  }

  args(list: SyntaxNode): Argument[] {
    const inner = childrenOf(list).filter((child) => child.name !== '(' && child.name !== ')');
    if (inner.some((child) => child.name === 'for')) {
      const value = this.comprehension(inner, 'generator', list);
      return [{ type: 'positional', value, start: value.start, end: value.end }];
    }
    const args: Argument[] = [];
    for (const group of splitAtCommas(inner)) {
      if (group.length === 0) continue;
      const span = { start: group[0].from, end: group[group.length - 1].to };
      if (group[0].name === '*' && group[1])
        args.push({ type: 'star', value: this.expression(group[1]), ...span });
      else if (group[0].name === '**' && group[1])
        args.push({ type: 'doubleStar', value: this.expression(group[1]), ...span });
      else if (group[1]?.name === 'AssignOp')
        args.push({
          type: 'keyword',
          name: this.of(group[0]),
          value: group[2] ? this.expression(group[2]) : bad(group[1]),
          ...span,
        });
      else args.push({ type: 'positional', value: this.expression(group[0]), ...span });
    }
    return args;
  }

  params(list: SyntaxNode): Param[] {
    const params: Param[] = [];
    let keywordOnly = false;
    const nodes = childrenOf(list).filter(
      (child) => child.name !== '(' && child.name !== ')' && child.name !== '/',
    );
    for (const group of splitAtCommas(nodes)) {
      if (group.length === 0) continue;
      const span = { start: group[0].from, end: group[group.length - 1].to };
      if (group[0].name === '*' || group[0].name === '**') {
        if (group[0].name === '*') keywordOnly = true;
        if (group[1])
          params.push({
            name: this.of(group[1]),
            type: group[0].name === '*' ? 'star' : 'doubleStar',
            ...span,
          });
        continue;
      }
      if (group[0].name !== 'VariableName') continue;
      const assign = group.findIndex((node) => node.name === 'AssignOp');
      params.push({
        name: this.of(group[0]),
        type: keywordOnly ? 'keywordOnly' : 'plain',
        default: assign >= 0 && group[assign + 1] ? this.expression(group[assign + 1]) : undefined,
        ...span,
      });
    }
    return params;
  }

  private lambda(node: SyntaxNode): FunctionForm {
    const children = childrenOf(node);
    const list = children.find((child) => child.name === 'ParamList');
    const body = children[children.length - 1];
    return {
      kind: 'function',
      name: '<lambda>',
      nameSpan: spanOf(node),
      params: list ? this.params(list) : [],
      body: body && body.name !== ':' ? this.expression(body) : bad(node),
      ...UNADORNED,
      ...spanOf(node),
    };
  }

  private member(node: SyntaxNode): Expr {
    const [object, punctuation, ...rest] = childrenOf(node);
    if (!object || !punctuation) return bad(node);
    if (punctuation.name === '.') {
      const name = rest[0];
      // The grammar reads the dot of `1.` as a member without a name.
      if (!name && object.name === 'Number') {
        const number = parseNumber(this.of(object));
        const span = { start: node.from, end: punctuation.to };
        return number ? { kind: 'number', value: number.value, isFloat: true, ...span } : bad(node);
      }
      return {
        kind: 'attribute',
        object: this.expression(object),
        name: name ? this.of(name) : '',
        nameSpan: spanOf(name ?? punctuation),
        ...spanOf(node),
      };
    }
    const inner = rest.filter((child) => child.name !== ']');
    const groups = splitAtCommas(inner).filter((group) => group.length > 0);
    const items = groups.map((group) => this.subscript(group));
    const isTuple = inner.some((child) => child.name === ',');
    const index: Expr =
      items.length === 1 && !isTuple
        ? items[0]
        : { kind: 'tuple', items, start: punctuation.from, end: node.to };
    return { kind: 'index', object: this.expression(object), index, ...spanOf(node) };
  }

  private subscript(group: readonly SyntaxNode[]): Expr {
    const span = { start: group[0].from, end: group[group.length - 1].to };
    if (!group.some((node) => node.name === ':')) {
      if (group[0].name === '*' && group[1])
        return { kind: 'starred', value: this.expression(group[1]), ...span };
      return this.expression(group[0]);
    }
    const parts: (Expr | undefined)[] = [undefined, undefined, undefined];
    let at = 0;
    for (const node of group) {
      if (node.name === ':') at++;
      else if (at < 3) parts[at] = this.expression(node);
    }
    return { kind: 'slice', lower: parts[0], upper: parts[1], step: parts[2], ...span };
  }

  private binary(node: SyntaxNode): Expr {
    const children = childrenOf(node);
    const left = children[0];
    const right = children[children.length - 1];
    if (children.length < 3) return bad(node);
    const operator = children
      .slice(1, -1)
      .map((child) => this.of(child))
      .join(' ');
    const span = spanOf(node);
    if (operator === 'and' || operator === 'or') return logic(node, (part) => this.expression(part));
    if (isCompare(operator)) {
      const first = this.expression(left);
      const last = { operator, value: this.expression(right) };
      // a < b < c arrives as (a < b) < c; parentheses would be a node of their own.
      if (left.name === 'BinaryExpression' && first.kind === 'compare')
        return { kind: 'compare', first: first.first, rest: [...first.rest, last], ...span };
      return { kind: 'compare', first, rest: [last], ...span };
    }
    if (!isBinary(operator)) return bad(node);
    return { kind: 'binary', operator, left: this.expression(left), right: this.expression(right), ...span };
  }

  private entries(node: SyntaxNode): DictEntry[] {
    const entries: DictEntry[] = [];
    for (const group of splitAtCommas(childrenOf(node).slice(1).filter(isNotCloser))) {
      if (group[0]?.name === '**' && group[1]) entries.push({ value: this.expression(group[1]) });
      else if (group[1]?.name === ':' && group[2])
        entries.push({ key: this.expression(group[0]), value: this.expression(group[2]) });
    }
    return entries;
  }

  private comprehension(
    nodes: readonly SyntaxNode[],
    type: 'list' | 'set' | 'dict' | 'generator',
    whole: SyntaxNode,
  ): Expr {
    const start = nodes.findIndex((node) => node.name === 'for' || node.name === 'async');
    if (start < 1) return bad(whole);
    const clauses: Clause[] = [];
    let rest = nodes.slice(start).filter((node) => node.name !== 'async');
    while (rest[0]?.name === 'for') {
      const inAt = rest.findIndex((node) => node.name === 'in');
      if (inAt < 0 || !rest[inAt + 1]) return bad(whole);
      const target = this.listed(rest.slice(1, inAt));
      const iterable = this.expression(rest[inAt + 1]);
      rest = rest.slice(inAt + 2);
      const conditions: Expr[] = [];
      while (rest[0]?.name === 'if' && rest[1]) {
        conditions.push(this.expression(rest[1]));
        rest = rest.slice(2);
      }
      if (!target) return bad(whole);
      clauses.push({ target, iterable, conditions });
    }
    const head = nodes.slice(0, start);
    if (type === 'dict') {
      if (!head[2]) return bad(whole);
      const element = this.expression(head[0]);
      return {
        kind: 'comprehension',
        type,
        element,
        value: this.expression(head[2]),
        clauses,
        ...spanOf(whole),
      };
    }
    return { kind: 'comprehension', type, element: this.expression(head[0]), clauses, ...spanOf(whole) };
  }

  private formatString(node: SyntaxNode): Expr {
    const source = this.of(node);
    const opening = /^[a-zA-Z]*("""|'''|"|')/.exec(source);
    const quote = opening?.[1] ?? '"';
    let at = node.from + (opening?.[0].length ?? 0);
    const parts: (string | Expr)[] = [];
    const plain = (to: number) => {
      if (to > at) parts.push(unescaped(this.text.slice(at, to).replace(/\{\{/g, '{').replace(/\}\}/g, '}')));
    };
    for (const child of childrenOf(node)) {
      if (child.name !== 'FormatReplacement') continue;
      plain(child.from);
      const inner = childrenOf(child);
      const hasSpec = inner.some((part) => part.name === 'FormatSpec');
      const value = inner.find((part) => part.name !== '{');
      const expression = value && value.name !== '}' ? this.expression(value) : bad(child);
      // A number written with a format spec is text we do not compute.
      parts.push(hasSpec ? bad(child) : expression);
      at = child.to;
    }
    plain(source.endsWith(quote) ? node.to - quote.length : node.to);
    return { kind: 'format', parts, ...spanOf(node) };
  }
}

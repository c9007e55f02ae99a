/**
 * JavaScript and TypeScript expressions, from Lezer's tree to the common form. `this` becomes the first parameter
 * of a method, object literals become dicts, `constructor` becomes `__init__`; types are dropped.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Argument, BinaryOperator, CompareOperator, DictEntry, Expr, FunctionForm, Stmt } from './form';
import {
  bad,
  childrenOf,
  DEEPEST,
  isNotCloser,
  parseNumber,
  spanOf,
  splitAtCommas,
  unescaped,
} from './nodes';

export abstract class JavaScriptExpressions {
  private depth = 0;

  constructor(protected readonly text: string) {}

  protected abstract blockBody(node: SyntaxNode): Stmt[];
  protected abstract classExpression(node: SyntaxNode): Expr;
  protected abstract functionForm(node: SyntaxNode, isMethod: boolean): FunctionForm;
  protected abstract properties(node: SyntaxNode): DictEntry[];
  protected abstract patternProperties(node: SyntaxNode): DictEntry[];
  protected abstract patternItems(node: SyntaxNode): Expr[];

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
        return { kind: 'string', value: unescaped(this.of(node).slice(1, -1)), ...span };
      case 'TemplateString':
        return this.template(node);
      case 'BooleanLiteral':
        return { kind: 'boolean', value: this.of(node) === 'true', ...span };
      case 'null':
        return { kind: 'none', ...span };
      case 'this':
        return { kind: 'name', name: 'this', ...span };
      case 'super':
        return {
          kind: 'call',
          callee: { kind: 'name', name: 'super', ...span },
          args: [],
          isNew: false,
          ...span,
        };
      case 'VariableName':
      case 'VariableDefinition': {
        const name = this.of(node);
        return name === 'undefined' ? { kind: 'none', ...span } : { kind: 'name', name, ...span };
      }
      case 'ParenthesizedExpression': {
        const inner = childrenOf(node).find((child) => child.name !== '(' && child.name !== ')');
        return inner ? this.expression(inner) : bad(node);
      }
      case 'SequenceExpression':
        return {
          kind: 'sequence',
          items: childrenOf(node)
            .filter((child) => child.name !== ',')
            .map((child) => this.expression(child)),
          ...span,
        };
      case 'ArrayExpression':
        return { kind: 'list', items: this.items(childrenOf(node).slice(1)), ...span };
      case 'ArrayPattern':
        return { kind: 'list', items: this.patternItems(node), ...span };
      case 'ObjectExpression':
        return { kind: 'dict', entries: this.properties(node), ...span };
      case 'ObjectPattern':
        return { kind: 'dict', entries: this.patternProperties(node), ...span };
      case 'MemberExpression':
        return this.member(node);
      case 'CallExpression': {
        const children = childrenOf(node);
        const callee = children[0];
        const list = children.find((child) => child.name === 'ArgList');
        if (!callee || !list) return bad(node);
        if (callee.name === 'super') {
          const init: Expr = {
            kind: 'attribute',
            object: this.expression(callee),
            name: '__init__',
            nameSpan: spanOf(callee),
            ...spanOf(callee),
          };
          return { kind: 'call', callee: init, args: this.args(list), isNew: false, ...span };
        }
        return {
          kind: 'call',
          callee: this.expression(callee),
          args: this.args(list),
          isNew: false,
          ...span,
        };
      }
      case 'NewExpression': {
        const children = childrenOf(node);
        const list = children.find((child) => child.name === 'ArgList');
        if (!children[1]) return bad(node);
        return {
          kind: 'call',
          callee: this.expression(children[1]),
          args: list ? this.args(list) : [],
          isNew: true,
          ...span,
        };
      }
      case 'InstantiationExpression':
      case 'AwaitExpression': {
        const inner = childrenOf(node).find((child) => child.name !== 'await');
        return inner ? this.expression(inner) : bad(node);
      }
      case 'BinaryExpression':
        return this.binary(node);
      case 'UnaryExpression':
        return this.unary(node);
      case 'PostfixExpression': {
        const [operand, operator] = childrenOf(node);
        if (!operand || !operator) return bad(node);
        return this.of(operator) === '!'
          ? this.expression(operand)
          : this.step(node, operand, this.of(operator));
      }
      case 'ConditionalExpression': {
        const parts = childrenOf(node).filter((child) => child.name !== 'LogicOp');
        if (parts.length !== 3) return bad(node);
        const [test, whenTrue, whenFalse] = parts.map((part) => this.expression(part));
        return { kind: 'conditional', test, whenTrue, whenFalse, ...span };
      }
      case 'AssignmentExpression':
        return this.assignment(node);
      case 'ArrowFunction':
      case 'FunctionExpression':
        return { kind: 'lambda', function: this.functionForm(node, false), ...span };
      case 'ClassExpression':
        return this.classExpression(node);
      case 'TypeAssertionExpression':
      case 'TypeAssertion': {
        const children = childrenOf(node);
        return children.length > 0 ? this.expression(children[children.length - 1]) : bad(node);
      }
      case 'YieldExpression': {
        const inner = childrenOf(node)[1];
        return {
          kind: 'yield',
          value: inner ? this.expression(inner) : undefined,
          isDelegate: false,
          ...span,
        };
      }
      default:
        return bad(node);
    }
  }

  private items(nodes: readonly SyntaxNode[]): Expr[] {
    const list: Expr[] = [];
    for (const group of splitAtCommas(nodes.filter(isNotCloser))) {
      if (group.length === 0) continue;
      if (group[0].name === 'Spread' && group[1])
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
    return splitAtCommas(inner)
      .filter((group) => group.length > 0)
      .map((group) => {
        const span = { start: group[0].from, end: group[group.length - 1].to };
        return group[0].name === 'Spread' && group[1]
          ? { type: 'star' as const, value: this.expression(group[1]), ...span }
          : { type: 'positional' as const, value: this.expression(group[0]), ...span };
      });
  }

  private member(node: SyntaxNode): Expr {
    const [object, punctuation, key] = childrenOf(node);
    if (!object || !punctuation) return bad(node);
    const owner = this.expression(object);
    if (punctuation.name === '[') {
      if (!key || key.name === ']') return bad(node);
      return { kind: 'index', object: owner, index: this.expression(key), ...spanOf(node) };
    }
    return {
      kind: 'attribute',
      object: owner,
      name: key ? this.of(key) : '',
      nameSpan: spanOf(key ?? punctuation),
      ...spanOf(node),
    };
  }

  private template(node: SyntaxNode): Expr {
    const parts: (string | Expr)[] = [];
    let at = node.from + 1;
    for (const child of childrenOf(node)) {
      if (child.name !== 'Interpolation') continue;
      if (child.from > at) parts.push(unescaped(this.text.slice(at, child.from)));
      const inner = childrenOf(child).find((part) => !part.name.startsWith('Interpolation'));
      parts.push(inner ? this.expression(inner) : bad(child));
      at = child.to;
    }
    if (node.to - 1 > at) parts.push(unescaped(this.text.slice(at, node.to - 1)));
    return { kind: 'format', parts, ...spanOf(node) };
  }

  private unary(node: SyntaxNode): Expr {
    const [operator, operand] = childrenOf(node);
    if (!operator || !operand) return bad(node);
    const sign = this.of(operator);
    const span = spanOf(node);
    if (sign === '++' || sign === '--') return this.step(node, operand, sign);
    const value = this.expression(operand);
    if (sign === '!') return { kind: 'unary', operator: 'not', operand: value, ...span };
    if (sign === '-' || sign === '+' || sign === '~')
      return { kind: 'unary', operator: sign, operand: value, ...span };
    if (sign === 'typeof') {
      const callee: Expr = { kind: 'name', name: 'typeof', ...spanOf(operator) };
      return {
        kind: 'call',
        callee,
        args: [{ type: 'positional', value, ...spanOf(operand) }],
        isNew: false,
        ...span,
      };
    }
    return { kind: 'none', ...span };
  }

  private step(node: SyntaxNode, operand: SyntaxNode, sign: string): Expr {
    return {
      kind: 'assignment',
      target: this.expression(operand),
      value: { kind: 'number', value: 1, isFloat: false, ...spanOf(operand) },
      operator: sign === '++' ? '+' : '-',
      ...spanOf(node),
    };
  }

  private binary(node: SyntaxNode): Expr {
    const [left, operator, right] = childrenOf(node);
    if (!left || !operator || !right) return bad(node);
    const sign = this.of(operator);
    const span = spanOf(node);
    if (sign === 'as' || sign === 'satisfies') return this.expression(left);
    const l = this.expression(left);
    const r = this.expression(right);
    const logical = ({ '&&': 'and', '||': 'or', '??': '??' } as const)[sign];
    if (logical) return { kind: 'logical', operator: logical, left: l, right: r, ...span };
    const compare = COMPARES[sign];
    if (compare) return { kind: 'compare', first: l, rest: [{ operator: compare, value: r }], ...span };
    const arithmetic = ARITHMETIC[sign];
    if (arithmetic) return { kind: 'binary', operator: arithmetic, left: l, right: r, ...span };
    return bad(node);
  }

  private assignment(node: SyntaxNode): Expr {
    const [target, operator, value] = childrenOf(node);
    if (!target || !operator || !value) return bad(node);
    const sign = this.of(operator).slice(0, -1);
    const result = { target: this.expression(target), value: this.expression(value), ...spanOf(node) };
    if (sign === '') return { kind: 'assignment', ...result };
    const arithmetic = ARITHMETIC[sign];
    return arithmetic ? { kind: 'assignment', operator: arithmetic, ...result } : bad(node);
  }
}

const COMPARES: Readonly<Record<string, CompareOperator | undefined>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '==': '==',
  '===': '==',
  '!=': '!=',
  '!==': '!=',
  in: 'in',
};

const ARITHMETIC: Readonly<Record<string, BinaryOperator | undefined>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': '%',
  '**': '**',
  '<<': '<<',
  '>>': '>>',
  '>>>': '>>',
  '&': '&',
  '|': '|',
  '^': '^',
};

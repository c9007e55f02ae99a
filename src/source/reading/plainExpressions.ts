/** Expressions of well-formed Python, by descent, to the very form that the reader of Lezer's tree makes of them. */
import type { Argument, BinaryOperator, CompareOperator, Expr, FunctionForm, Param, Span } from './form';
import { KEYWORDS, PlainDisplays } from './plainDisplays';
import { NAME, NUMBER, SIGN, STRING } from './plainTokens';

const LEVELS: Readonly<Record<string, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
  '@': 6,
};

const COMPARES: Readonly<Record<string, CompareOperator>> = {
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  '==': '==',
  '!=': '!=',
};

export class PlainExpressions extends PlainDisplays {
  protected test(): Expr {
    if (this.isWord('lambda')) return { kind: 'lambda', ...this.lambda() };
    const { start } = this;
    const whenTrue = this.or();
    if (!this.isWord('if')) return whenTrue;
    this.next();
    const test = this.or();
    this.expectWord('else');
    this.deeper();
    const whenFalse = this.test();
    this.shallower();
    return { kind: 'conditional', test, whenTrue, whenFalse, start, end: this.last };
  }

  protected named(): Expr {
    const { start } = this;
    const target = this.test();
    if (!this.is(':=')) return target;
    this.next();
    const value = this.test();
    return { kind: 'assignment', target, value, start, end: this.last };
  }

  protected or(): Expr {
    const { start } = this;
    let left = this.and();
    while (this.isWord('or')) {
      this.next();
      const right = this.and();
      left = { kind: 'logical', operator: 'or', left, right, start, end: this.last };
    }
    return left;
  }

  private and(): Expr {
    const { start } = this;
    let left = this.not();
    while (this.isWord('and')) {
      this.next();
      const right = this.not();
      left = { kind: 'logical', operator: 'and', left, right, start, end: this.last };
    }
    return left;
  }

  private not(): Expr {
    if (!this.isWord('not')) return this.compare();
    const { start } = this;
    this.next();
    this.deeper();
    const operand = this.not();
    this.shallower();
    return { kind: 'unary', operator: 'not', operand, start, end: this.last };
  }

  private compare(): Expr {
    const { start } = this;
    const first = this.binary(1);
    let operator = this.compareOperator();
    if (!operator) return first;
    const rest: { operator: CompareOperator; value: Expr }[] = [];
    while (operator) {
      rest.push({ operator, value: this.binary(1) });
      operator = this.compareOperator();
    }
    return { kind: 'compare', first, rest, start, end: this.last };
  }

  private compareOperator(): CompareOperator | undefined {
    if (this.kind === SIGN) {
      const found = COMPARES[this.value];
      if (found) this.next();
      return found;
    }
    if (this.kind !== NAME) return undefined;
    if (this.value === 'in') {
      this.next();
      return 'in';
    }
    if (this.value === 'not') {
      this.next();
      this.expectWord('in');
      return 'not in';
    }
    if (this.value !== 'is') return undefined;
    this.next();
    if (!this.isWord('not')) return 'is';
    this.next();
    return 'is not';
  }

  /** What the grammar calls an expression: all but comparisons and logic. */
  protected binary(level: number): Expr {
    const { start } = this;
    let left = this.unary();
    while (this.kind === SIGN) {
      const own = LEVELS[this.value];
      if (own === undefined || own < level) break;
      const operator = this.value as BinaryOperator;
      this.next();
      const right = this.binary(own + 1);
      left = { kind: 'binary', operator, left, right, start, end: this.last };
    }
    return left;
  }

  private unary(): Expr {
    if (this.kind === SIGN && (this.value === '-' || this.value === '+' || this.value === '~')) {
      const { start } = this;
      const operator = this.value;
      this.next();
      this.deeper();
      const operand = this.unary();
      this.shallower();
      return { kind: 'unary', operator, operand, start, end: this.last };
    }
    const { start } = this;
    const base = this.trailed();
    if (!this.is('**')) return base;
    this.next();
    this.deeper();
    const right = this.unary();
    this.shallower();
    return { kind: 'binary', operator: '**', left: base, right, start, end: this.last };
  }

  /** A first part with its calls, members and subscripts. */
  private trailed(): Expr {
    const { start } = this;
    let object = this.atom();
    while (this.kind === SIGN) {
      if (this.value === '(') {
        const args = this.args();
        object = { kind: 'call', callee: object, args, isNew: false, start, end: this.last };
      } else if (this.value === '.') {
        this.next();
        if (!this.isName()) this.fail();
        const nameSpan = { start: this.start, end: this.end };
        const name = this.value;
        this.next();
        object = { kind: 'attribute', object, name, nameSpan, start, end: this.last };
      } else if (this.value === '[') {
        const index = this.subscripts();
        object = { kind: 'index', object, index, start, end: this.last };
      } else break;
    }
    return object;
  }

  private atom(): Expr {
    const { start, value } = this;
    switch (this.kind) {
      case NAME: {
        if (KEYWORDS.has(value) || value === 'lambda' || value === 'not') this.fail();
        this.next();
        const end = this.last;
        if (value === 'True' || value === 'False')
          return { kind: 'boolean', value: value === 'True', start, end };
        if (value === 'None') return { kind: 'none', start, end };
        return { kind: 'name', name: value, start, end };
      }
      case NUMBER:
        return this.number();
      case STRING:
        return this.strings();
      case SIGN:
        if (value === '(') return this.parenthesized();
        if (value === '[') return this.bracketed();
        if (value === '{') return this.braced();
        if (value === '...') {
          this.next();
          return { kind: 'ellipsis', start, end: this.last };
        }
    }
    return this.fail();
  }

  protected args(): Argument[] {
    const open = this.start;
    this.deeper();
    this.open();
    const args: Argument[] = [];
    while (!this.is(')')) {
      const { start } = this;
      if (this.is('*') || this.is('**')) {
        const type = this.value === '*' ? 'star' : 'doubleStar';
        this.next();
        const value = this.test();
        args.push({ type, value, start, end: this.last });
      } else {
        const value = this.test();
        if (this.is('=')) {
          if (value.kind !== 'name' || value.start !== start) this.fail();
          this.next();
          const given = this.test();
          args.push({ type: 'keyword', name: value.name, value: given, start, end: this.last });
        } else if (this.isWord('for')) {
          if (args.length > 0) this.fail();
          const clauses = this.clauses();
          this.close(')');
          this.shallower();
          const end = this.last;
          const all: Expr = {
            kind: 'comprehension',
            type: 'generator',
            element: value,
            clauses,
            start: open,
            end,
          };
          return [{ type: 'positional', value: all, start: open, end }];
        } else args.push({ type: 'positional', value, start, end: this.last });
      }
      if (!this.is(',')) break;
      this.next();
    }
    this.close(')');
    this.shallower();
    return args;
  }

  private subscripts(): Expr {
    const { start } = this;
    this.deeper();
    this.open();
    const items: Expr[] = [];
    let isTuple = false;
    while (!this.is(']')) {
      items.push(this.subscript());
      if (!this.is(',')) break;
      isTuple = true;
      this.next();
    }
    this.close(']');
    this.shallower();
    if (items.length === 0) this.fail();
    return isTuple ? { kind: 'tuple', items, start, end: this.last } : items[0];
  }

  private subscript(): Expr {
    const { start } = this;
    if (this.is('*')) return this.starred();
    const lower = this.is(':') ? undefined : this.test();
    if (lower && !this.is(':')) return lower;
    this.expect(':');
    const upper = this.endsSubscript() ? undefined : this.test();
    let step: Expr | undefined;
    if (this.is(':')) {
      this.next();
      step = this.endsSubscript() ? undefined : this.test();
    }
    return { kind: 'slice', lower, upper, step, start, end: this.last };
  }

  private endsSubscript(): boolean {
    return this.is(':') || this.is(',') || this.is(']');
  }

  private lambda(): { function: FunctionForm } & Span {
    const { start } = this;
    this.deeper();
    this.next();
    const params = this.params(':', false);
    this.expect(':');
    const body = this.test();
    this.shallower();
    const span = { start, end: this.last };
    return {
      function: {
        kind: 'function',
        name: '<lambda>',
        nameSpan: span,
        params,
        body,
        decorators: [],
        isGenerator: false,
        isProperty: false,
        isStatic: false,
        ...span,
      },
      ...span,
    };
  }

  /** Up to the sign that ends them, which stays. */
  protected params(closing: string, hasTypes: boolean): Param[] {
    const params: Param[] = [];
    let keywordOnly = false;
    while (!this.is(closing)) {
      const { start } = this;
      if (this.is('*') || this.is('**')) {
        const type = this.value === '*' ? 'star' : 'doubleStar';
        if (type === 'star') keywordOnly = true;
        this.next();
        if (this.kind === NAME) {
          const name = this.word();
          if (hasTypes) this.skipType();
          params.push({ name, type, start, end: this.last });
        }
      } else if (this.is('/')) this.next();
      else {
        const name = this.word();
        if (hasTypes) this.skipType();
        let value: Expr | undefined;
        if (this.is('=')) {
          this.next();
          value = this.test();
        }
        const type = keywordOnly ? 'keywordOnly' : 'plain';
        params.push({ name, type, default: value, start, end: this.last });
      }
      if (!this.is(',')) break;
      this.next();
    }
    return params;
  }

  private skipType(): void {
    if (!this.is(':')) return;
    this.next();
    this.test();
  }

  protected word(): string {
    const { value } = this;
    if (this.kind !== NAME || KEYWORDS.has(value) || value === 'lambda' || value === 'not') this.fail();
    this.next();
    return value;
  }
}

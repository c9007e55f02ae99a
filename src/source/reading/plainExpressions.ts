/** Expressions of well-formed Python, by descent, to the very form that the reader of Lezer's tree makes of them. */
import type {
  Argument,
  BinaryOperator,
  Clause,
  CompareOperator,
  DictEntry,
  Expr,
  FunctionForm,
  Param,
  Span,
} from './form';
import { parseNumber, unescaped } from './nodes';
import { NAME, NUMBER, PlainTokens, SIGN, STRING } from './plainTokens';

/** Names that no expression begins with. */
const KEYWORDS = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is nonlocal or pass raise return try while with yield'.split(
    ' ',
  ),
);

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

const OPENERS = '([{-+~*...';

export class PlainExpressions extends PlainTokens {
  protected test(): Expr {
    if (this.isWord('lambda')) return { kind: 'lambda', ...this.lambda() };
    const { start } = this;
    const whenTrue = this.or();
    if (!this.isWord('if')) return whenTrue;
    this.next();
    const test = this.or();
    this.expectWord('else');
    const whenFalse = this.test();
    return { kind: 'conditional', test, whenTrue, whenFalse, start, end: this.last };
  }

  private named(): Expr {
    const { start } = this;
    const target = this.test();
    if (!this.is(':=')) return target;
    this.next();
    const value = this.test();
    return { kind: 'assignment', target, value, start, end: this.last };
  }

  private or(): Expr {
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

  private number(): Expr {
    const { start, end, text } = this;
    const number = parseNumber(this.value);
    if (!number) return this.fail();
    // `1.` is a number; what may follow its dot otherwise is not plain.
    if (text.charCodeAt(end) === 46 && number.isFloat) this.fail();
    this.next();
    if (this.is('.') && this.start === end) {
      if (/[\w.]/.test(text[this.end] ?? '')) this.fail();
      this.next();
      return { kind: 'number', value: number.value, isFloat: true, start, end: this.last };
    }
    return { kind: 'number', ...number, start, end };
  }

  private strings(): Expr {
    const { start } = this;
    const first = this.literal();
    if (this.kind !== STRING) return first;
    const parts: (Expr & { kind: 'string' | 'format' })[] = [first];
    while (this.kind === STRING) parts.push(this.literal());
    const end = this.last;
    if (parts.every((part) => part.kind === 'string'))
      return { kind: 'string', value: parts.map((part) => part.value).join(''), start, end };
    return {
      kind: 'format',
      parts: parts.map((part) => (part.kind === 'string' ? part.value : part)),
      start,
      end,
    };
  }

  private literal(): Expr & { kind: 'string' | 'format' } {
    const { start, end, text, value: quote } = this;
    const quoteAt = text.indexOf(quote, start);
    const prefix = text.slice(start, quoteAt).toLowerCase();
    const long = text.startsWith(quote + quote + quote, quoteAt) ? 3 : 1;
    const from = quoteAt + long;
    const to = end - long;
    if (prefix.includes('f')) {
      const parts = this.formatParts(from, to);
      this.next();
      return { kind: 'format', parts, start, end };
    }
    const body = text.slice(from, to);
    this.next();
    return { kind: 'string', value: prefix.includes('r') ? body : unescaped(body), start, end };
  }

  private formatParts(from: number, to: number): (string | Expr)[] {
    const { text } = this;
    const parts: (string | Expr)[] = [];
    let at = from;
    const plain = (until: number) => {
      if (until > at)
        parts.push(unescaped(text.slice(at, until).replace(/\{\{/g, '{').replace(/\}\}/g, '}')));
    };
    for (let i = from; i < to; i++) {
      const code = text.charCodeAt(i);
      if (code === 92 && text[++i] === 'N') this.fail();
      if (code !== 123) continue;
      if (text.charCodeAt(i + 1) === 123) {
        i++;
        continue;
      }
      plain(i);
      const [value, end] = this.within(i + 1, to, () => this.replacement(i, to));
      parts.push(value);
      at = end;
      i = end - 1;
    }
    plain(to);
    return parts;
  }

  /** What stands between the braces, and where they close. */
  private replacement(start: number, to: number): [Expr, number] {
    const value = this.test();
    if (this.is('!')) {
      this.next();
      if (!/^[sra]$/.test(this.value)) this.fail();
      this.next();
    }
    if (this.is('}')) return [value, this.end];
    if (!this.is(':')) this.fail();
    const close = this.text.indexOf('}', this.end);
    if (close < 0 || close >= to || this.text.slice(this.end, close).includes('{')) this.fail();
    // A number written with a format is text that we do not compute.
    return [{ kind: 'bad', start, end: close + 1 }, close + 1];
  }

  private parenthesized(): Expr {
    const { start } = this;
    this.deeper();
    this.open();
    const items: Expr[] = [];
    let isTuple = this.is(')');
    while (!this.is(')')) {
      const item = this.is('*') ? this.starred() : this.named();
      if (items.length === 0 && this.isWord('for')) {
        const clauses = this.clauses();
        this.close(')');
        this.shallower();
        return { kind: 'comprehension', type: 'generator', element: item, clauses, start, end: this.last };
      }
      items.push(item);
      if (!this.is(',')) break;
      isTuple = true;
      this.next();
    }
    this.close(')');
    this.shallower();
    if (isTuple) return { kind: 'tuple', items, start, end: this.last };
    return items[0].kind === 'starred' ? this.fail() : items[0];
  }

  private bracketed(): Expr {
    const { start } = this;
    this.deeper();
    this.open();
    const items: Expr[] = [];
    while (!this.is(']')) {
      const item = this.is('*') ? this.starred() : this.named();
      if (items.length === 0 && this.isWord('for')) {
        if (item.kind === 'starred') this.fail();
        const clauses = this.clauses();
        this.close(']');
        this.shallower();
        return { kind: 'comprehension', type: 'list', element: item, clauses, start, end: this.last };
      }
      items.push(item);
      if (!this.is(',')) break;
      this.next();
    }
    this.close(']');
    this.shallower();
    return { kind: 'list', items, start, end: this.last };
  }

  private braced(): Expr {
    const { start } = this;
    this.deeper();
    this.open();
    const items: Expr[] = [];
    const entries: DictEntry[] = [];
    while (!this.is('}')) {
      if (this.is('**')) {
        this.next();
        entries.push({ value: this.binary(1) });
      } else {
        const item = this.is('*') ? this.starred() : this.test();
        if (this.is(':')) {
          this.next();
          entries.push({ key: item, value: this.test() });
        } else items.push(item);
      }
      if (this.isWord('for')) return this.bracedComprehension(start, items, entries);
      if (!this.is(',')) break;
      this.next();
    }
    this.close('}');
    this.shallower();
    if (items.length > 0 && entries.length > 0) this.fail();
    if (items.length > 0) return { kind: 'set', items, start, end: this.last };
    return { kind: 'dict', entries, start, end: this.last };
  }

  private bracedComprehension(start: number, items: readonly Expr[], entries: readonly DictEntry[]): Expr {
    if (items.length + entries.length !== 1) this.fail();
    const clauses = this.clauses();
    this.close('}');
    this.shallower();
    const end = this.last;
    const [item] = items;
    if (item?.kind === 'starred') this.fail();
    if (item) return { kind: 'comprehension', type: 'set', element: item, clauses, start, end };
    const [{ key, value }] = entries;
    if (!key) return this.fail();
    return { kind: 'comprehension', type: 'dict', element: key, value, clauses, start, end };
  }

  private clauses(): Clause[] {
    const clauses: Clause[] = [];
    while (this.isWord('for')) {
      this.next();
      const target = this.listed(true);
      this.expectWord('in');
      const iterable = this.or();
      const conditions: Expr[] = [];
      while (this.isWord('if')) {
        this.next();
        conditions.push(this.or());
      }
      clauses.push({ target, iterable, conditions });
    }
    return clauses;
  }

  protected starred(): Expr {
    const { start } = this;
    this.next();
    const value = this.binary(1);
    return { kind: 'starred', value, start, end: this.last };
  }

  /** One expression, or a bare tuple where commas stand between several; `isTarget` stops at `in`. */
  protected listed(isTarget = false): Expr {
    const { start } = this;
    const items: Expr[] = [];
    let isTuple = false;
    for (;;) {
      items.push(this.is('*') ? this.starred() : isTarget ? this.binary(1) : this.test());
      if (!this.is(',')) break;
      isTuple = true;
      this.next();
      if (!this.beginsExpression()) break;
    }
    return isTuple ? { kind: 'tuple', items, start, end: this.last } : items[0];
  }

  protected beginsExpression(): boolean {
    if (this.kind === NAME) return !KEYWORDS.has(this.value);
    if (this.kind === SIGN) return OPENERS.includes(this.value) && this.value !== '.';
    return this.kind === NUMBER || this.kind === STRING;
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

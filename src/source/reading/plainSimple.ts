/** Simple statements of well-formed Python. */
import type { BinaryOperator, Expr, ImportedName, Span, Stmt } from './form';
import { isNoField } from './nodes';
import { PlainExpressions } from './plainExpressions';
import { NAME, SIGN } from './plainTokens';

const UPDATES: Readonly<Record<string, BinaryOperator>> = {
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '//=': '//',
  '%=': '%',
  '**=': '**',
  '@=': '@',
  '>>=': '>>',
  '<<=': '<<',
  '&=': '&',
  '|=': '|',
  '^=': '^',
};

/** Words that begin a statement of another kind only where more follows them. */
const SOFT = new Set(['match', 'case', 'type', 'print']);

export class PlainSimple extends PlainExpressions {
  /** How often `yield` stood in the function that is being read. */
  protected yields = 0;

  protected small(): Stmt {
    const { start } = this;
    if (this.kind === NAME) {
      const read = this.keyword(start);
      if (read) return read;
      if (SOFT.has(this.value)) this.soft();
    }
    const first = this.isWord('yield') ? this.yielded() : this.listed();
    if (this.kind === SIGN) {
      const update = UPDATES[this.value];
      if (update) {
        if (first.kind === 'tuple') this.fail();
        this.next();
        const value = this.listed();
        return { kind: 'augment', target: first, operator: update, value, start, end: this.last };
      }
      if (this.value === '=' || this.value === ':') return this.assign(first, start);
    }
    return { kind: 'expression', value: first, start, end: this.last };
  }

  private assign(first: Expr, start: number): Stmt {
    let isField = false;
    if (this.is(':')) {
      this.next();
      const { start: typeStart } = this;
      this.test();
      isField = !isNoField(this.text.slice(typeStart, this.last));
      if (!this.is('=')) {
        const name = first.kind === 'name' && isField ? first.name : '';
        return { kind: 'field', name, start, end: this.last };
      }
    }
    const parts = [first];
    while (this.is('=')) {
      this.next();
      parts.push(this.isWord('yield') ? this.yielded() : this.listed());
    }
    const value = parts[parts.length - 1];
    const targets = parts.slice(0, -1);
    const end = this.last;
    if (isField)
      return { kind: 'assign', targets, value, declaration: 'function', isAnnotated: true, start, end };
    return { kind: 'assign', targets, value, declaration: 'function', start, end };
  }

  private yielded(): Expr {
    const { start } = this;
    this.yields++;
    this.next();
    const isDelegate = this.isWord('from');
    if (isDelegate) this.next();
    const value = isDelegate ? this.test() : this.beginsExpression() ? this.listed() : undefined;
    return { kind: 'yield', value, isDelegate, start, end: this.last };
  }

  /** `match x:` is another statement; `match = x` and `print(x)` are not. */
  private soft(): void {
    const isPrint = this.value === 'print';
    const after = /[ \t]*(.)/y;
    after.lastIndex = this.end;
    const found = after.exec(this.text)?.[1] ?? '';
    if (!(isPrint ? '(.#' : '=.,').includes(found)) this.fail();
  }

  private keyword(start: number): Stmt | undefined {
    switch (this.value) {
      case 'pass':
      case 'break':
      case 'continue': {
        const kind = this.value;
        this.next();
        return { kind, start, end: this.last };
      }
      case 'return': {
        this.next();
        const value = this.beginsExpression() ? this.listed() : undefined;
        return { kind: 'return', value, start, end: this.last };
      }
      case 'raise': {
        this.next();
        const value = this.beginsExpression() ? this.test() : undefined;
        if (this.isWord('from')) {
          this.next();
          this.test();
        }
        return { kind: 'raise', value, start, end: this.last };
      }
      case 'assert': {
        this.next();
        const test = this.test();
        if (this.is(',')) {
          this.next();
          this.test();
        }
        return { kind: 'assert', test, start, end: this.last };
      }
      case 'del': {
        this.next();
        const listed = this.listed(true);
        const isBare = listed.kind === 'tuple' && this.text[listed.start] !== '(';
        return { kind: 'delete', targets: isBare ? listed.items : [listed], start, end: this.last };
      }
      case 'global':
      case 'nonlocal': {
        this.next();
        const names = [this.word()];
        while (this.is(',')) {
          this.next();
          names.push(this.word());
        }
        return { kind: 'scope', names, start, end: this.last };
      }
      case 'import':
        return this.importStatement(start);
      case 'from':
        return this.importFrom(start);
      default:
        return undefined;
    }
  }

  private dotted(): string {
    let name = this.word();
    while (this.is('.')) {
      this.next();
      name += `.${this.word()}`;
    }
    return name;
  }

  private importStatement(start: number): Stmt {
    const found: { module: string; as: string }[] = [];
    do {
      this.next();
      const module = this.dotted();
      let as = '';
      if (this.isWord('as')) {
        this.next();
        as = this.word();
      }
      found.push({ module, as });
    } while (this.is(','));
    const span = { start, end: this.last };
    const imports = found.map(({ module, as }): Stmt => ({ kind: 'import', module, as, ...span }));
    return imports.length === 1 ? imports[0] : { kind: 'block', body: imports, ...span };
  }

  private importFrom(start: number): Stmt {
    this.next();
    let level = 0;
    for (; this.is('.') || this.is('...'); this.next()) level += this.value.length;
    const module = this.isWord('import') ? '' : this.dotted();
    if (!this.isWord('import')) this.fail();
    const names: ImportedName[] = [];
    this.next();
    if (this.is('*')) {
      names.push({ name: '*', as: '*', start: this.start, end: this.end });
      this.next();
      return { kind: 'importFrom', module, level, names, start, end: this.last };
    }
    const isBracketed = this.is('(');
    if (isBracketed) this.open();
    for (;;) {
      const place: Span = { start: this.start, end: this.end };
      const name = this.word();
      let as = name;
      if (this.isWord('as')) {
        this.next();
        as = this.word();
      }
      names.push({ name, as, ...place });
      if (!this.is(',')) break;
      this.next();
      if (this.is(')')) break;
    }
    if (isBracketed) this.close(')');
    return { kind: 'importFrom', module, level, names, start, end: this.last };
  }
}

/**
 * Statements of well-formed Python, read straight to the common form: quicker than a tree of every token, and with
 * Python's own precedence. A statement at the top that is not plain (half typed, or a rare construct) is left to
 * `readOther`, with the rest of its lines up to where a new statement certainly begins.
 */
import type { BinaryOperator, Expr, FunctionForm, ImportedName, Span, Stmt } from './form';
import { endOf } from './nodes';
import { PlainExpressions } from './plainExpressions';
import { END, NAME, NEWLINE, NotPlain, SIGN } from './plainTokens';

/** Nothing is written so deep. */
const DEEPEST_BLOCK = 60;

/** After so many failures the rest of the text is one part: whatever it is, it is not Python by a person. */
const MOST_FAILURES = 20;

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

export class PlainStatements extends PlainExpressions {
  private yields = 0;
  private blocks = 0;

  program(readOther: (start: number, end: number) => readonly Stmt[]): Stmt[] {
    const list: Stmt[] = [];
    let failures = 0;
    let from = 0;
    while (from < this.text.length) {
      try {
        this.beginLine(from);
        while (this.column >= 0) {
          from = this.start;
          if (this.column > 0) this.fail();
          this.line(list);
        }
        return list;
      } catch (error) {
        if (!(error instanceof NotPlain)) throw error;
        // What was read of the broken statement's own line goes with it.
        while (list.length > 0 && list[list.length - 1].start >= from) list.pop();
        const end = ++failures > MOST_FAILURES ? this.text.length : statementEnd(this.text, from);
        list.push(...readOther(from, end));
        from = end;
        [this.yields, this.blocks] = [0, 0];
        this.reset();
      }
    }
    return list;
  }

  /** A line of simple statements, or a compound one with all its lines. */
  private line(list: Stmt[]): void {
    if (this.kind === NAME) {
      const compound = this.compound();
      if (compound) {
        list.push(compound);
        return;
      }
    } else if (this.is('@')) {
      list.push(this.decorated());
      return;
    }
    this.simple(list);
  }

  private compound(): Stmt | undefined {
    switch (this.value) {
      case 'def':
      case 'async':
        return this.functionForm([]);
      case 'class':
        return this.classForm([]);
      case 'if':
        return this.ifStatement();
      case 'for':
        return this.forStatement(this.start);
      case 'while':
        return this.whileStatement();
      case 'try':
        return this.tryStatement();
      case 'with':
        return this.withStatement(this.start);
      default:
        return undefined;
    }
  }

  /** Simple statements with semicolons between them, to the end of the line. */
  private simple(list: Stmt[]): void {
    for (;;) {
      list.push(this.small());
      if (!this.is(';')) break;
      this.next();
      if (this.kind === NEWLINE || this.kind === END) break;
    }
    this.endLine();
  }

  private body(): Stmt[] {
    const list: Stmt[] = [];
    const { column } = this;
    this.expect(':');
    if (this.kind !== NEWLINE) {
      this.simple(list);
      return list;
    }
    if (++this.blocks > DEEPEST_BLOCK) this.fail();
    this.endLine();
    const own = this.column;
    if (own <= column) this.fail();
    while (this.column === own) this.line(list);
    if (this.column > own) this.fail();
    this.blocks--;
    return list;
  }

  private small(): Stmt {
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
    const isAnnotated = this.is(':');
    if (isAnnotated) {
      this.next();
      this.test();
      if (!this.is('=')) {
        const name = first.kind === 'name' ? first.name : '';
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
    if (isAnnotated)
      return { kind: 'assign', targets, value, declaration: 'function', isAnnotated, start, end };
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

  private decorated(): Stmt {
    const decorators: Expr[] = [];
    const { column } = this;
    while (this.is('@')) {
      this.next();
      const { start } = this;
      let end = this.end;
      let decorator: Expr = { kind: 'name', name: this.word(), start, end };
      while (this.is('.')) {
        this.next();
        const nameSpan = { start: this.start, end: this.end };
        end = this.end;
        decorator = { kind: 'attribute', object: decorator, name: this.word(), nameSpan, start, end };
      }
      if (this.is('(')) {
        const args = this.args();
        decorator = { kind: 'call', callee: decorator, args, isNew: false, start, end: this.last };
      }
      decorators.push(decorator);
      this.endLine();
      if (this.column !== column) this.fail();
    }
    return this.isWord('class') ? this.classForm(decorators) : this.functionForm(decorators);
  }

  private functionForm(decorators: readonly Expr[]): Stmt {
    const { start } = this;
    if (this.isWord('async')) {
      this.next();
      if (this.isWord('for')) return this.forStatement(start);
      if (this.isWord('with')) return this.withStatement(start);
    }
    this.expectWord('def');
    const nameSpan = { start: this.start, end: this.end };
    const name = this.word();
    if (!this.is('(')) this.fail();
    this.open();
    const params = this.params(')', true);
    this.close(')');
    if (this.is('->')) {
      this.next();
      this.test();
    }
    const kept = this.yields;
    this.yields = 0;
    const body = this.body();
    const isGenerator = this.yields > 0;
    this.yields = kept;
    const named = (wanted: string) => decorators.some((d) => d.kind === 'name' && d.name === wanted);
    const form: FunctionForm = {
      kind: 'function',
      name,
      nameSpan,
      params,
      body,
      decorators,
      isGenerator,
      isProperty: named('property') || named('cached_property'),
      isStatic: named('staticmethod'),
      start,
      end: endOf(nameSpan.end, body),
    };
    return form;
  }

  private classForm(decorators: readonly Expr[]): Stmt {
    const { start } = this;
    this.next();
    const nameSpan = { start: this.start, end: this.end };
    const name = this.word();
    const bases = this.is('(') ? this.args() : [];
    const body = this.body();
    return { kind: 'class', name, nameSpan, bases, body, decorators, start, end: endOf(nameSpan.end, body) };
  }

  private ifStatement(): Stmt {
    const { column } = this;
    const branches: { test: Expr; body: Stmt[]; from: number }[] = [];
    do {
      const from = this.start;
      this.next();
      const test = this.condition();
      branches.push({ test, body: this.body(), from });
    } while (this.column === column && this.isWord('elif'));
    let otherwise = this.elseBody(column);
    const last = branches[branches.length - 1];
    const end = endOf(last.test.end, last.body, otherwise);
    for (const { test, body, from } of branches.reverse())
      otherwise = [{ kind: 'if', test, whenTrue: body, whenFalse: otherwise, start: from, end }];
    return otherwise[0];
  }

  /** A condition without brackets may hold `:=` too. */
  private condition(): Expr {
    const test = this.test();
    if (this.is(':=')) this.fail();
    return test;
  }

  private elseBody(column: number): Stmt[] {
    if (this.column !== column || !this.isWord('else')) return [];
    this.next();
    return this.body();
  }

  private forStatement(start: number): Stmt {
    const { column } = this;
    this.next();
    const target = this.listed(true);
    this.expectWord('in');
    const iterable = this.listed();
    const body = this.body();
    const otherwise = this.elseBody(column);
    const end = endOf(iterable.end, body, otherwise);
    return {
      kind: 'for',
      target,
      iterable,
      body,
      else: otherwise,
      declaration: 'function',
      overKeys: false,
      start,
      end,
    };
  }

  private whileStatement(): Stmt {
    const { start, column } = this;
    this.next();
    const test = this.condition();
    const body = this.body();
    const otherwise = this.elseBody(column);
    const end = endOf(test.end, body, otherwise);
    return { kind: 'while', init: [], test, body, else: otherwise, isPostTest: false, start, end };
  }

  private tryStatement(): Stmt {
    const { start, column } = this;
    this.next();
    const body = this.body();
    const handlers: { name?: string; body: Stmt[] }[] = [];
    while (this.column === column && this.isWord('except')) {
      this.next();
      let name: string | undefined;
      if (!this.is(':')) {
        if (this.is('*')) this.fail();
        this.test();
        if (this.isWord('as')) {
          this.next();
          name = this.word();
        }
      }
      handlers.push({ name, body: this.body() });
    }
    const otherwise = this.elseBody(column);
    let last: Stmt[] = [];
    if (this.column === column && this.isWord('finally')) {
      this.next();
      last = this.body();
    }
    if (handlers.length === 0 && last.length === 0) this.fail();
    const end = endOf(start, body, ...handlers.map((handler) => handler.body), otherwise, last);
    return { kind: 'try', body, handlers, else: otherwise, finally: last, start, end };
  }

  private withStatement(start: number): Stmt {
    const items: { value: Expr; target?: Expr }[] = [];
    do {
      this.next();
      if (this.is('(')) this.fail();
      const value = this.test();
      if (this.isWord('as')) {
        this.next();
        const place = { start: this.start, end: this.end };
        items.push({ value, target: { kind: 'name', name: this.word(), ...place } });
      } else items.push({ value });
    } while (this.is(','));
    const body = this.body();
    return { kind: 'with', items, body, start, end: endOf(start, body) };
  }
}

const PIECES = /#[^\r\n]*|"""|'''|"(?:[^"\\\r\n]|\\.)*"?|'(?:[^'\\\r\n]|\\.)*'?|[([{]|[)\]}]|\n/g;
const CONTINUES = /(?:else|elif|except|finally)\b/y;
const CERTAIN = /(?:def|class|import|from|async|@)/y;

/** Where the statement that begins at `from` ends for sure: at a line at the margin that begins another one. */
export function statementEnd(text: string, from: number): number {
  let depth = 0;
  let isDecorated = text[from] === '@';
  PIECES.lastIndex = from;
  for (let match = PIECES.exec(text); match; match = PIECES.exec(text)) {
    const [piece] = match;
    const at = match.index;
    if (piece === '"""' || piece === "'''") {
      const close = text.indexOf(piece, at + 3);
      if (close < 0) return text.length;
      PIECES.lastIndex = close + 3;
    } else if (piece === '\n') {
      const next = at + 1;
      const code = text.charCodeAt(next);
      const begins = code === 64 || code === 95 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
      if (!begins) continue;
      CONTINUES.lastIndex = next;
      CERTAIN.lastIndex = next;
      if (!isDecorated && !CONTINUES.test(text) && (depth <= 0 || CERTAIN.test(text))) return next;
      isDecorated = code === 64;
    } else if ('([{'.includes(piece)) depth++;
    else if (')]}'.includes(piece)) depth--;
  }
  return text.length;
}

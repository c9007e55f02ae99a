/**
 * Statements of well-formed Python, read straight to the common form: quicker than a tree of every token, and with
 * Python's own precedence. A statement at the top that is not plain (half typed, or a rare construct) is left to
 * `readOther`, with the rest of its lines up to where a new statement certainly begins.
 */
import type { Expr, FunctionForm, Stmt } from './form';
import { endOf } from './nodes';
import { PlainSimple } from './plainSimple';
import { END, NAME, NEWLINE, NotPlain } from './plainTokens';
import type { Head } from './positions';
import { statementEnd } from './statementEnd';

/** Nothing is written so deep. */
const DEEPEST_BLOCK = 60;

/** After so many failures the rest of the text is left out: whatever it is, it is not Python by a person. */
export const MOST_FAILURES = 200;

/** Statements that are known to stand at an offset, and where those behind them begin. */
export type Earlier = (
  from: number,
  first: number,
  failures: number,
) =>
  | { readonly statements: readonly Stmt[]; readonly heads: readonly Head[]; readonly next: number }
  | undefined;

export class PlainStatements extends PlainSimple {
  private blocks = 0;

  /** Where it was given up; the end of the text where it was not. */
  stoppedAt: number;

  constructor(text: string) {
    super(text);
    this.stoppedAt = text.length;
  }

  /** Where lines at the top begin, and how they were read. */
  readonly heads: Head[] = [];

  /** Reads the whole text; `earlier` may know lines of it already, and where reading goes on behind them. */
  program(readOther: (start: number, end: number) => readonly Stmt[], earlier?: Earlier): Stmt[] {
    const { heads } = this;
    const list: Stmt[] = [];
    let from = 0;
    let failures = 0;
    const begin = (start: number, isPlain: boolean) =>
      void heads.push({ first: list.length, start, shift: 0, isPlain, failures });
    while (from < this.text.length) {
      try {
        this.beginLine(from);
        while (this.column >= 0) {
          from = this.start;
          if (this.column > 0) this.fail();
          const known = earlier?.(from, list.length, failures);
          if (known) {
            list.push(...known.statements);
            heads.push(...known.heads);
            from = known.next;
            if (from >= this.text.length) return list;
            this.beginLine(from);
            continue;
          }
          begin(from, true);
          this.line(list);
        }
        return list;
      } catch (error) {
        // The engine's own stack is the last limit.
        if (!(error instanceof NotPlain || error instanceof RangeError)) throw error;
        // What was read of the broken statement's own line goes with it.
        const last = heads.at(-1);
        if (last && last.start + last.shift === from) {
          heads.pop();
          list.length = last.first;
        }
        if (failures >= MOST_FAILURES) {
          this.stoppedAt = from;
          return list;
        }
        begin(from, false);
        failures++;
        const end = statementEnd(this.text, from);
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

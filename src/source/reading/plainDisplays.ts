/** What stands in brackets, comprehensions, and lists without brackets, of well-formed Python. */
import type { Clause, DictEntry, Expr } from './form';
import { PlainLiterals } from './plainLiterals';
import { NAME, NUMBER, SIGN, STRING } from './plainTokens';

/** Names that no expression begins with. */
export const KEYWORDS = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is nonlocal or pass raise return try while with yield'.split(
    ' ',
  ),
);

const OPENERS = '([{-+~*...';

export abstract class PlainDisplays extends PlainLiterals {
  /** A test, or a name that is given one with `:=`. */
  protected abstract named(): Expr;
  protected abstract or(): Expr;
  /** All but comparisons and logic. */
  protected abstract binary(level: number): Expr;

  protected parenthesized(): Expr {
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

  protected bracketed(): Expr {
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

  protected braced(): Expr {
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

  protected clauses(): Clause[] {
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
}

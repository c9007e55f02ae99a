/** Numbers, strings and f-strings of well-formed Python. */
import type { Expr } from './form';
import { parseNumber, unescaped } from './nodes';
import { PlainTokens, STRING } from './plainTokens';

export abstract class PlainLiterals extends PlainTokens {
  /** What may stand in an f-string's braces. */
  protected abstract test(): Expr;

  protected number(): Expr {
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

  protected strings(): Expr {
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
}

/**
 * Tokens of well-formed Python, found by sticky regular expressions, which are quick from the first call on; a
 * table-driven parser is not. Whatever is not plain ends in `NotPlain`, and Lezer's tolerant parser reads that part.
 */

/** The text is not plain Python from here on: somebody more patient reads it. */
export class NotPlain extends Error {}

export const NAME = 1;
export const NUMBER = 2;
export const STRING = 3;
export const SIGN = 4;
export const NEWLINE = 5;
export const END = 6;

const BLANKS = /(?:[ \t\f]|\\(?:\r\n|[\r\n]))*/y;
const BRACKETED_BLANKS = /(?:[ \t\f\r\n]|\\[\r\n]|#[^\r\n]*)*/y;
const COMMENT = /#[^\r\n]*/y;
const BLANK_LINES = /(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|[\r\n]))*/y;
const WORD = /[A-Za-z_\u00a1-\uffff][\w\u00a1-\uffff]*/y;
const FIGURE =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.\d[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?/y;
const SIGNS = /\*\*=?|\/\/=?|>>=?|<<=?|\.\.\.|[-+*/%@&|^<>=!]=|->|:=|[-+*/%@&|^<>=.,:;()[\]{}~!]/y;
const PLAIN_CHARACTERS = /[^"'\\\r\n]*/y;

/** Deeper than this is left to the reader that bounds its own depth. */
const DEEPEST = 90;

export class PlainTokens {
  /** The token at hand: what it is, its text, and where it stands. */
  protected kind = END;
  protected value = '';
  protected start = 0;
  protected end = 0;
  /** Where the token before it ended. */
  protected last = 0;
  /** Column of the line that the token at hand begins; -1 at the end of the text. */
  protected column = 0;
  /** Open brackets: inside of them lines do not count. */
  protected brackets = 0;
  private depth = 0;
  private limit: number;

  constructor(protected readonly text: string) {
    this.limit = text.length;
  }

  protected fail(): never {
    throw new NotPlain();
  }

  /** Forgets where it was when it failed. */
  protected reset(): void {
    this.depth = 0;
    this.limit = this.text.length;
  }

  protected deeper(): void {
    if (++this.depth > DEEPEST) this.fail();
  }

  protected shallower(): void {
    this.depth--;
  }

  private skip(blanks: RegExp, at: number): number {
    blanks.lastIndex = at;
    blanks.test(this.text);
    return blanks.lastIndex;
  }

  /** Goes to the first token of the first line from `at` on that is not blank. */
  protected beginLine(at: number): void {
    let first = this.skip(BLANK_LINES, at);
    const begin = first;
    let column = 0;
    for (; first < this.limit; first++) {
      const code = this.text.charCodeAt(first);
      if (code === 32) column++;
      else if (code === 9) column += 8 - (column % 8);
      else break;
    }
    if (this.text.charCodeAt(first) === 12) this.fail();
    this.brackets = 0;
    this.end = first;
    this.next();
    // A last line of blanks or of a comment without its end.
    if (this.kind === NEWLINE) this.beginLine(this.end);
    else if (this.kind === END) this.column = -1;
    else this.column = column;
    if (this.kind !== END && this.start !== first && begin < first) this.fail();
  }

  /** Ends a simple statement: to the next line. */
  protected endLine(): void {
    if (this.kind !== NEWLINE && this.kind !== END) this.fail();
    const { last } = this;
    this.beginLine(this.end);
    this.last = last;
  }

  protected next(): void {
    const { text, end, limit } = this;
    this.last = end;
    const at = this.skip(this.brackets > 0 ? BRACKETED_BLANKS : BLANKS, end);
    this.start = at;
    if (at >= limit) {
      this.kind = END;
      this.end = at;
      this.value = '';
      return;
    }
    const code = text.charCodeAt(at);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 160) {
      this.take(NAME, WORD, at);
      const after = text.charCodeAt(this.end);
      if ((after === 34 || after === 39) && this.end - at <= 2) this.string(this.end);
    } else if (code === 34 || code === 39) this.string(at);
    else if ((code >= 48 && code <= 57) || (code === 46 && isDigit(text.charCodeAt(at + 1)))) {
      this.take(NUMBER, FIGURE, at);
      const after = text.charCodeAt(this.end);
      if (after === 95 || after > 64) {
        // `1if`, `1_`, `3j`: legal or not, not plain.
        if (after !== 93 && after !== 94 && after !== 124 && after !== 125) this.fail();
      }
    } else if (code === 10 || code === 13) {
      this.kind = NEWLINE;
      this.end = at + (code === 13 && text.charCodeAt(at + 1) === 10 ? 2 : 1);
      this.value = '';
    } else if (code === 35) {
      this.end = this.skip(COMMENT, at);
      const { last } = this;
      this.next();
      this.last = last;
    } else this.take(SIGN, SIGNS, at);
  }

  private take(kind: number, pattern: RegExp, at: number): void {
    const end = this.skip(pattern, at);
    if (end <= at) this.fail();
    this.kind = kind;
    this.end = end;
    this.value = this.text.slice(at, end);
  }

  /** A literal whose quotes begin at `quoteAt`; the token begins at its prefix. */
  private string(quoteAt: number): void {
    const { text } = this;
    if (
      quoteAt > this.start &&
      !/^(?:[uUbBfF]|[rR][bBfF]?|[bBfF][rR])$/.test(text.slice(this.start, quoteAt))
    )
      this.fail();
    const quote = text[quoteAt];
    const isLong = text.startsWith(quote + quote + quote, quoteAt);
    let at = quoteAt + (isLong ? 3 : 1);
    for (;;) {
      at = this.skip(PLAIN_CHARACTERS, at);
      if (at >= this.limit) this.fail();
      const found = text[at];
      if (found === '\\') {
        if (text[at + 1] === '\r') this.fail();
        at += 2;
      } else if (found === quote) {
        if (!isLong) {
          at++;
          break;
        }
        if (text.startsWith(quote + quote, at + 1)) {
          at += 3;
          break;
        }
        at++;
      } else if (found === '"' || found === "'" || isLong) at++;
      else this.fail();
    }
    this.kind = STRING;
    this.end = at;
    this.value = quote;
  }

  /** Reads a piece in the middle of the text (a replacement in an f-string) and comes back. */
  protected within<T>(from: number, to: number, body: () => T): T {
    const { kind, value, start, end, last, brackets, limit } = this;
    this.limit = to;
    this.brackets = 1;
    this.end = from;
    this.next();
    const result = body();
    this.kind = kind;
    this.value = value;
    this.start = start;
    this.end = end;
    this.last = last;
    this.brackets = brackets;
    this.limit = limit;
    return result;
  }

  protected is(sign: string): boolean {
    return this.kind === SIGN && this.value === sign;
  }

  protected isName(): boolean {
    return this.kind === NAME;
  }

  protected isWord(word: string): boolean {
    return this.kind === NAME && this.value === word;
  }

  protected expect(sign: string): void {
    if (this.kind !== SIGN || this.value !== sign) this.fail();
    this.next();
  }

  protected expectWord(word: string): void {
    if (this.kind !== NAME || this.value !== word) this.fail();
    this.next();
  }

  /** Steps into a bracket: what follows may span lines. */
  protected open(): void {
    this.brackets++;
    this.next();
  }

  /** Steps out of a bracket. */
  protected close(sign: string): void {
    if (this.kind !== SIGN || this.value !== sign) this.fail();
    this.brackets--;
    this.next();
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Where a statement that cannot be read ends for sure, so that the rest of the file is read as usual. */

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

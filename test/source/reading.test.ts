/**
 * The two readers of Python: what is plain is read at once, the rest by Lezer's tolerant parser. Where both can read
 * a text they make the same of it; Python's own rules decide where they differ.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parser } from '@lezer/python';
import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/source/reading/document';
import type { Expr, Stmt } from '../../src/source/reading/form';
import { childrenOf } from '../../src/source/reading/nodes';
import { PlainStatements } from '../../src/source/reading/plainStatements';
import { PythonStatements } from '../../src/source/reading/pythonStatements';

const folder = path.resolve(import.meta.dirname, '../fixtures/source');

const tolerant = (text: string) =>
  new PythonStatements(text).statements(childrenOf(parser.parse(text).topNode));

/** What the plain reader makes of a text, or where it leaves it to the other. */
function plain(text: string): { body: Stmt[]; left: string[] } {
  const left: string[] = [];
  const body = new PlainStatements(text).program((start, end) => {
    left.push(text.slice(start, end));
    return [];
  });
  return { body, left };
}

/** Fully bracketed, so that precedence can be read. */
function shown(expr: Expr | undefined): string {
  if (!expr) return '';
  switch (expr.kind) {
    case 'name':
      return expr.name;
    case 'number':
      return String(expr.value);
    case 'string':
      return `'${expr.value}'`;
    case 'unary':
      return `(${expr.operator} ${shown(expr.operand)})`;
    case 'binary':
    case 'logical':
      return `(${shown(expr.left)} ${expr.operator} ${shown(expr.right)})`;
    case 'compare':
      return `(${shown(expr.first)}${expr.rest.map((r) => ` ${r.operator} ${shown(r.value)}`).join('')})`;
    case 'conditional':
      return `(${shown(expr.whenTrue)} if ${shown(expr.test)} else ${shown(expr.whenFalse)})`;
    case 'call':
      return `${shown(expr.callee)}(${expr.args.map((a) => `${a.name ? `${a.name}=` : ''}${shown(a.value)}`).join(', ')})`;
    case 'attribute':
      return `${shown(expr.object)}.${expr.name}`;
    case 'index':
      return `${shown(expr.object)}[${shown(expr.index)}]`;
    case 'slice':
      return `${shown(expr.lower)}:${shown(expr.upper)}:${shown(expr.step)}`;
    case 'tuple':
      return `<${expr.items.map(shown).join(', ')}>`;
    case 'format':
      return `f(${expr.parts.map((part) => (typeof part === 'string' ? `'${part}'` : shown(part))).join(' ')})`;
    default:
      return expr.kind;
  }
}

const values = (body: readonly Stmt[]) =>
  body.map((stmt) =>
    stmt.kind === 'expression' ? shown(stmt.value) : stmt.kind === 'assign' ? shown(stmt.value) : stmt.kind,
  );

const said: Readonly<Record<string, string>> = {
  'a or b and not c == d': '(a or (b and (not (c == d))))',
  'not a and b': '((not a) and b)',
  'a and not b or c': '((a and (not b)) or c)',
  'not a if not b or c else d': '((not a) if ((not b) or c) else d)',
  'a < b <= c != d': '(a < b <= c != d)',
  'a not in b is not c': '(a not in b is not c)',
  '-a ** -b * c // d - e': '((((- (a ** (- b))) * c) // d) - e)',
  'a | b ^ c & d << e + f': '(a | (b ^ (c & (d << (e + f)))))',
  'x[1:, ::2, a[0]].y(b, *c, k=d)': 'x[<1::, ::2, a[0]>].y(b, c, k=d)',
  'a, = b': 'b',
  'x = 1., .5, 1_000': '<1, 0.5, 1000>',
  "'a' \"b\" 'c'": "'abc'",
};

describe('expressions of Python', () => {
  for (const [text, wanted] of Object.entries(said)) {
    it(`reads ${text}`, () => {
      expect(plain(text).left).toEqual([]);
      expect(values(plain(text).body)).toEqual([wanted]);
      // The grammar of the other takes `.5, 1` and the like apart in its own way, and precedence is mended.
      expect(values(tolerant(`${text}\n`))).toEqual([wanted]);
    });
  }

  it('knows a number with a bare dot in front of a word', () => {
    expect(values(plain('x = 0. if a > 0. else 1.').body)).toEqual(['(0 if (a > 0) else 1)']);
  });

  it('reads what stands in the braces of an f-string', () => {
    expect(values(plain("x = f'a{b.c[0]}d{{e}}{f!r}'").body)).toEqual(["f('a' b.c[0] 'd{e}' f)"]);
    expect(values(plain("x = f'{a:.3f}'").body)).toEqual(['f(bad)']);
  });
});

describe('statements of Python', () => {
  it('parts them at semicolons, and keeps yields', () => {
    const text = 'def f():\n    a = 1; b = 2\n    yield a; yield b\n';
    for (const [stmt] of [plain(text).body, tolerant(text)]) {
      expect(stmt).toMatchObject({
        kind: 'function',
        isGenerator: true,
        body: [{ kind: 'assign' }, { kind: 'assign' }, { kind: 'expression' }, { kind: 'expression' }],
      });
    }
  });

  it('leaves what is half typed to the other reader, and reads on behind it', () => {
    const text = 'a = 1\ndef f(x:\n    y = [1, 2\nclass B:\n    c = 3\n"""text\n'.replace(
      '"""text\n',
      'd = (\n',
    );
    expect(plain(text).left).toEqual(['def f(x:\n    y = [1, 2\n', 'd = (\n']);
    const { body } = parseDocument('a.py', 'python', text);
    expect(body.map(({ kind }) => kind)).toContain('class');
    for (const { start, end } of body) expect([start >= 0, end <= text.length]).toEqual([true, true]);
  });

  it('does not mind line ends, tabs, comments and blank lines', () => {
    const text =
      '# a\n\nif x:  # b\n\ty = 1\n\n\t# c\n\tz = 2\nelif w:\n\tpass\n# d\nelse:\n\tv = [\n\n1, # e\n2]\nu = 1 \\\n  + 2';
    const want = tolerant(`${text}\n`);
    expect(plain(text).body).toEqual(want);
    const windows = text.replace(/\n/g, '\r\n').replace('\\\r\n', '');
    expect(plain(windows).left).toEqual([]);
    expect(plain(windows).body.map(({ kind }) => kind)).toEqual(['if', 'assign']);
  });
});

describe('the two readers', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.py') && name !== 'cut_short.py')) {
    it(`make the same of ${file}`, () => {
      // A bare dot behind a number is beyond the grammar of the tolerant one.
      const text = readFileSync(path.join(folder, file), 'utf8').replace(/(\d)\.(?![\w.])/g, '$10');
      const { body, left } = plain(text);
      expect(left).toEqual([]);
      expect(body).toEqual(tolerant(text));
    });
  }
});

describe('what is half typed', () => {
  it('has every name where it stands in the text', () => {
    const text = 'import torch\n\nclass Net(nn.Module)if x:\n    y\n:\n    def f(self):\n        return z\n';
    const names: string[] = [];
    const walk = (part: unknown): void => {
      if (typeof part !== 'object' || part === null) return;
      if ('kind' in part && part.kind === 'name') {
        const { name, start, end } = part as Extract<Expr, { kind: 'name' }>;
        expect(text.slice(start, end)).toBe(name);
        names.push(name);
      }
      for (const inner of Object.values(part)) walk(inner);
    };
    walk(parseDocument('net.py', 'python', text).body);
    expect(names).toEqual(expect.arrayContaining(['x', 'y', 'z']));
  });
});

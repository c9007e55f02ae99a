/**
 * Random edits of real-looking files, as a person leaves them behind while typing: no exception, an end, positions
 * inside the file, the same answer as from a cold start, and the old one once they are taken back.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Analysis,
  analyze,
  analyzeDocument,
  codeLenses,
  hoverAt,
  inlayHints,
  parseDocument,
  quickFixes,
  shapesReport,
} from '../../src/source';

const folder = path.resolve(import.meta.dirname, '../fixtures/source');
// The deepest networks take a second each; their idiom is in the shorter files too.
const files = readdirSync(folder)
  .filter((file) => file.includes('.') && !/akamaster|applications_resnet|torchvision_resnet/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));

const snippets = [
  '(',
  ')',
  '[',
  ']',
  ':',
  ',',
  '.',
  '=',
  '"',
  "'''",
  '\n',
  '    ',
  '0',
  '-1',
  'None',
  'x',
  'self.',
  '*',
  '**',
  'lambda',
  'for i in range(9):\n',
  'while True:\n',
  'return ',
  'def f(',
  'class A(A):\n',
  '# skiplens: input = 1x1x1\n',
  '\u0000',
  '𝄞',
];

/** Lines that change what others made, or hold it. */
const lines = [
  'net.fc = nn.Linear(3, 4)',
  'net2 = net',
  'nets = [net]',
  'cfg = {"A": [64, "M"]}',
  'cfg["A"].append(3)',
  'relu = nn.ReLU()',
  'x = torch.rand(1, 3, 32, 32)',
  'y = net(x)',
  'from blocks import Block',
  'import os',
  'del net',
  'if os.environ: flag = 3',
];

/** Statements of small files that make, share and change things; what stands first is always there. */
const makers: Readonly<
  Record<string, { readonly first: readonly string[]; readonly others: readonly string[] }>
> = {
  PyTorch: {
    first: ['import torch', 'import torch.nn as nn', 'acc = []', 'size = 3', 'net = nn.Sequential()'],
    others: [
      'class C(nn.Module):\n    act = nn.PReLU()\n    def __init__(self, n=4, l=[]):\n        super().__init__()\n        l.append(n)\n        self.fc = nn.Linear(32, size + len(l))\n    def forward(self, x):\n        self.seen = net\n        return self.act(self.fc(x))',
      'class D(C):\n    def forward(self, x):\n        if not hasattr(self, "late"):\n            self.late = net\n        return x + self.late(x)',
      'def make():\n    global size\n    size += 1\n    return C(size)',
      'def make():\n    net.fc = nn.Linear(32, size)\n    return net',
      'net = C()',
      'other = C()',
      'other = D(5)',
      'net = make()',
      'net = nn.Sequential(*acc)',
      'other = net',
      'net, other = other, net',
      'del net',
      'acc.append(net)',
      'acc.append(nn.ReLU())',
      'grow = acc.append',
      'grow = net.append',
      'grow(nn.Linear(32, 32))',
      'net.fc = nn.Linear(32, 5)',
      'net.fc = other',
      'C.act = nn.ReLU()',
      'C.forward = lambda self, x: self.fc(x)',
      'make.net = net',
      'other = make.net',
      'it = iter([2, 3, 4])',
      'size = next(it)',
      'for i in range(3):\n    acc.append(nn.Linear(32, i + 1))',
      'if torch.cuda.is_available():\n    net = C(7)',
      'x = net(torch.rand(1, 3, 32, 32))',
      'x = other(x)',
    ],
  },
  Keras: {
    first: [
      'from tensorflow import keras',
      'from tensorflow.keras import layers',
      'shared = layers.Dense(3)',
      'i = x = y = keras.Input((4,))',
      'net = keras.Sequential()',
    ],
    others: [
      'i = x = keras.Input((5,))',
      'j = y = keras.Input((6,))',
      'x = layers.Dense(4)(x)',
      'y = layers.Dense(5)(y)',
      'x = layers.Concatenate()([x, y])',
      'x = shared(x)',
      'y = shared(y)',
      'shared = layers.Dense(7)',
      'net = keras.Model(i, x)',
      'other = keras.Model([i, j], x)',
      'other = keras.Sequential([shared, layers.Dense(2)])',
      'other = net',
      'net = keras.Sequential([layers.Dense(3)])',
      'net.add(layers.Dense(8))',
      'net.add(other)',
      'add = net.add',
      'add(layers.ReLU())',
      'net.pop()',
      'x = net(x)',
      'net.trainable = False',
      'net.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))',
      'net.build((None, 4))',
      'class C(keras.Model):\n    def __init__(self):\n        super().__init__()\n        self.a = layers.Dense(3)\n    def call(self, x):\n        return shared(self.a(x))',
      'net = C()',
      'def part(n):\n    q = keras.Input((n,))\n    return q, layers.Dense(4)(q)',
      'i, x = part(3)',
      'j, y = part(5)',
      'def make():\n    net.add(layers.Dense(2))\n    return net',
      'del net',
    ],
  },
};

interface Edit {
  readonly at: number;
  readonly length: number;
  readonly insert: string;
  /** At the beginning of a line. */
  readonly isLine: boolean;
}

const at = fc.double({ min: 0, max: 1, noNaN: true });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: typed() },
  {
    weight: 1,
    arbitrary: fc.record({
      at,
      length: fc.constant(0),
      insert: fc.constantFrom(...lines).map((line) => `${line}\n`),
      isLine: fc.constant(true),
    }),
  },
);

function typed(): fc.Arbitrary<Edit> {
  return fc.record({
    at,
    length: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
    insert: fc.oneof(fc.constantFrom(...snippets), fc.string({ maxLength: 6 })),
    isLine: fc.constant(false),
  });
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { at, length, insert, isLine } of edits) {
    const somewhere = Math.floor(at * result.length);
    const start = isLine ? result.lastIndexOf('\n', somewhere) + 1 : somewhere;
    result = result.slice(0, start) + insert + result.slice(start + length);
  }
  return result;
}

/** All that an editor shows of an analysis. */
function shown(analysis: Analysis, text: string): unknown {
  return {
    report: shapesReport(analysis),
    problems: analysis.problems,
    fixes: analysis.problems.map((problem) => quickFixes(problem, analysis)),
    hints: inlayHints(analysis, 'all'),
    lenses: codeLenses(analysis),
    hovers: Array.from({ length: 21 }, (_, i) => hoverAt(analysis, Math.floor((text.length * i) / 20))),
  };
}

function check(analysis: Analysis, text: string): void {
  const isInside = ({ start, end }: { start: number; end: number }) =>
    0 <= start && start <= end && end <= text.length;
  for (const problem of analysis.problems) {
    expect(isInside(problem)).toBe(true);
    for (const fix of quickFixes(problem, analysis)) expect(fix.edits.every(isInside)).toBe(true);
  }
  expect(analysis.models.every(isInside)).toBe(true);
  expect(analysis.calls.every(isInside)).toBe(true);
  expect(inlayHints(analysis, 'all').every(({ offset }) => offset >= 0 && offset <= text.length)).toBe(true);
  expect(codeLenses(analysis).every(isInside)).toBe(true);
  for (let i = 0; i <= 20; i++) {
    const hover = hoverAt(analysis, Math.floor((text.length * i) / 20));
    if (hover) expect(isInside(hover)).toBe(true);
  }
  JSON.stringify(shapesReport(analysis));
}

describe('random edits', () => {
  it('leave the analysis whole', () => {
    const limits = { steps: 40_000, loopSteps: 10_000 };
    const languageOf = (file: string) =>
      file.endsWith('.py') ? ('python' as const) : ('javascript' as const);
    const whole = new Map(
      files.map(({ file, text }) => [
        file,
        shapesReport(analyze(text, { file, language: languageOf(file), limits })),
      ]),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        ({ file, text }, edits) => {
          const language = languageOf(file);
          const changed = apply(text, edits);
          const options = { file, language, limits };
          const analysis = analyze(changed, options);
          check(analysis, changed);
          // Typed one by one, and taken back: a reading that re-uses the last one says what a cold one says.
          let document = parseDocument(file, language, text);
          let typed = text;
          for (const one of edits) {
            analyzeDocument(document, options);
            typed = apply(typed, [one]);
            document = parseDocument(file, language, typed, document);
          }
          const warm = analyze(changed, { ...options, previous: document });
          expect(shown(warm, changed)).toEqual(shown(analysis, changed));
          const mended = analyze(text, { ...options, previous: document });
          expect(shapesReport(mended)).toEqual(whole.get(file));
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 60), seed: Number(process.env.FUZZ_SEED ?? 6) },
    );
  });

  for (const [framework, { first, others }] of Object.entries(makers))
    it(`of what statements share say what a cold reading says: ${framework}`, () => {
      // The line in front of an edit is read again: some that nobody looks at keep the others apart.
      const textOf = (statements: readonly string[]) =>
        [...first, ...statements].map((statement) => `${statement}\nz = 1\nz = 1\n`).join('');
      const step = fc.record({
        at,
        kind: fc.constantFrom('put', 'put', 'take', 'instead'),
        statement: fc.constantFrom(...others),
        input: fc.constantFrom(undefined, undefined, framework === 'Keras' ? '5' : '3x32x32'),
      });
      fc.assert(
        fc.property(
          fc.array(fc.constantFrom(...others), { minLength: 6, maxLength: 12 }),
          fc.array(step, { minLength: 3, maxLength: 8 }),
          (begin, steps) => {
            const statements = [...begin];
            let document = parseDocument('net.py', 'python', textOf(statements));
            analyzeDocument(document, { file: 'net.py', language: 'python' });
            for (const { at, kind, statement, input } of steps) {
              const place = Math.floor(at * statements.length);
              statements.splice(place, kind === 'put' ? 0 : 1, ...(kind === 'take' ? [] : [statement]));
              const text = textOf(statements);
              const options = { file: 'net.py', language: 'python' as const, input };
              document = parseDocument('net.py', 'python', text, document);
              const warm = shown(analyzeDocument(document, options), text);
              expect(warm).toEqual(shown(analyze(text, options), text));
            }
          },
        ),
        { numRuns: Number(process.env.FUZZ_RUNS ?? 60), seed: Number(process.env.FUZZ_SEED ?? 6) },
      );
    });
});

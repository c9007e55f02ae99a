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

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
  insert: fc.oneof(fc.constantFrom(...snippets), fc.string({ maxLength: 6 })),
});

function apply(text: string, edits: readonly { at: number; length: number; insert: string }[]): string {
  let result = text;
  for (const { at, length, insert } of edits) {
    const start = Math.floor(at * result.length);
    result = result.slice(0, start) + insert + result.slice(start + length);
  }
  return result;
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
            typed = apply(typed, [one]);
            document = parseDocument(file, language, typed, document);
          }
          const warm = analyze(changed, { ...options, previous: document });
          expect(shapesReport(warm)).toEqual(shapesReport(analysis));
          expect(warm.problems).toEqual(analysis.problems);
          const mended = analyze(text, { ...options, previous: document });
          expect(shapesReport(mended)).toEqual(whole.get(file));
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 60), seed: Number(process.env.FUZZ_SEED ?? 6) },
    );
  });
});

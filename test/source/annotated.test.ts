/**
 * Analyser tests as annotated source: a file of test/fixtures/source is the test. `# shape: A | B` says what the
 * widest call of the line gives, in the order of calls and without repeats; `# skip: kinds` what kinds of shortcut
 * close there; `# problem: code "words" fix="title"` what is wrong there. In the head of the file, `# model:` says
 * what is counted and `# input:` what the caller gives. A problem that is not announced fails the test.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Analysis, analyze, formatShape, type Language, quickFixes } from '../../src/source';

const folder = path.resolve(import.meta.dirname, '../fixtures/source');

export function languageOf(file: string): Language {
  return file.endsWith('.py') ? 'python' : 'javascript';
}

for (const file of readdirSync(folder).filter((name) => name.includes('.'))) {
  const text = readFileSync(path.join(folder, file), 'utf8');
  const input = /(?:#|\/\/) input: (\S+)/.exec(text)?.[1];
  const analysis = analyze(text, { file, language: languageOf(file), input });

  describe(file, () => {
    const models = [...text.matchAll(/(?:#|\/\/) model: (\w+) (.*)/g)];
    for (const [, name, claims] of models) {
      it(`counts ${name}`, () => {
        expect(countsOf(analysis, name, claims)).toBe(claims);
      });
    }
    it('says what its comments say', () => {
      const lines = text.split('\n');
      const found = lines.map((line, i) => annotate(analysis, line, i + 1));
      expect(found).toEqual(lines);
    });
  });
}

/** The claims again, with the analysis' own numbers. */
function countsOf(analysis: Analysis, name: string, claims: string): string {
  const model = analysis.models.find((m) => m.name === name);
  if (!model) return 'no such model';
  return claims.replace(/(\w+)=(\[.*?\]|\(.*?\)|\S+)/g, (_, key: string) => {
    const values: Record<string, unknown> = {
      trainable: model.parameters?.trainable,
      nonTrainable: model.parameters?.nonTrainable,
      macs: model.macs,
      input: formatShape(model.inputShape, model.framework),
      output: formatShape(model.trace.outputs[0]?.shape, model.framework),
    };
    return `${key}=${values[key]}`;
  });
}

/** The line again, with what the analysis found there. */
function annotate(analysis: Analysis, line: string, number: number): string {
  const head = line.replace(/\s*(#|\/\/) (shape|skip|problem): .*$/, '');
  const sign = /(#|\/\/) (shape|skip|problem): /.exec(line)?.[1] ?? '#';
  let result = head;
  const calls = analysis.calls.filter((call) => call.line === number);
  if (/(#|\/\/) shape: /.test(line)) {
    const widest = Math.max(...calls.map((call) => call.end - call.start));
    const shapes = calls
      .filter((call) => call.end - call.start === widest)
      .map((call) => formatShape(call.outputShape, call.framework));
    result += `  ${sign} shape: ${[...new Set(shapes)].join(' | ')}`;
  }
  if (/(#|\/\/) skip: /.test(line)) {
    const kinds = calls.flatMap((call) => (call.skip ? [call.skip.kind] : []));
    result += `  ${sign} skip: ${[...new Set(kinds)].join(' ')}`;
  }
  const problems = analysis.problems.filter((p) => p.line === number && p.severity !== 'information');
  for (const problem of problems) {
    const announced = [...line.matchAll(/problem: (\S+) "([^"]*)"(?: fix="([^"]*)")?/g)].find(
      ([, code, words]) => code === problem.code && problem.message.includes(words),
    );
    const fix = quickFixes(problem)[0]?.title;
    const words = announced?.[2] ?? problem.message;
    const shownFix = announced?.[3] === undefined ? '' : ` fix="${fix}"`;
    result += `${result === head ? '  ' : ' '}${sign} problem: ${problem.code} "${words}"${shownFix}`;
  }
  // How many blanks stand before a comment is a matter of taste.
  const plain = (source: string) => source.replace(/\s*(#|\/\/) (shape|skip|problem)/g, ' $1 $2');
  return plain(result) === plain(line) ? line : result;
}

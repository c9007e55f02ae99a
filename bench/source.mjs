// The reader of source text: cold starts in fresh processes, answers after a keystroke, hostile files. JSON lines;
// medians; `processor` is processor time, which load does not move. Targets: 150 ms cold for 1,000 lines, 15 ms after a keystroke, 500 ms for a hostile file.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { bundle } from './bundle.mjs';

const fixtures = path.resolve(import.meta.dirname, '../test/fixtures/source');

export async function benchSource() {
  const program = await bundle('source');
  const run = (...task) =>
    execFileSync(process.execPath, [program, fixtures, ...task], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const cold = Array.from({ length: 7 }, () => run('cold')[0]);
  const middle = (key) => Math.round(cold.map((one) => one[key]).sort((a, b) => a - b)[3]);
  console.log(
    JSON.stringify({
      bench: 'source/cold',
      lines: 1000,
      milliseconds: middle('milliseconds'),
      processor: middle('processor'),
      target: 150,
    }),
  );
  for (const language of ['python', 'javascript'])
    for (const { whole, ...line } of run('keystroke', language))
      console.log(
        JSON.stringify({
          bench: 'source/keystroke',
          language,
          lines: 1000,
          ...line,
          milliseconds: whole,
          target: 15,
        }),
      );
  for (const line of run('hostile'))
    console.log(JSON.stringify({ bench: 'source/hostile', ...line, target: 500 }));
}

// The reader of source text: cold starts in fresh processes, answers after a keystroke, hostile files. JSON lines;
// medians. Targets: 150 ms cold for 1,000 lines, 15 ms after a keystroke, 500 ms for a hostile file.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { bundle } from './bundle.mjs';

const fixtures = path.resolve(import.meta.dirname, '../test/fixtures/source');

export async function benchSource() {
  const program = await bundle('source');
  const run = (task) =>
    execFileSync(process.execPath, [program, fixtures, task], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const cold = [];
  for (let i = 0; i < 7; i++) cold.push(run('cold')[0].milliseconds);
  cold.sort((a, b) => a - b);
  console.log(
    JSON.stringify({ bench: 'source/cold', lines: 1000, milliseconds: Math.round(cold[3]), target: 150 }),
  );
  const [{ parse, whole }] = run('keystroke');
  console.log(
    JSON.stringify({ bench: 'source/keystroke', lines: 1000, parse, milliseconds: whole, target: 15 }),
  );
  for (const line of run('hostile'))
    console.log(JSON.stringify({ bench: 'source/hostile', ...line, target: 500 }));
}

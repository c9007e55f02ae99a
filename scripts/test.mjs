// `npm test`: everything, set-up included. It ends with a list of what failed, if anything did, and one line of
// totals. `npm test -- unit` and the like run a part: checks (types, format, lint), unit, extension, ui, package.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { firstLine, listOfFailures, unitFailures } from './failures.mjs';
import { setUpHosts } from './hosts/setUp.mjs';
import { build, setUp } from './setup.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = (...place) => path.join(root, 'node_modules', ...place);

const parts = {
  checks: [
    () => check('types', [bin('typescript', 'bin', 'tsc'), '--noEmit']),
    () =>
      check('format and lint', [
        bin('@biomejs', 'biome', 'bin', 'biome'),
        'check',
        '--max-diagnostics=50',
        '.',
      ]),
  ],
  unit: [unitTests],
  extension: [() => editorTests('test/extension/run.mjs')],
  ui: [() => editorTests('test/ui/run.mjs')],
  package: [() => editorTests('test/package/run.mjs')],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`There is no part "${unknown[0]}"; there are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
try {
  await setUp();
  await build();
  // Browser, editors and the second Node come first: unit tests use what is there, and skip what is not. What cannot
  // be set up here fails the editors' suites and no other part.
  if (wanted.length === 0) await setUpHosts().catch((error) => console.error(error.message));
  for (const name of wanted.length > 0 ? wanted : Object.keys(parts))
    for (const run of parts[name]) {
      const { failed = [], ...counts } = await run();
      total.passed += counts.passed ?? 0;
      total.skipped += counts.skipped ?? 0;
      total.failed += failed.length;
      failures.push(...failed.map((failure) => `${name}: ${failure}`));
    }
} catch (error) {
  console.error(error);
  total.failed++;
  failures.push(`set-up: ${firstLine(error.message)}`);
}
process.stdout.write(listOfFailures(failures));
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** A tool that says only whether all is well: one test, whose failure names the first places of trouble. */
async function check(title, args) {
  const places = [];
  const code = await run(args, (line) => {
    const [place] = /^\S+\.\w+(?:[:(]\d+| format\b).*?(?=\s*━|$)/.exec(stripVTControlCharacters(line)) ?? [];
    if (place) places.push(firstLine(place));
  });
  console.log(`${code === 0 ? '✓' : '✗'} ${title}`);
  if (code === 0) return { passed: 1 };
  return { failed: [[`${title} (all that it says is above)`, ...places.slice(0, 10)].join('\n      ')] };
}

async function unitTests() {
  const file = path.join(root, '.cache', 'unit.json');
  fs.rmSync(file, { force: true });
  const code = await run([
    bin('vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  if (!fs.existsSync(file)) return { failed: [`vitest ended with code ${code} and left no report`] };
  const report = JSON.parse(fs.readFileSync(file, 'utf8'));
  const failed = unitFailures(report, root);
  if (code !== 0 && failed.length === 0) failed.push(`vitest ended with code ${code}, outside of any test`);
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
}

/** The editor suites print `RESULT {...}` for every host, with a line for every failure in it. */
async function editorTests(script) {
  const counts = { passed: 0, failed: [], skipped: 0 };
  let results = 0;
  const code = await run([path.join(root, script)], (line) => {
    const found = /^RESULT (\{.*\})$/.exec(line);
    if (!found) return;
    results++;
    const result = JSON.parse(found[1]);
    counts.passed += result.passed;
    counts.skipped += result.skipped;
    counts.failed.push(...result.failures);
  });
  if ((code !== 0 && counts.failed.length === 0) || results === 0)
    counts.failed.push(`${script} ended with code ${code} before its tests were done`);
  return counts;
}

/** Runs a script of Node's with its output passed through, line by line to `onLine`; resolves to the exit code. */
function run(args, onLine) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', onLine ? 'pipe' : 'inherit', onLine ? 'pipe' : 'inherit'],
    });
    for (const name of onLine ? ['stdout', 'stderr'] : []) {
      let rest = '';
      child[name].setEncoding('utf8').on('data', (chunk) => {
        process[name].write(chunk);
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
    }
    child.on('close', (code) => resolve(code ?? 1));
  });
}

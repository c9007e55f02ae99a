// `npm test`: everything, set-up included, and one line of totals in the end. `npm test -- unit` and the like run a
// part: checks (types, format, lint), unit, extension, ui, package.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
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
await setUp();
await build();
// Browser, editors and the second Node come first: unit tests use what is there, and skip what is not. What cannot be
// set up here fails the editors' suites, which say so again, and no other part.
if (wanted.length === 0) await setUpHosts().catch((error) => console.error(error.message));
for (const name of wanted.length > 0 ? wanted : Object.keys(parts))
  for (const run of parts[name]) {
    const counts = await run();
    for (const key of Object.keys(total)) total[key] += counts[key] ?? 0;
  }
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** A tool that says only whether all is well: one test. */
async function check(title, args) {
  const code = await run(args);
  console.log(`${code === 0 ? '✓' : '✗'} ${title}`);
  return code === 0 ? { passed: 1 } : { failed: 1 };
}

async function unitTests() {
  const file = path.join(root, '.cache', 'unit.json');
  fs.rmSync(file, { force: true });
  await run([
    bin('vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  if (!fs.existsSync(file)) return { failed: 1 };
  const result = JSON.parse(fs.readFileSync(file, 'utf8'));
  const broken = result.testResults.filter(
    (f) => f.status === 'failed' && f.assertionResults.length === 0,
  ).length;
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + broken,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** The editor suites print `RESULT {...}` for every host. */
async function editorTests(script) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let results = 0;
  const code = await run([path.join(root, script)], (line) => {
    const found = /^RESULT (\{.*\})$/.exec(line);
    if (!found) return;
    results++;
    const result = JSON.parse(found[1]);
    for (const key of Object.keys(counts)) counts[key] += result[key];
  });
  if ((code !== 0 && counts.failed === 0) || results === 0) counts.failed++;
  return counts;
}

/** Runs a script of Node's with its output passed through; resolves to the exit code. */
function run(args, onLine) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'inherit'],
    });
    let rest = '';
    child.stdout?.on('data', (chunk) => {
      process.stdout.write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

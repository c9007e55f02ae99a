/**
 * What the extension host loads: VS Code calls `run()`, which runs every test in the bundle. Each outcome goes to
 * the console, from where it reaches the page that runs the tests, and to a file, which also survives the host.
 */
import fs from 'node:fs';
import { runTests } from '../harness/suite';

/** Runs the tests of the bundle; rejects when one failed, which VS Code turns into exit code 1. */
export async function run(): Promise<void> {
  const only = process.env.SKIPLENS_TEST_ONLY ?? '';
  const totals = await runTests(
    (outcome) => say('TEST', outcome),
    only,
    (title) => say('START', { title }),
  );
  say('TOTALS', totals);
  if (totals.failed > 0) throw new Error(`${totals.failed} tests failed.`);
}

function say(word: 'START' | 'TEST' | 'TOTALS', what: object): void {
  const line = `SKIPLENS-${word} ${JSON.stringify(what)}`;
  if (process.env.SKIPLENS_TEST_REPORT) fs.appendFileSync(process.env.SKIPLENS_TEST_REPORT, `${line}\n`);
  console.log(line);
}

/**
 * What the extension host loads: VS Code calls `run()`, which runs every test in the bundle and says each outcome
 * on the console, from where it reaches the page that runs the tests.
 */
import { type Outcome, runTests } from '../harness/suite';

/** Runs the tests of the bundle; rejects when one failed, which VS Code turns into exit code 1. */
export async function run(): Promise<void> {
  const report = (outcome: Outcome): void => console.log(`SKIPLENS-TEST ${JSON.stringify(outcome)}`);
  const totals = await runTests(report, process.env.SKIPLENS_TEST_ONLY ?? '');
  console.log(`SKIPLENS-TOTALS ${JSON.stringify(totals)}`);
  if (totals.failed > 0) throw new Error(`${totals.failed} tests failed.`);
}

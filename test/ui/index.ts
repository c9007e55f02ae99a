/**
 * The entry of the bundled UI tests: runs them in this process and says each outcome to `run.mjs`, which started it.
 */
import { runTests } from '../harness/suite';
import { closeBrowser } from './workbench';

async function main(): Promise<void> {
  const totals = await runTests(
    (outcome) => process.stdout.write(`SKIPLENS-TEST ${JSON.stringify(outcome)}\n`),
    process.env.SKIPLENS_TEST_ONLY ?? '',
  );
  await closeBrowser();
  process.stdout.write(`SKIPLENS-TOTALS ${JSON.stringify(totals)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

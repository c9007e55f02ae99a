// Runs the UI tests against a real VS Code in a browser: `node test/ui/run.mjs [--host floor|current]
// [--extension FOLDER_OR_VSIX] [--tests FOLDER] [--workspace FOLDER] [--only TEXT] [--suite NAME] [--verbose]`. The tests run in a
// process of their own; pictures that they take, and one of every window in which a test failed, lie in
// `.cache/pictures/HOST/`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { hostNames, projectRoot } from '../../scripts/hosts/hosts.mjs';
import { setUpHosts } from '../../scripts/hosts/setUp.mjs';
import { bundleTests, findTests } from '../harness/bundle.mjs';
import { makeReport, readOptions } from '../harness/report.mjs';

const options = readOptions(process.argv.slice(2));
const tests = path.resolve(options.tests ?? path.join(projectRoot, 'test', 'ui'));
const workspace = path.resolve(options.workspace ?? path.join(projectRoot, 'test', 'fixtures', 'workspace'));
const extension = path.resolve(options.extension ?? projectRoot);
const names = options.host ? [options.host] : hostNames;

const chrome = await setUpHosts(names);
const bundle = path.join(projectRoot, '.cache', 'tests', 'ui', `tests-${process.pid}.mjs`);
await bundleTests(path.join(projectRoot, 'test', 'ui', 'index.ts'), findTests(tests), bundle, [
  'playwright-core',
]);
process.on('exit', () => fs.rmSync(bundle, { force: true }));
let isGood = true;
for (const name of names) isGood = (await runIn(name)) && isGood;
process.exitCode = isGood ? 0 : 1;

/**
 * A browser, an editor, a server and a training share two cores here, so a window may miss its moment: a group in
 * which a test failed is run once more in fresh windows, and the second word counts. What needed it is named.
 */
async function runIn(name) {
  const report = makeReport(options.suite ?? 'ui', name);
  const counted = new Set();
  const failed = new Map();
  const count = (outcome) => {
    counted.add(outcome.title);
    report.add(outcome);
  };
  const note = (sentence) => process.stdout.write(`  ${name} · ${sentence}\n`);
  await attempt(name, options.only ?? '', report, (outcome) => {
    if (outcome.outcome !== 'failed') return count(outcome);
    failed.set(outcome.title, outcome);
    note(`failed at the first attempt: ${outcome.title}\n      ${String(outcome.reason).split('\n')[0]}`);
  });
  for (const group of new Set([...failed.keys()].map((title) => title.split(' > ')[0]))) {
    note(`once more: ${group}`);
    await attempt(name, group, report, (outcome) => {
      if (!counted.has(outcome.title) || outcome.outcome === 'failed') count(outcome);
      failed.delete(outcome.title);
    });
  }
  // A failure that the second attempt never reached stays a failure.
  for (const outcome of failed.values()) if (!/ > (before|after)$/.test(outcome.title)) count(outcome);
  return report.end();
}

async function attempt(name, only, report, onOutcome) {
  const child = spawn(process.execPath, ['--enable-source-maps', bundle], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      CHROME_PATH: chrome,
      SKIPLENS_TEST_HOST: name,
      SKIPLENS_TEST_EXTENSION: extension,
      SKIPLENS_TEST_WORKSPACE: workspace,
      SKIPLENS_TEST_ONLY: only,
    },
  });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  let totals;
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const [, word, json] = line.match(/^SKIPLENS-(TEST|TOTALS) (\{.*\})$/) ?? [];
    if (word === 'TEST') onOutcome(JSON.parse(json));
    else if (word === 'TOTALS') totals = JSON.parse(json);
    else if (options.verbose) process.stdout.write(`    ${line}\n`);
  }
  const code = await ended;
  if (!totals) report.addTrouble(`the tests ended with ${code} before they were done`);
}

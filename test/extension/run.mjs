// Runs the extension tests inside a real VS Code: `node test/extension/run.mjs [--host floor|current]
// [--extension FOLDER] [--tests FOLDER] [--workspace FOLDER] [--only TEXT] [--verbose]`. Each kind of test file gets
// a window of its own: `x.test.ts` one on a trusted workspace, `x.restricted.test.ts` one whose workspace nobody
// trusted, `x.noFolder.test.ts` an empty one. The tests run in the extension host; the page that holds VS Code hands
// their console and exit code out, as in VS Code's own repository.
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumFlags } from '../../scripts/hosts/chromium.mjs';
import { hostNames, projectRoot } from '../../scripts/hosts/hosts.mjs';
import { startServer } from '../../scripts/hosts/server.mjs';
import { setUpHosts } from '../../scripts/hosts/setUp.mjs';
import { bundleTests, findTests } from '../harness/bundle.mjs';
import { makeReport, readOptions } from '../harness/report.mjs';
import { copyWorkspace } from '../harness/workspace.mjs';

const options = readOptions(process.argv.slice(2));
const extension = path.resolve(options.extension ?? projectRoot);
const tests = path.resolve(options.tests ?? path.join(projectRoot, 'test', 'extension'));
const workspace = path.resolve(options.workspace ?? path.join(projectRoot, 'test', 'fixtures', 'workspace'));
const sessionTimeoutMs = 10 * 60_000;

const kinds = [
  { name: 'trusted', suffix: '.test.ts', trust: false, folder: true },
  { name: 'restricted', suffix: '.restricted.test.ts', trust: true, folder: true },
  { name: 'noFolder', suffix: '.noFolder.test.ts', trust: false, folder: false },
];

const names = options.host ? [options.host] : hostNames;
const executablePath = await setUpHosts(names);
const bundles = await bundleKinds();
let isGood = true;
for (const name of names) {
  const report = makeReport('extension', name);
  for (const { kind, bundle } of bundles) await runSession(name, kind, bundle, report);
  isGood = report.end() && isGood;
}
process.exitCode = isGood ? 0 : 1;

async function bundleKinds() {
  const files = findTests(tests);
  const kindOf = (file) => kinds.findLast((kind) => file.endsWith(kind.suffix));
  const result = [];
  for (const kind of kinds) {
    const own = files.filter((file) => kindOf(file) === kind);
    if (own.length === 0) continue;
    const bundle = path.join(projectRoot, '.cache', 'tests', 'extension', `${kind.name}-${process.pid}.js`);
    await bundleTests(path.join(projectRoot, 'test', 'extension', 'index.ts'), own, bundle, ['vscode']);
    process.on('exit', () => fs.rmSync(bundle, { force: true }));
    result.push({ kind, bundle });
  }
  return result;
}

async function runSession(name, kind, bundle, report) {
  const copy = copyWorkspace(workspace);
  const only = options.only ?? '';
  const env = { SKIPLENS_TEST_ONLY: only, SKIPLENS_TEST_HOST: name, SKIPLENS_TEST_KIND: kind.name };
  const server = await startServer(name, { trust: kind.trust, env, testMode: true });
  const browser = await chromium.launch({ executablePath, args: chromiumFlags });
  const log = [];
  let totals;
  let outcomes = 0;
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const exit = new Promise((resolve, reject) => {
      page.on('crash', () => reject(new Error('the page crashed')));
      setTimeout(
        () => reject(new Error(`no end after ${sessionTimeoutMs / 60_000} min`)),
        sessionTimeoutMs,
      ).unref();
      page.exposeFunction('codeAutomationExit', resolve);
    });
    exit.catch(() => {});
    await page.exposeFunction('codeAutomationLog', (type, args) => {
      for (const line of String(args?.[0] ?? '').split('\n')) {
        const [, word, json] = line.match(/SKIPLENS-(TEST|TOTALS) (\{.*\})/) ?? [];
        if (word === 'TEST') {
          report.add(JSON.parse(json));
          outcomes += 1;
        } else if (word === 'TOTALS') totals = JSON.parse(json);
        else {
          log.push(`${type}: ${line}`);
          if (options.verbose) process.stdout.write(`    ${type}: ${line}\n`);
        }
      }
    });
    const onServer = (file) => `vscode-remote://localhost:${server.port}${file}`;
    const payload = [
      ['extensionDevelopmentPath', onServer(extension)],
      ['extensionTestsPath', onServer(bundle)],
      ['skipWelcome', 'true'],
    ];
    await page.goto(server.address(kind.folder ? copy.folder : undefined, payload));
    const code = await exit;
    const expected = totals ? totals.passed + totals.failed + totals.skipped : undefined;
    if (!totals)
      report.addTrouble(
        `the ${kind.name} window ended with code ${code} before its tests were done${tail(log)}`,
      );
    else if (outcomes !== expected) report.addTrouble(`only ${outcomes} of ${expected} outcomes arrived`);
    else if (code !== 0 && totals.failed === 0)
      report.addTrouble(`the ${kind.name} window ended with code ${code}${tail(log)}`);
  } catch (error) {
    report.addTrouble(`the ${kind.name} window: ${error.message}${tail([...server.output(), ...log])}`);
  } finally {
    await browser.close();
    await server.stop();
    const left = server.processes();
    if (left.length > 0) report.addTrouble(`processes ${left.join(', ')} outlived the server`);
    await copy.remove();
  }
}

function tail(lines) {
  return `; the log ends:\n      ${lines.slice(-20).join('\n      ')}`;
}

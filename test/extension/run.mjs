// Runs the extension tests inside a real VS Code: `node test/extension/run.mjs [--host floor|current]
// [--extension FOLDER] [--tests FOLDER] [--workspace FOLDER] [--only TEXT] [--verbose]`. Each kind of test file gets
// a window of its own: `x.test.ts` one on a trusted workspace, `x.restricted.test.ts` one whose workspace nobody
// trusted, `x.noFolder.test.ts` an empty one. The tests run in the extension host and record their outcomes in a file;
// the page that holds VS Code hands their log and exit code out, as in VS Code's own repository.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumFlags } from '../../scripts/hosts/chromium.mjs';
import { hostNames, projectRoot } from '../../scripts/hosts/hosts.mjs';
import { startServer } from '../../scripts/hosts/server.mjs';
import { setUpHosts } from '../../scripts/hosts/setUp.mjs';
import { bundleTests, findTests, mapStack } from '../harness/bundle.mjs';
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
// Both hosts at once: a window waits more than it works.
const areGood = await Promise.all(
  names.map(async (name) => {
    const report = makeReport('extension', name);
    for (const { kind, bundle } of bundles) await runSession(name, kind, bundle, report);
    return report.end();
  }),
);
process.exitCode = areGood.every(Boolean) ? 0 : 1;

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
  const record = followRecord(report, bundle);
  const env = {
    SKIPLENS_TEST_ONLY: options.only ?? '',
    SKIPLENS_TEST_HOST: name,
    SKIPLENS_TEST_KIND: kind.name,
    SKIPLENS_TEST_REPORT: record.file,
    // The queue of trainings is this window's own: tests of another checkout must not be waited for.
    SKIPLENS_LOCK_FOLDER: path.join(path.dirname(copy.folder), 'locks'),
  };
  const server = await startServer(name, { trust: kind.trust, env, testMode: true });
  const browser = await chromium.launch({ executablePath, args: chromiumFlags });
  const log = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.exposeFunction('codeAutomationLog', (type, args) => {
      for (const line of String(args?.[0] ?? '').split('\n')) {
        if (isNoise(line)) continue;
        log.push(`${type}: ${line}`);
        if (options.verbose) process.stdout.write(`    ${type}: ${line}\n`);
      }
    });
    const exit = exitOf(page);
    const onServer = (file) => `vscode-remote://localhost:${server.port}${file}`;
    const payload = [
      ['extensionDevelopmentPath', onServer(extension)],
      ['extensionTestsPath', onServer(bundle)],
      ['skipWelcome', 'true'],
    ];
    await page.goto(server.address(kind.folder ? copy.folder : undefined, payload));
    const code = await exit;
    const { totals, running } = record.end();
    const whole = `the ${kind.name} window ended with code ${code}`;
    if (!totals)
      report.addTrouble(
        `${whole} ${running ? `while running "${running}"` : 'before its first test'}${tail(log)}`,
      );
    else if (code !== 0 && totals.failed === 0) report.addTrouble(`${whole}${tail(log)}`);
  } catch (error) {
    const { running } = record.end();
    const where = running ? ` while running "${running}"` : '';
    report.addTrouble(
      `the ${kind.name} window: ${error.message}${where}${tail([...server.output(), ...log])}`,
    );
  } finally {
    await browser.close();
    await server.stop();
    const left = server.processes();
    if (left.length > 0) report.addTrouble(`processes ${left.join(', ')} outlived the server`);
    await copy.remove();
  }
}

/** The exit code of the tests in the page; rejects when the page ends or nothing comes for a long time. */
function exitOf(page) {
  const exit = new Promise((resolve, reject) => {
    page.on('crash', () => reject(new Error('the page crashed')));
    page.on('close', () => reject(new Error('the page was closed')));
    const minutes = sessionTimeoutMs / 60_000;
    setTimeout(() => reject(new Error(`no end after ${minutes} min`)), sessionTimeoutMs).unref();
    page.exposeFunction('codeAutomationExit', resolve).catch(reject);
  });
  exit.catch(() => {});
  return exit;
}

/** Follows the file in which the extension host records its outcomes, and hands each to the report once. */
function followRecord(report, bundle) {
  const file = path.join(os.tmpdir(), `skiplens-report-${randomUUID()}`);
  fs.writeFileSync(file, '');
  let read = 0;
  let totals;
  let running;
  const look = () => {
    const lines = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(read)) {
      const [, word, json] = line.match(/^SKIPLENS-(START|TEST|TOTALS) (.*)$/);
      const said = JSON.parse(json);
      if (word === 'START') running = said.title;
      else if (word === 'TEST') {
        running = undefined;
        report.add({ ...said, reason: said.reason && readable(said.reason, bundle) });
      } else totals = said;
    }
    read = lines.length;
  };
  const timer = setInterval(look, 300);
  return {
    file,
    end() {
      clearInterval(timer);
      look();
      fs.rmSync(file, { force: true });
      return { totals, running };
    },
  };
}

// VS Code's own stacks, and what its gallery and its missing parts say in every window.
function isNoise(line) {
  return (
    line.trim() === '' ||
    /workbench\.js:|extensionHostProcess\.js:|SKIPLENS-|^\s+at .*node:internal/.test(line)
  );
}

function readable(reason, bundle) {
  const lines = mapStack(reason, bundle).split('\n');
  return lines.filter((line) => line.trim() === '' || !isNoise(line)).join('\n');
}

function tail(lines) {
  return `; the log ends:\n      ${lines.slice(-20).join('\n      ')}`;
}

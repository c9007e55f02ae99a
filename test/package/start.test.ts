/**
 * `npm start` from its first line to Ctrl-C: the address that it prints opens VS Code with Skiplens in it, only with
 * its token, only on this machine, with the folder not yet trusted, and nothing runs on when it has ended.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../scripts/hosts/chromium.mjs';
import { eventually } from '../harness/eventually';
import { assert, cleanUp, group, test } from '../harness/suite';
import { runOptions } from '../ui/workbench';

/** It opens the current host, whichever this run is about. */
if (runOptions.host === 'current')
  group('npm start', () => {
    test('prints an address that opens VS Code with Skiplens, and ends with Ctrl-C', async () => {
      const own = fs.mkdtempSync(path.join(os.tmpdir(), 'skiplens-start-'));
      cleanUp(() => fs.rmSync(own, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
      const folder = path.join(own, 'a folder');
      fs.mkdirSync(folder);
      const flags = ['--vsix', runOptions.extension, '--folder', folder, '--data', path.join(own, 'data')];
      // A group of its own, as a terminal gives: Ctrl-C reaches npm and what it runs.
      const child = spawn('npm', ['start', '--', ...flags], {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const interrupt = (signal: NodeJS.Signals) => process.kill(-child.pid!, signal);
      cleanUp(() => {
        if (child.exitCode === null && child.signalCode === null) interrupt('SIGTERM');
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text) => {
          said += text;
        });
      const address = new URL(
        await eventually('the address', () => {
          if (child.exitCode !== null) throw new Error(said);
          return /http:\/\/localhost:\S+/.exec(said)?.[0];
        }),
      );

      const { origin, searchParams, port } = address;
      assert.match(searchParams.get('tkn') ?? '', /^[0-9a-f]{36}$/);
      const status = async (url: string) => (await fetch(url, { redirect: 'manual' })).status;
      assert.equal(await status(origin), 403);
      assert.equal(await status(`${origin}/?tkn=${'0'.repeat(36)}`), 403);
      const elsewhere = Object.values(os.networkInterfaces())
        .flat()
        .find((each) => each?.family === 'IPv4' && !each.internal);
      if (elsewhere) await assert.rejects(status(`http://${elsewhere.address}:${port}`));

      const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags });
      cleanUp(() => browser.close());
      const page = await browser.newPage();
      const response = await page.goto(address.href);
      assert.equal(response?.status(), 200);
      await page
        .locator('.part.activitybar .action-item a[aria-label^="Skiplens"]')
        .waitFor({ timeout: 60_000 });
      await page.locator('.part.statusbar', { hasText: 'Restricted Mode' }).waitFor({ timeout: 60_000 });
      await browser.close();

      interrupt('SIGINT');
      await eventually('the end', () => child.exitCode !== null || child.signalCode !== null);
      assert.match(said, /VS Code has ended\.\s*$/);
      await assert.rejects(status(origin));
    });
  });

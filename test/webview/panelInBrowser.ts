/**
 * The panel in a real browser under the editor's own policy, with a host that stands in: opened, told of events,
 * asked what it shows. One browser and one page a test file; tests are skipped where no Chromium is installed.
 */
import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { dataText, panelScript, standInScript } from '../../scripts/gallery/standInPage';
import { chromiumFlags, findChromium } from '../../scripts/hosts/chromium.mjs';
import type { PanelDigest, PanelEvents, PanelSnapshot } from '../../src/protocol/panel';
import { panelPage } from '../../src/protocol/panelPage';
import { recordedRun } from './fixtures';

declare global {
  interface Window {
    standIn: {
      asked: { method: string; params: unknown }[];
      emit(name: string, payload: unknown): void;
      step(): void;
    };
  }
}

export const executablePath = findChromium();
if (!executablePath) console.warn('The panel is not tested in a browser: no Chromium is installed.');

const origin = 'http://panel.test';
export const abilities = { measure: false, train: false, control: true, export: true, reveal: true };
export const run: PanelSnapshot = { ...recordedRun(), abilities };

let browser: Browser;
/** The page of the test that runs. */
export let page: Page;
let complaints: string[];

/** Opens the shell that the host serves; the stand-in lies before the panel's own script, with the same nonce. */
export async function open(
  snapshot: PanelSnapshot,
  { width = 1280, height = 800, theme = 'dark', reducedMotion = false } = {},
): Promise<void> {
  page = await browser.newPage({
    viewport: { width, height },
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
  });
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const shell = panelPage({
    title: 'Skiplens',
    nonce: 'n0nce',
    cspSource: origin,
    scriptUri: `${origin}/webview.js`,
    styleUri: `${origin}/inspector.css`,
  });
  const standIn = `<script type="application/json" id="stand-in-data">${dataText(snapshot)}</script>
<script nonce="n0nce" src="${origin}/standIn.js"></script>`;
  const html = shell.replace('<body>', `<body class="vscode-${theme}">${standIn}`);
  const files: Record<string, { contentType: string; body: string }> = {
    '/': { contentType: 'text/html', body: html },
    '/standIn.js': { contentType: 'text/javascript', body: await standInScript() },
    '/webview.js': { contentType: 'text/javascript', body: await panelScript() },
    '/inspector.css': { contentType: 'text/css', body: readFileSync('media/inspector.css', 'utf8') },
  };
  await page.route(`${origin}/**`, (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill(file) : route.fulfill({ status: 204 });
  });
  await page.goto(`${origin}/`);
  await page.waitForSelector('[role=treeitem]');
}

export async function emit<K extends keyof PanelEvents>(name: K, payload: PanelEvents[K]): Promise<void> {
  await page.evaluate(([n, p]) => window.standIn.emit(n as string, p), [name, payload] as const);
}

/** Every message so far has arrived, and what it changed has been drawn. */
export async function settled(): Promise<void> {
  await page.evaluate(
    () =>
      new Promise((done) => {
        const drawn = () => requestAnimationFrame(() => setTimeout(done));
        window.addEventListener('message', drawn, { once: true });
        window.postMessage('settle', '*');
      }),
  );
}

let probes = 0;

/** Asks the panel what it shows, after it has drawn. */
export async function digest(): Promise<PanelDigest> {
  await settled();
  const token = `probe${++probes}`;
  await emit('panel/probe', { token });
  const handle = await page.waitForFunction((wanted) => {
    const found = window.standIn.asked.find(
      ({ method, params }) => method === 'panel/digest' && (params as { token: string }).token === wanted,
    );
    return found?.params;
  }, token);
  return ((await handle.jsonValue()) as { digest: PanelDigest }).digest;
}

export const asked = (method: string) =>
  page.evaluate((m) => window.standIn.asked.filter((a) => a.method === m).map((a) => a.params), method);
export const row = (name: RegExp) => page.getByRole('treeitem', { name }).first();

/** To be called once within the group of tests. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    // Neither the policy nor the script has anything to complain about, whatever was done.
    expect(complaints).toEqual([]);
    await page.close();
  });
}

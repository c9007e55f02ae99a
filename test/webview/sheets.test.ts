/**
 * The sheets over the inspector in a real browser: the data card and the networks in figures, from a host and from a
 * report, by mouse and by keyboard. Skipped where no Chromium is installed, saying so.
 */
import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dataText, panelScript, standInScript } from '../../scripts/gallery/standInPage';
import { chromiumFlags, findChromium } from '../../scripts/hosts/chromium.mjs';
import { readDataCard } from '../../src/datasets/dataCard';
import { findNetwork } from '../../src/networks';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { panelPage, reportPage } from '../../src/protocol/panelPage';
import { figuresTable } from '../../src/workspace/figures';
import { recordedRun } from './fixtures';

const executablePath = findChromium();
if (!executablePath) console.warn('The sheets are not tested in a browser: no Chromium is installed.');

const origin = 'http://panel.test';
const abilities = { measure: false, train: false, control: true, export: true, reveal: true };

let browser: Browser;
let page: Page;
let complaints: string[];
let run: PanelSnapshot;

async function openPage(html: string, scripts: Record<string, string> = {}): Promise<void> {
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const files: Record<string, { contentType: string; body: string }> = {
    '/': { contentType: 'text/html', body: html },
    '/inspector.css': { contentType: 'text/css', body: readFileSync('media/inspector.css', 'utf8') },
  };
  for (const [name, body] of Object.entries(scripts)) files[name] = { contentType: 'text/javascript', body };
  await page.route(`${origin}/**`, (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill(file) : route.fulfill({ status: 204 });
  });
  await page.goto(`${origin}/`);
  await page.waitForSelector('[role=treeitem]');
}

/** The panel with a host that stands in; `theme` is one of the editor's classes. */
async function openPanel(snapshot: PanelSnapshot, theme = 'vscode-dark'): Promise<void> {
  const shell = panelPage({
    title: 'Skiplens',
    nonce: 'n0nce',
    cspSource: origin,
    scriptUri: `${origin}/webview.js`,
    styleUri: `${origin}/inspector.css`,
  });
  const standIn = `<script type="application/json" id="stand-in-data">${dataText(snapshot)}</script>
<script nonce="n0nce" src="${origin}/standIn.js"></script>`;
  await openPage(shell.replace('<body>', `<body class="${theme}">${standIn}`), {
    '/standIn.js': await standInScript(),
    '/webview.js': await panelScript(),
  });
}

const sheet = () => page.getByRole('dialog');
const button = (name: string) => page.getByRole('button', { name, exact: true });

describe.skipIf(!executablePath)('sheets over the inspector', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
    const card = await readDataCard({
      data: 'drawn',
      dataOptions: { subset: 100, validationSubset: 20 },
      seed: 1,
      augment: true,
    });
    const figures = figuresTable([findNetwork('resnet50'), findNetwork('keras-resnet50')]);
    run = { ...recordedRun(), abilities, card, figures };
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('the data card shows classes, counts, samples and what is done to images', async () => {
    await openPanel(run);
    await button('Data…').click();
    await expect
      .poll(() => sheet().getByRole('heading', { level: 2 }).textContent())
      .toMatch(/^Drawn shapes/);
    expect(await sheet().getByRole('row').count()).toBe(11);
    expect(
      await sheet()
        .getByRole('row', { name: /^triangle 10 2/ })
        .count(),
    ).toBe(1);
    const strip = sheet().getByRole('img', { name: '8 images of the class disk' });
    // Real pixels, not an empty canvas: several colours, all of them opaque.
    const colours = await strip.evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set<number>();
      for (let i = 0; i < data.length; i += 4) seen.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
      return { seen: seen.size, opaque: data.every((v, i) => i % 4 !== 3 || v === 255), width: canvas.width };
    });
    expect(colours).toMatchObject({ opaque: true, width: 8 * 32 });
    expect(colours.seen).toBeGreaterThan(100);
    expect(await sheet().textContent()).toContain('120 of 5000 images are used');
    expect(await sheet().textContent()).toContain('Training images are not varied.');
  });

  it('Escape closes it, nothing behind it hears the keys, and the focus goes back', async () => {
    await openPanel(run);
    await page.getByRole('treeitem').nth(3).click();
    await expect.poll(() => page.locator('.details').isVisible()).toBe(true);
    await button('Data…').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => sheet().getByRole('table').count()).toBe(1);
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    expect(await sheet().count()).toBe(0);
    expect(await page.locator('.details').isVisible()).toBe(true);
    expect(await button('Data…').evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('shows how far the reading is, and closing it says that nobody waits any more', async () => {
    await openPanel(run);
    await page.evaluate(() => {
      // A host that takes its time.
      const { postMessage } = window;
      window.postMessage = ((message: { kind?: string; result?: object }, ...rest: unknown[]) =>
        message.kind === 'answer' && message.result && 'card' in message.result
          ? undefined
          : (postMessage as (...all: unknown[]) => void).call(window, message, ...rest)) as never;
    });
    await button('Data…').click();
    await expect.poll(() => sheet().getByRole('status').textContent()).toBe('Reading the data …');
    await page.evaluate(() => window.standIn.emit('data/progress', { share: 0.25 }));
    await expect.poll(() => sheet().locator('progress').getAttribute('value')).toBe('0.25');
    await button('Close').click();
    // A dialog tells that it was closed in a task of its own.
    await expect
      .poll(() => page.evaluate(() => window.standIn.asked.map(({ method }) => method)))
      .toContain('data/cancel');
  });

  it('a failure is one sentence in the sheet', async () => {
    await openPanel(run);
    await page.evaluate(() => {
      const { postMessage } = window;
      const failed = {
        code: 'data/missingFolder',
        message: 'There is no folder x; check the path of the data.',
      };
      window.postMessage = ((message: { kind?: string; id?: number; result?: object }, ...rest: unknown[]) =>
        (postMessage as (...all: unknown[]) => void).call(
          window,
          message.kind === 'answer' && message.result && 'card' in message.result
            ? { kind: 'answer', id: message.id, outcome: 'failed', error: failed }
            : message,
          ...rest,
        )) as never;
    });
    await button('Data…').click();
    await expect
      .poll(() => sheet().getByRole('alert').textContent())
      .toBe('There is no folder x; check the path of the data.');
  });

  it('the figures stand side by side with ratios and the reason why totals differ', async () => {
    await openPanel(run);
    await button('Figures…').click();
    await expect.poll(() => sheet().getByRole('table').count()).toBe(1);
    const rows = await sheet().getByRole('row').allTextContents();
    expect(rows).toContain('Parameters25,610,15225,636,712×1.00');
    expect(rows).toContain('Multiply-adds an image4,089,184,2563,857,973,248×0.943');
    expect(rows).toContain('Layers with weights on the longest way5050×1.00');
    expect(rows.some((row) => row.startsWith('Activations of an image, bytes'))).toBe(true);
    const text = await sheet().textContent();
    expect(text).toContain('both have the same 25,557,032 parameters.');
    expect(text).toContain('Published for Keras ResNet50 on ImageNet: 25.1 % test error');
  });

  it('the host can ask for the figures', async () => {
    await openPanel(run);
    await page.evaluate(() => window.standIn.emit('network/compared', {}));
    await expect.poll(() => sheet().getByRole('table').count()).toBe(1);
  });

  it.each([
    'vscode-light',
    'vscode-dark',
    'vscode-high-contrast',
    'vscode-high-contrast vscode-high-contrast-light',
  ])('is readable in %s', async (theme) => {
    await openPanel(run, theme);
    await button('Data…').click();
    await expect.poll(() => sheet().getByRole('table').count()).toBe(1);
    const colours = await sheet().evaluate((element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      return [color, backgroundColor].map((c) => (c.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
    });
    const luminance = ([r, g, b]: number[]) => {
      const linear = (v: number) => (v <= 10.3 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    };
    const [ink, ground] = colours.map(luminance);
    expect((Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05)).toBeGreaterThan(4.5);
    await page.screenshot({ path: `.cache/pictures/sheet-${theme.replaceAll(' ', '-')}.png` });
  });

  it('a report carries both, and one without them offers neither', async () => {
    const styles = readFileSync('media/inspector.css', 'utf8');
    const script = await panelScript();
    await openPage(reportPage(run, { script, styles, theme: 'light' }));
    await button('Data…').click();
    await expect.poll(() => sheet().getByRole('table').count()).toBe(1);
    await page.keyboard.press('Escape');
    await button('Figures…').click();
    await expect.poll(() => sheet().textContent()).toContain('25,557,032');
    expect(complaints).toEqual([]);
    await page.close();
    await openPage(reportPage(recordedRun(), { script, styles, theme: 'light' }));
    expect(await button('Data…').count()).toBe(0);
    expect(await button('Figures…').count()).toBe(0);
  });
});

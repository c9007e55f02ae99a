/**
 * The panel in a real browser under the editor's own policy, with a host that stands in: what a person does with
 * mouse and keys, and what the host is told. Skipped where no Chromium is installed, saying so.
 */
import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dataText, panelScript, standInScript } from '../../scripts/gallery/standInPage';
import { chromiumFlags, findChromium } from '../../scripts/hosts/chromium.mjs';
import type { PanelDigest, PanelEvents, PanelSnapshot } from '../../src/protocol/panel';
import { panelPage } from '../../src/protocol/panelPage';
import { emptySeries, Series } from '../../src/protocol/series';
import { recordedRun, recordedSeeds } from './fixtures';

declare global {
  interface Window {
    standIn: {
      asked: { method: string; params: unknown }[];
      emit(name: string, payload: unknown): void;
      step(): void;
    };
  }
}

const executablePath = findChromium();
if (!executablePath) console.warn('The panel is not tested in a browser: no Chromium is installed.');

const origin = 'http://panel.test';
const abilities = { measure: false, train: false, control: true, export: true, reveal: true };
const run: PanelSnapshot = { ...recordedRun(), abilities };

let browser: Browser;
let page: Page;
let complaints: string[];

/** Opens the shell that the host serves; the stand-in lies before the panel's own script, with the same nonce. */
async function open(
  snapshot: PanelSnapshot,
  { width = 1280, height = 800, theme = 'dark' } = {},
): Promise<void> {
  page = await browser.newPage({ viewport: { width, height } });
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

async function emit<K extends keyof PanelEvents>(name: K, payload: PanelEvents[K]): Promise<void> {
  await page.evaluate(([n, p]) => window.standIn.emit(n as string, p), [name, payload] as const);
}

/** Every message so far has arrived, and what it changed has been drawn. */
async function settled(): Promise<void> {
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
async function digest(): Promise<PanelDigest> {
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

const asked = (method: string) =>
  page.evaluate((m) => window.standIn.asked.filter((a) => a.method === m).map((a) => a.params), method);
const row = (name: RegExp) => page.getByRole('treeitem', { name }).first();

describe.skipIf(!executablePath)('the panel in a browser', () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: chromiumFlags });
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    // Neither the policy nor the script has anything to complain about, whatever was done.
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows a run with its rows, arcs, series and verdicts', async () => {
    await open(run);
    expect(await digest()).toEqual({
      rows: 15,
      drawnRows: 15,
      visibleArcs: 9,
      seriesLengths: [60, 60],
      lastStep: 60,
      shownStep: 60,
      metric: 'activationGradientNorm',
      selected: null,
      theme: 'dark',
      errors: [],
    });
    expect(await page.locator('.verdict').first().textContent()).toContain('at step 60');
  });

  it('grows with every step and follows the newest', async () => {
    await open(run);
    for (let i = 0; i < 5; i++) await page.evaluate(() => window.standIn.step());
    expect(await digest()).toMatchObject({ seriesLengths: [65, 65], lastStep: 65, shownStep: 65 });
    await page.locator('.slider').focus();
    await page.keyboard.press('Home');
    await page.evaluate(() => window.standIn.step());
    expect(await digest()).toMatchObject({ lastStep: 66, shownStep: 1 });
    await page.getByRole('button', { name: 'Newest' }).click();
    expect(await digest()).toMatchObject({ shownStep: 66 });
  });

  it('folds and unfolds with its arcs, by the level and by a chevron', async () => {
    await open(run);
    await page.getByRole('radio', { name: 'Stages' }).click();
    expect(await digest()).toMatchObject({ rows: 6, visibleArcs: 5 });
    await page.getByRole('radio', { name: 'Blocks' }).click();
    await row(/^block 2/).dblclick({ position: { x: 110, y: 8 } });
    expect(await digest()).toMatchObject({ rows: 15 + 7, visibleArcs: 9 });
    // Left of the name sits the chevron.
    await row(/^block 2/).click({ position: { x: 14 + 67 - 11 + 9, y: 8 } });
    expect(await digest()).toMatchObject({ rows: 15, visibleArcs: 9 });
  });

  it('is walked by keys, one row at a time in the tab order', async () => {
    await open(run);
    await page.locator('[role=treeitem][tabindex="0"]').focus();
    expect(await page.locator('[role=treeitem][tabindex="0"]').count()).toBe(1);
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    const label = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    await settled();
    expect(await label()).toMatch(/^block 1, 4×32×32, ResNet-20: skip by identity/);
    await page.keyboard.press('ArrowRight');
    expect(await digest()).toMatchObject({ rows: 22 });
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await digest()).toMatchObject({ rows: 13 });
    expect(await label()).toMatch(/^basicBlock ×3/);
    await page.keyboard.press('Enter');
    expect(await digest()).toMatchObject({ selected: 'stage1/block1:run' });
    await page.keyboard.press('Escape');
    expect(await digest()).toMatchObject({ selected: null });
    await page.keyboard.press('End');
    expect(await label()).toMatch(/^global average pool/);
  });

  it('opens the details of a row and asks the host for what only it knows', async () => {
    await open(run);
    await row(/^block 1, projection/).click({ position: { x: 130, y: 8 } });
    await settled();
    expect(await page.locator('.details h2').textContent()).toBe('block 1');
    expect(await page.locator('.details').textContent()).toContain('stage2/block1');
    expect(await asked('row/details')).toEqual([{ scope: 'stage2/block1' }]);
    const close = page.getByRole('button', { name: 'Close the details' });
    const before = await close.elementHandle();
    await page.evaluate(() => window.standIn.step());
    await digest();
    expect(await before!.evaluate((node) => node.isConnected), 'the button outlives a step').toBe(true);
    await close.click();
    await settled();
    expect(await page.locator('.details').isVisible()).toBe(false);
  });

  it('finds a layer, unfolds what hides it and goes there', async () => {
    await open(run);
    await page.keyboard.press('/');
    await page.keyboard.type('stage3/block2/conv2');
    await settled();
    expect(await page.locator('.count').textContent()).toBe('1 found');
    await page.keyboard.press('Enter');
    expect(await digest()).toMatchObject({ selected: 'stage3/block2/conv2' });
    expect(await row(/^conv2/).isVisible()).toBe(true);
    await emit('row/reveal', { scope: 'stage1/block1/bn1' });
    expect(await digest()).toMatchObject({ selected: 'stage1/block1/bn1' });
  });

  it('changes the metric of every track that shows it', async () => {
    await open(run);
    await page.getByRole('radio', { name: 'update ratio' }).click();
    expect(await digest()).toMatchObject({ metric: 'updateRatio' });
    expect(await page.locator('svg.heads').textContent()).toContain('‖Δw‖ / ‖w‖');
    expect(await page.locator('.scale').textContent()).toContain('update ratio');
  });

  it('plays the run and stops at its end', async () => {
    await open(run);
    await page.keyboard.press('p');
    await page.waitForTimeout(300);
    const { shownStep } = await digest();
    expect(shownStep).toBeLessThan(60);
    await page.keyboard.press('p');
    const held = (await digest()).shownStep;
    await page.waitForTimeout(300);
    expect((await digest()).shownStep).toBe(held);
    await page.keyboard.press('.');
    expect((await digest()).shownStep).toBe(held + 1);
  });

  it('scrubs where a heat map is dragged', async () => {
    await open(run);
    const box = (await page.locator('canvas.heat').first().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    await page.mouse.down();
    await page.mouse.up();
    const { shownStep } = await digest();
    expect(shownStep).toBeGreaterThan(25);
    expect(shownStep).toBeLessThan(36);
  });

  it('shows exactly the step that is asked for, also one that the picture has thinned away', async () => {
    const series = run.series.map((own) => {
      const [all, few] = [Series.from(own), new Series()];
      for (const i of [0, 19, 39, 59])
        few.add(all.stepAt(i), {
          loss: all.lossAt(i),
          accuracy: all.accuracyAt(i),
          vectors: all.vectorsAt(i) as never,
        });
      return few.toSnapshot();
    });
    await open({ ...run, series });
    const field = page.getByRole('spinbutton', { name: 'Step' });
    await field.fill('33');
    await field.press('Enter');
    await page.waitForFunction(() => window.standIn.asked.some(({ method }) => method === 'run/readStep'));
    expect(await digest()).toMatchObject({ shownStep: 33, seriesLengths: [5, 5] });
    expect(await page.locator('.verdict').first().textContent()).toContain('at step 33');
    // The next one takes its place; a kept one needs no question.
    await page.locator('.picture').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('.');
    await page.waitForFunction(
      () => window.standIn.asked.filter(({ method }) => method === 'run/readStep').length === 2,
    );
    expect(await digest()).toMatchObject({ shownStep: 34, seriesLengths: [5, 5] });
    await field.fill('40');
    await field.press('Enter');
    expect(await digest()).toMatchObject({ shownStep: 40 });
    expect(await asked('run/readStep')).toEqual([{ step: 33 }, { step: 34 }]);
    await field.fill('4000');
    await field.press('Enter');
    expect(await digest()).toMatchObject({ shownStep: 60 });
    expect(await field.inputValue()).toBe('60');
  });

  it('moves nothing below the header while numbers change', async () => {
    const running = {
      ...run.run!,
      status: 'running',
      phase: 'training',
      step: 1,
      totalSteps: 10_000,
    } as const;
    const empty = { ...run, series: run.series.map(() => emptySeries), run: { ...running, step: 0 } };
    for (const [width, height] of [
      [420, 600],
      [700, 700],
      [960, 760],
      [1280, 800],
      [1870, 1000],
    ]) {
      await open(empty, { width, height });
      const tops = () =>
        page.evaluate(() =>
          ['.toolbar', '.main'].map((name) =>
            Math.round(document.querySelector(name)!.getBoundingClientRect().top),
          ),
        );
      const before = await tops();
      const words = new Set<string | null>();
      for (let i = 0; i < 30; i++) {
        await page.evaluate(() => window.standIn.step());
        // Numbers of one digit and of many.
        const step = Math.round(1.4 ** i);
        const rate = i % 2 ? 7.25 : 18_800.5;
        await emit('run/changed', { ...running, step, imagesPerSecond: rate, secondsLeft: 11 ** (i % 6) });
        await settled();
        expect(await tops(), `${width}x${height}, step ${i + 1}`).toEqual(before);
        words.add(await page.locator('.verdict').first().textContent());
      }
      expect(words.size, 'the verdicts have changed meanwhile').toBeGreaterThan(15);
      await emit('run/changed', { ...running, status: 'stopped', reason: 'Stopped.', resumable: true });
      await settled();
      expect(await tops(), `${width}x${height}, stopped`).toEqual(before);
      if (width !== 1870) await page.close();
    }
  });

  it('keeps the card in sight when the details of a row are open in a narrow panel', async () => {
    for (const width of [480, 700, 890, 1000]) {
      await open(
        {
          ...run,
          run: null,
          series: run.series.map(() => emptySeries),
          abilities: { ...abilities, measure: true },
        },
        { width, height: 700 },
      );
      await row(/^block 1/).click({ position: { x: 120, y: 8 } });
      await digest();
      const hidden = await page.evaluate(() => {
        const { scrollHeight, clientHeight } = document.querySelector('.picture')!;
        return scrollHeight - clientHeight;
      });
      expect(hidden, 'a click on a row scrolls no head away').toBe(0);
      const details = (await page.locator('.details').boundingBox())!;
      const card = (await page.locator('.card').boundingBox())!;
      const isApart =
        card.x + card.width <= details.x ||
        card.y + card.height <= details.y ||
        card.y >= details.y + details.height;
      expect(isApart, `${width}: ${JSON.stringify({ details, card })}`).toBe(true);
      expect(details.x + details.width).toBeLessThanOrEqual(width);
      if (width !== 1000) await page.close();
    }
  });

  it('offers what the moment of the run allows', async () => {
    const running = { ...run.run!, status: 'running', phase: 'training', step: 60, totalSteps: 100 } as const;
    await open({ ...run, run: running });
    const buttons = () => page.locator('.buttons > .button').allTextContents();
    expect(await buttons()).toEqual(['Pause', 'Stop']);
    await page.getByRole('button', { name: 'Pause' }).click();
    await emit('run/changed', { ...running, phase: 'paused' });
    await digest();
    expect(await buttons()).toEqual(['Continue', 'Stop']);
    await page.getByRole('button', { name: 'Stop' }).click();
    await emit('run/changed', { ...running, status: 'stopped', resumable: true });
    await digest();
    expect(await buttons()).toEqual(['Resume']);
    await page.getByRole('button', { name: 'Resume' }).click();
    for (const method of ['run/pause', 'run/stop', 'run/resume']) expect(await asked(method)).toHaveLength(1);
  });

  it('measures at initialisation where nothing has been measured', async () => {
    await open({
      ...run,
      run: null,
      series: run.series.map(() => emptySeries),
      abilities: { ...abilities, measure: true, train: true },
    });
    expect(await digest()).toMatchObject({ lastStep: 0, visibleArcs: 9 });
    await page.getByRole('button', { name: 'Measure at initialisation' }).click();
    expect(await asked('network/measure')).toHaveLength(1);
  });

  it('says what it waits for', async () => {
    const waiting = { ...run.run!, status: 'running', step: 0 } as const;
    const empty = { ...run, series: run.series.map(() => emptySeries) };
    await open({ ...empty, run: { ...waiting, phase: 'queued', behind: 'ResNet-56' } });
    expect(await page.locator('.card').textContent()).toContain('Waits for ResNet-56.');
    await emit('run/changed', { ...waiting, phase: 'compile', share: 0.4 });
    await digest();
    expect(await page.locator('.card').textContent()).toContain('40 %');
  });

  it('hands the picture over as SVG and as PNG', async () => {
    await open(run);
    for (const format of ['svg', 'png'] as const) await emit('picture/wanted', { format });
    await page.waitForFunction(
      () => window.standIn.asked.filter(({ method }) => method === 'picture/save').length === 2,
    );
    const [svg, png] = await page.evaluate(() =>
      window.standIn.asked
        .filter(({ method }) => method === 'picture/save')
        .map(({ params }) => params as { format: string; content: string | Uint8Array })
        .sort((a, b) => b.format.localeCompare(a.format))
        .map(({ content }) => (typeof content === 'string' ? content : [...content.slice(1, 4)].join())),
    );
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toContain('var(');
    expect(png).toBe('80,78,71');
  });

  it('is found as it was left when the window is loaded again', async () => {
    await open(run);
    await page.getByRole('radio', { name: 'Stages' }).click();
    await page.getByRole('radio', { name: 'update ratio' }).click();
    await settled();
    await page.reload();
    await page.waitForSelector('[role=treeitem]');
    expect(await digest()).toMatchObject({ rows: 6, metric: 'updateRatio' });
  });

  it('shows the same numbers as a table', async () => {
    await open(run);
    await page.getByRole('radio', { name: 'Table' }).click();
    await digest();
    expect(await page.locator('.tableTwin tbody tr').count()).toBe(15);
    expect(await page.getByRole('row', { name: /block 1 \(projection\)/ }).count()).toBe(2);
    expect(await page.locator('.picture').isVisible()).toBe(false);
  });

  it('says of several seeds how many they are, and what every number spreads over', async () => {
    await open({ ...recordedSeeds(), abilities });
    expect(await page.locator('.chips').textContent()).toContain('3 seeds');
    expect(await page.locator('.verdicts').textContent()).toMatch(
      /Plain-14: .* over 3 seeds\).*nothing is concluded about whose gradient grows more\./,
    );
    expect(await page.locator('.rows path.spread').count()).toBe(2);
    const block = row(/^block 1, projection/);
    await block.hover({ position: { x: 640, y: 8 } });
    const tooltip = page.locator('.tooltip');
    await tooltip.waitFor();
    expect(await tooltip.textContent()).toMatch(
      /ResNet-14: activation gradient [\d.]+ \([\d.]+ to [\d.]+ over 3 seeds\)/,
    );
    await block.click({ position: { x: 130, y: 8 } });
    await settled();
    expect(await page.locator('.details').textContent()).toMatch(
      /Activation std0\.\d{3}0\.\d{3} to 0\.\d{3} over 3 seeds/,
    );
    const before = (await digest()).lastStep;
    await page.evaluate(() => window.standIn.step());
    expect((await digest()).lastStep).toBe(before + 1);
    expect(await page.locator('.verdicts').textContent()).toContain(`over 3 seeds), slope`);
    await page.getByRole('radio', { name: 'Table' }).click();
    await digest();
    const cells = await page
      .getByRole('row', { name: /block 1 \(projection\)/ })
      .first()
      .textContent();
    expect(cells).toMatch(/over 3 seeds\).*over 3 seeds\)/);
  });

  it('follows the theme of the editor', async () => {
    await open(run);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await ground();
    await page.evaluate(() => {
      document.body.className = 'vscode-high-contrast vscode-high-contrast-light';
    });
    expect(await digest()).toMatchObject({ theme: 'high-contrast-light' });
    expect(await ground()).not.toBe(before);
  });

  it('speaks the language of the bundle that the host sends', async () => {
    await open({ ...run, language: 'zh-tw', bundle: { Structure: '結構', Blocks: '區塊' } });
    expect(await page.locator('svg.heads').textContent()).toContain('結構');
    expect(await page.getByRole('radio', { name: '區塊' }).count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-tw');
  });

  it('cuts nothing off and overlaps nothing, from a narrow column to a wide screen', async () => {
    for (const [width, height] of [
      [420, 600],
      [930, 700],
      [1280, 800],
      [1920, 1080],
    ]) {
      await open(run, { width, height });
      await digest();
      const trouble = await page.evaluate(() => {
        const found: string[] = [];
        if (document.documentElement.scrollWidth > window.innerWidth) found.push('the page scrolls sideways');
        const picture = document.querySelector('.picture')!;
        if (picture.scrollHeight > picture.clientHeight) found.push('the heads can be scrolled away');
        const heads = [...document.querySelectorAll('.heads .titles text:first-child')];
        heads.slice(1).forEach((head, i) => {
          const before = heads[i].getBoundingClientRect();
          if (before.right > head.getBoundingClientRect().left)
            found.push(`${heads[i].textContent} runs over`);
        });
        for (const button of document.querySelectorAll('button:not([hidden])')) {
          const { left, right, width: w } = button.getBoundingClientRect();
          const isInPicture = button.closest('.picture') !== null;
          if (w > 0 && !isInPicture && (left < 0 || right > window.innerWidth))
            found.push(`${button.textContent} is cut`);
        }
        return found;
      });
      expect(trouble, `${width}x${height}`).toEqual([]);
      if (width !== 1920) await page.close();
    }
  });
});

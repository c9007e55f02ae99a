/**
 * The panel in a real browser under the editor's own policy, with a host that stands in: what a person does with
 * mouse and keys, and what the host is told. Skipped where no Chromium is installed, saying so.
 */
import { describe, expect, it } from 'vitest';
import { emptySeries } from '../../src/protocol/series';
import { recordedSeeds } from './fixtures';
import {
  abilities,
  asked,
  digest,
  emit,
  executablePath,
  open,
  page,
  row,
  run,
  settled,
  useBrowser,
} from './panelInBrowser';

describe.skipIf(!executablePath)('the panel in a browser', () => {
  useBrowser();

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

  it('makes rows higher and lower by buttons, keys and wheel, and fits them again', async () => {
    await open(run);
    await page.getByRole('radio', { name: 'Layers' }).click();
    const heightOf = async (name: RegExp) => {
      await settled();
      return (await row(name).boundingBox())!.height;
    };
    const first = /^block 1/;
    const fitted = await heightOf(first);
    const higher = page.getByRole('button', { name: 'Higher rows' });
    const lower = page.getByRole('button', { name: 'Lower rows' });
    await higher.click();
    const high = await heightOf(first);
    expect(high).toBe(Math.ceil(1.25 * fitted));
    await lower.click();
    expect(await heightOf(first)).toBe(Math.floor(high / 1.25));
    for (let i = 0; i < 12; i++) await higher.click();
    expect(await heightOf(first)).toBe(30);
    for (let i = 0; i < 20; i++) await lower.click();
    // All layers fit into the window then, as a picture without words.
    const { rows, drawnRows } = await digest();
    expect(await heightOf(first)).toBe(3);
    expect(drawnRows).toBe(rows);
    await page.getByRole('button', { name: 'Fit' }).click();
    expect(await heightOf(first)).toBe(fitted);
    await page.locator('[role=treeitem][tabindex="0"]').focus();
    await page.keyboard.press('+');
    expect(await heightOf(first)).toBe(high);
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    expect(await heightOf(first)).toBe(fitted);
    const underMouse = () =>
      page.locator('[role=treeitem]').evaluateAll((all) =>
        all
          .find((each) => {
            const { top, bottom } = each.getBoundingClientRect();
            return top <= 500 && 500 < bottom;
          })
          ?.getAttribute('aria-label'),
      );
    const name = await underMouse();
    expect(name).toBeTruthy();
    await page.mouse.move(640, 500);
    await page.keyboard.down('Control');
    for (let i = 0; i < 3; i++) await page.mouse.wheel(0, -100);
    await page.keyboard.up('Control');
    await settled();
    const { height } = (await page.locator('[role=treeitem]').last().boundingBox())!;
    expect(height).toBeGreaterThan(fitted);
    expect(await underMouse()).toBe(name);
  });

  it('moves nothing by itself where less motion is wanted', async () => {
    const durations = () =>
      page
        .locator('.button, .choiceButton')
        .evaluateAll((all) => [...new Set(all.map((each) => getComputedStyle(each).transitionDuration))]);
    const moving = () => page.evaluate(() => document.getAnimations().length);
    await open(run);
    expect(await durations()).toEqual(['0.12s']);
    // The editor has a setting of its own for it.
    await page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
    expect(await durations()).toEqual(['0s']);
    await page.close();
    await open(run, { reducedMotion: true });
    expect(await durations()).toEqual(['0s']);
    await page.getByRole('button', { name: 'Higher rows' }).hover();
    await page.getByRole('radio', { name: 'Layers' }).click();
    expect(await moving()).toBe(0);
    await row(/^block 1/).dblclick({ position: { x: 110, y: 8 } });
    expect(await moving()).toBe(0);
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
    // The card stands over columns that are empty: beside it a row is a row.
    const card = (await page.locator('.card').boundingBox())!;
    await page.mouse.click(card.x - 30, card.y + 80);
    expect((await digest()).selected).not.toBeNull();
    await page.keyboard.press('Escape');
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
});

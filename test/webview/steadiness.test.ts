/**
 * What a hand on its way to a button relies on: nothing moves while numbers change, nothing is cut off or covered at
 * any width, and a step that is asked for is the step that is shown. Skipped where no Chromium is installed.
 */
import { describe, expect, it } from 'vitest';
import { emptySeries, Series } from '../../src/protocol/series';
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

describe.skipIf(!executablePath)('the panel under a hand', () => {
  useBrowser();

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

// The panel's bench in headless Chromium: how long networks take to open, what a replayed run costs a frame, and
// whether memory stays flat over 10,000 steps. Needs `npm run build` and an installed Chromium.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { chromiumFlags, findChromium } from '../scripts/hosts/chromium.mjs';

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, '.cache/bench-webview');

export async function benchWebview({ only } = {}) {
  const outfile = path.join(root, '.cache/scripts/webviewPages.mjs');
  const entry = path.join(root, 'bench/webviewPages.ts');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const { status } = spawnSync(process.execPath, [outfile, folder], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The pages of the bench could not be written.');
  const executablePath = findChromium();
  const browser = await chromium.launch({
    executablePath,
    args: [...chromiumFlags, '--enable-precise-memory-info'],
  });
  try {
    for (const [name, run] of Object.entries({ open, replay, memory }))
      if (!only || only === name)
        for (const line of await run(browser)) console.log(JSON.stringify({ bench: name, ...line }));
  } finally {
    await browser.close();
  }
}

const pageOf = (name) => pathToFileURL(path.join(folder, `${name}.html`)).href;

/** From the panel's first message to the frame in which its rows are drawn; the median of seven fresh pages. */
async function open(browser) {
  const lines = [];
  for (const name of ['open110', 'open110measured', 'open1202']) {
    const times = [];
    let rows = 0;
    for (let i = 0; i < 7; i++) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.addInitScript(() => {
        window.addEventListener(
          'message',
          ({ data }) => {
            if (data?.kind === 'answer') window.firstAnswer ??= performance.now();
          },
          true,
        );
        const look = () => {
          if (document.querySelector('[role=treeitem]')) {
            // After the next frame: it has been painted by then.
            requestAnimationFrame(() =>
              setTimeout(() => {
                window.opened = performance.now();
              }),
            );
          } else setTimeout(look, 1);
        };
        look();
      });
      await page.goto(pageOf(name));
      await page.waitForFunction(() => window.opened !== undefined);
      times.push(await page.evaluate(() => window.opened - window.firstAnswer));
      rows = await page.evaluate(() => document.querySelectorAll('[role=treeitem]').length);
      await page.close();
    }
    lines.push({ network: name, milliseconds: Math.round(median(times)), drawnRows: rows });
  }
  return lines;
}

/**
 * Ten steps a second for ten seconds on a 56-layer twin, from one seed and from three: tasks over 50 ms, and the
 * work of a frame.
 */
async function replay(browser) {
  return [await replayOf(browser, 'replay56'), await replayOf(browser, 'replay56seeds')];
}

async function replayOf(browser, name) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(pageOf(name));
  await page.waitForSelector('[role=treeitem]');
  await page.waitForTimeout(1000);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpu = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  const before = await cpu();
  const result = await page.evaluate(async () => {
    const tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration))).observe({
      type: 'longtask',
    });
    window.standIn.frames.length = 0;
    for (let i = 0; i < 100; i++) {
      window.standIn.step();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const frames = [...window.standIn.frames].sort((a, b) => a - b);
    return {
      longTasks: tasks.length,
      longest: Math.max(0, ...tasks),
      frames: frames.length,
      medianFrame: frames[frames.length >> 1],
      slowestFrame: frames[frames.length - 1],
    };
  });
  // Processor time rather than the clock: what remains comparable on a busy machine.
  const cpuMillisecondsAStep = (1000 * ((await cpu()) - before)) / 100;
  await page.close();
  return { page: name, ...round({ ...result, cpuMillisecondsAStep }) };
}

/** Heap after a collection, in megabytes, while 10,000 steps come in as fast as frames allow. */
async function memory(browser) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(pageOf('replay56'));
  await page.waitForSelector('[role=treeitem]');
  const session = await page.context().newCDPSession(page);
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  };
  const lines = [];
  for (let steps = 2000; steps <= 10_000; steps += 2000) {
    await page.evaluate(async () => {
      for (let i = 0; i < 2000; i += 20) {
        for (let k = 0; k < 20; k++) window.standIn.step();
        await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve)));
      }
    });
    lines.push(round({ steps, megabytes: await heap() }));
  }
  await page.close();
  return lines;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const round = (object) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, Math.round(10 * value) / 10]));

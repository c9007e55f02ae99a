/** The inspector as a person meets it: without training, while training, after a reload, from an old run. */
import fs from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { eventually } from '../harness/eventually';
import { assert, before, group, test } from '../harness/suite';
import { inspectNetwork } from './journeys';
import { openWorkbench, type Theme, themes, type Workbench } from './workbench';

const rows = (frame: Frame) => frame.locator('[role=treeitem]').count();
const arcs = (frame: Frame) => frame.locator('.picture .arc, .body .arc, main .arc').count();

/** Every cell of the table behind the picture, a line a row; the picture comes back afterwards. */
async function tableLines(frame: Frame): Promise<string[]> {
  const rowsOfTable = frame.locator('.tableTwin tbody tr');
  await frame.getByRole('radio', { name: 'Table' }).click();
  await rowsOfTable.first().waitFor();
  // The table follows the picture once a second.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const lines = await rowsOfTable.evaluateAll((list) =>
    list.map((row) => [...row.children].map((cell) => cell.textContent ?? '').join(' | ')),
  );
  await frame.getByRole('radio', { name: 'Picture' }).click();
  await rowsOfTable.first().waitFor({ state: 'hidden' });
  return lines;
}

async function slider(frame: Frame): Promise<{ value: number; max: number; words: string }> {
  const range = frame.locator('input[type=range]').first();
  await range.waitFor({ timeout: 60_000 });
  return range.evaluate((input) => {
    const { value, max } = input as HTMLInputElement;
    return { value: Number(value), max: Number(max), words: input.getAttribute('aria-valuetext') ?? '' };
  });
}

group('inspect on the screen', () => {
  let workbench: Workbench;
  let frame: Frame;
  before(async () => {
    workbench = await openWorkbench();
    await inspectNetwork(workbench, 'resnet56');
    frame = await workbench.webviewFrame('ResNet-56 and its plain twin');
    await frame.locator('[role=treeitem]').first().waitFor({ timeout: 60_000 });
  });

  test('rows, arcs and shapes stand there without training', async () => {
    await workbench.screenshot('inspect-resnet56');
    assert.ok((await rows(frame)) > 8, `${await rows(frame)} rows`);
    assert.ok((await arcs(frame)) > 0);
    assert.match((await tableLines(frame)).join('\n'), /16×32×32/);
    assert.match((await frame.locator('h1').textContent()) ?? '', /ResNet-56 and its plain twin/);
    assert.match((await frame.locator('.chips').textContent()) ?? '', /0\.85 M|0\.86 M|853|855/);
  });

  test('folding keeps the arcs', async () => {
    await frame.getByText('Stages', { exact: true }).click();
    await eventually('fewer rows', async () => (await rows(frame)) < 8);
    const folded = await arcs(frame);
    assert.ok(folded > 0, 'no arc at the level of stages');
    await workbench.screenshot('inspect-stages');
    await frame.getByText('Layers', { exact: true }).click();
    await eventually('more rows', async () => (await rows(frame)) > 20);
    assert.ok((await arcs(frame)) > 0);
    await workbench.screenshot('inspect-layers');
    await frame.getByText('Blocks', { exact: true }).click();
  });

  test('a click on a row opens its details', async () => {
    await frame.locator('[role=treeitem]').nth(3).click();
    await eventually('the details', () => frame.locator('.details').isVisible());
    await workbench.screenshot('inspect-details');
    assert.ok(((await frame.locator('.details').textContent()) ?? '').length > 20);
    await frame.locator('body').press('Escape');
  });

  test(
    'one click measures the gradient at initialisation',
    async () => {
      await frame.getByRole('button', { name: 'Measure at initialisation' }).click();
      await eventually(
        'the verdict',
        async () =>
          /ResNet-56: the gradient .* at step 0/.test((await frame.locator('body').textContent()) ?? ''),
        { timeout: 180_000 },
      );
      await workbench.screenshot('inspect-measured');
      assert.ok((await arcs(frame)) > 0);
    },
    { timeout: 240_000 },
  );

  test('1,202 layers open folded', async () => {
    const begun = Date.now();
    await inspectNetwork(workbench, 'resnet1202');
    const large = await workbench.webviewFrame('ResNet-1202 and its plain twin');
    await large.locator('[role=treeitem]').first().waitFor({ timeout: 60_000 });
    console.log(`ResNet-1202 was there after ${Date.now() - begun} ms, palette included`);
    assert.ok((await arcs(large)) > 0);
    assert.ok((await rows(large)) < 200, 'rows beyond the screen are drawn');
    await workbench.screenshot('inspect-resnet1202');
  });
});

group('a training run on the screen', () => {
  let workbench: Workbench;
  let frame: Frame;
  const title = 'ResNet-20 and its plain twin';
  before(async () => {
    workbench = await openWorkbench();
    const settings = {
      networks: [{ network: 'resnet20' }, { network: 'plain20' }],
      data: 'drawn',
      device: 'cpu',
      steps: 100_000,
      batchSize: 8,
      checkpointEvery: 5,
      evaluateEvery: 0,
    };
    fs.writeFileSync(path.join(workbench.folder!, 'long.skiplens.json'), JSON.stringify(settings, null, 2));
    await workbench.openFile('long.skiplens.json');
    await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
    await workbench.clickCodeLens('Train');
    frame = await workbench.webviewFrame(title);
  });

  test(
    'the graph is there at once, numbers follow and grow',
    async () => {
      await frame.locator('[role=treeitem]').first().waitFor({ timeout: 60_000 });
      const first = await eventually('a step', async () => (await slider(frame)).max + 1, {
        timeout: 120_000,
      });
      const later = await eventually(
        'more steps',
        async () => {
          const now = (await slider(frame)).max + 1;
          return now > first + 3 && now;
        },
        { timeout: 120_000 },
      );
      assert.ok(later > first);
      await workbench.screenshot('training-light');
    },
    { timeout: 300_000 },
  );

  test('the scrubber moves every track', async () => {
    const range = frame.locator('input[type=range]').first();
    const marks = () =>
      frame.locator('main svg').evaluateAll((all) => all.map((svg) => svg.outerHTML).join());
    await range.focus();
    await range.press('Home');
    await eventually('the first step', async () => (await slider(frame)).words === 'step 1');
    const first = await tableLines(frame);
    await range.press('ArrowRight');
    // Messages are thinned to ten a second, so the next column need not be the second step.
    await eventually('the next step', async () => (await slider(frame)).words !== 'step 1');
    const second = await tableLines(frame);
    assert.equal(second.length, first.length);
    assert.notDeepEqual(second, first);
    // Standing on a step, the picture keeps still while the run goes on.
    const step = /step \d+ of/;
    const header = async () => step.exec((await frame.locator('header').textContent()) ?? '')?.[0];
    const at = await header();
    await eventually('more steps', async () => (await header()) !== at);
    assert.deepEqual(await tableLines(frame), second);
    assert.ok((await marks()).length > 0);
    await workbench.screenshot('training-scrubbed');
    // Messages leave steps out, and the record has them all.
    const field = frame.getByRole('spinbutton', { name: 'Step' });
    for (const step of [2, 3, 4]) {
      await field.fill(String(step));
      await field.press('Enter');
      await eventually(`step ${step}`, async () => (await slider(frame)).words === `step ${step}`);
    }
    await frame.getByRole('button', { name: 'Newest' }).click();
  });

  test('every theme is drawn, and back again', async () => {
    for (const theme of ['dark', 'highContrast', 'highContrastLight', 'light'] as Theme[]) {
      await workbench.setTheme(theme);
      const body = {
        light: 'vscode-light',
        dark: 'vscode-dark',
        highContrast: 'vscode-high-contrast',
        highContrastLight: 'vscode-high-contrast-light',
      }[theme];
      await eventually(`the panel in ${themes[theme]}`, () =>
        frame.locator('body').evaluate((element, name) => element.classList.contains(name), body),
      );
      await new Promise((resolve) => setTimeout(resolve, 400));
      await workbench.screenshot(`training-${theme}`);
      await workbench.page.setViewportSize({ width: 1920, height: 1080 });
      await new Promise((resolve) => setTimeout(resolve, 600));
      await workbench.screenshot(`training-${theme}-1920`);
      await workbench.page.setViewportSize({ width: 1280, height: 800 });
      assert.ok((await rows(frame)) > 5);
    }
  });

  test('closing the panel stops nothing', async () => {
    const before = (await slider(frame)).words;
    await workbench.closeTab(title);
    await eventually('the run to go on', async () =>
      (await workbench.statusBar()).some((text) => /Step \d+\/100000/.test(text)),
    );
    await workbench.openView('Skiplens');
    await workbench.treeRow('ResNet-20').click();
    frame = await workbench.webviewFrame(title);
    await eventually(
      'more steps',
      async () => {
        const { words } = await slider(frame);
        return Number(words.replace(/\D/g, '')) > Number(before.replace(/\D/g, ''));
      },
      { timeout: 60_000 },
    );
    assert.ok(before);
  });

  test(
    'a reloaded window finds the run interrupted, and resumes it',
    async () => {
      await eventually(
        'a checkpoint',
        () => {
          const root = path.join(workbench.folder!, '.skiplens', 'runs');
          const [run] = fs.readdirSync(root);
          return fs.readdirSync(path.join(root, run)).some((name) => name.startsWith('checkpoint-'));
        },
        { timeout: 120_000 },
      );
      await workbench.reload();
      await workbench.openView('Skiplens');
      await eventually(
        'its end in the list',
        async () => (await workbench.treeRows()).some((text) => /ResNet-20.*interrupted/.test(text)),
        { timeout: 60_000 },
      );
      frame = await workbench.webviewFrame(title);
      const { max } = await slider(frame);
      assert.ok(max > 0, 'nothing is shown of the run');
      await workbench.screenshot('reloaded');
      await frame.getByRole('button', { name: 'Resume', exact: true }).click();
      await eventually(
        'the run to go on',
        async () => (await workbench.statusBar()).some((text) => /Step \d+\/100000/.test(text)),
        { timeout: 60_000 },
      );
      await workbench.clickStatusBar('loss');
      await eventually('its end', async () =>
        (await workbench.treeRows()).some((text) => /ResNet-20.*stopped/.test(text)),
      );
    },
    { timeout: 240_000 },
  );

  test('an old run shows the same numbers when it is opened again', async () => {
    await eventually('the end in the panel', () =>
      frame.getByRole('button', { name: 'Resume', exact: true }).isVisible(),
    );
    const seen = await tableLines(frame);
    await workbench.closeTab(title);
    await workbench.runCommand('Skiplens: Open Run...');
    await eventually('the list', async () => (await workbench.pickItems()).length === 1);
    await workbench.accept('Open Run');
    frame = await workbench.webviewFrame(title);
    await slider(frame);
    await eventually('the same numbers', async () => (await tableLines(frame)).join() === seen.join());
    assert.ok(seen.some((line) => /\d/.test(line)));
    // The checkpoint has the weights of what is clicked.
    await frame.locator('[role=treeitem]').nth(4).click();
    await frame.locator('.details .histogram').first().waitFor();
    await workbench.screenshot('old-run');
  });
});

/** The inspector in all its states: looked at, measured, unfolded, in training, finished, compared, as a table. */
import fs from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { eventually } from '../../test/harness/eventually';
import { assert, before, group, test } from '../../test/harness/suite';
import { compareBothRuns, inspectNetwork } from '../../test/ui/journeys';
import { runOptions, type Workbench } from '../../test/ui/workbench';
import { look, open, pause, sizes } from './look';

const limit = { timeout: 900_000 };

async function trainFile(workbench: Workbench, name: string, settings: object): Promise<void> {
  const file = `${name}.skiplens.json`;
  fs.writeFileSync(path.join(workbench.folder!, file), JSON.stringify(settings, null, 2));
  await workbench.openFile(file);
  await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
  await workbench.clickCodeLens('Train');
}

const finished = (frame: Frame) =>
  eventually('the end', async () => /finished/.test((await frame.locator('.chips').textContent()) ?? ''), {
    timeout: 600_000,
  });

group('view: inspected network', () => {
  let workbench: Workbench;
  let frame: Frame;
  before(async () => {
    workbench = await open();
    await workbench.openView('Skiplens');
    await inspectNetwork(workbench, 'resnet20');
    frame = await workbench.webviewFrame('ResNet-20 and its plain twin');
    await frame.locator('[role=treeitem]').first().waitFor({ timeout: 60_000 });
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  });

  test(
    'not measured',
    async () => {
      await look(workbench, 'inspect-empty');
    },
    limit,
  );

  test(
    'details beside the card',
    async () => {
      // At its name: further right the card lies over the columns that are still empty.
      await frame
        .locator('[role=treeitem]')
        .nth(3)
        .click({ position: { x: 140, y: 8 } });
      await eventually('the details', () => frame.locator('.details').isVisible());
      await look(workbench, 'inspect-details');
      await frame.locator('body').press('Escape');
    },
    limit,
  );

  test(
    'measured at initialisation',
    async () => {
      await frame.getByRole('button', { name: 'Measure at initialisation' }).click();
      await eventually(
        'the verdict',
        async () => /ResNet-20: the gradient/.test((await frame.locator('body').textContent()) ?? ''),
        { timeout: 180_000 },
      );
      await look(workbench, 'inspect-measured');
      await frame.getByRole('radio', { name: 'Layers' }).click();
      await look(workbench, 'inspect-layers');
    },
    limit,
  );

  test(
    'a very deep network, and one with channels last',
    async () => {
      await inspectNetwork(workbench, 'resnet1202');
      const deep = await workbench.webviewFrame('ResNet-1202 and its plain twin');
      await deep.locator('[role=treeitem]').first().waitFor({ timeout: 60_000 });
      await look(workbench, 'inspect-resnet1202');
      await inspectNetwork(workbench, 'keras-resnet50');
      const keras = await workbench.webviewFrame(/Keras/);
      await keras.locator('[role=treeitem]').first().waitFor({ timeout: 60_000 });
      await look(workbench, 'inspect-keras');
    },
    limit,
  );
});

group('view: training', () => {
  let workbench: Workbench;
  let frame: Frame;
  const title = 'ResNet-20 and its plain twin';
  before(async () => {
    workbench = await open();
    await workbench.openView('Skiplens');
  });

  test(
    'waiting and running',
    async () => {
      await trainFile(workbench, 'long', {
        networks: [{ network: 'resnet20' }, { network: 'plain20' }],
        data: 'drawn',
        device: 'cpu',
        steps: 100_000,
        batchSize: 16,
        evaluateEvery: 20,
        evaluationImages: 32,
        checkpointEvery: 20,
      });
      frame = await workbench.webviewFrame(title);
      await frame.locator('[role=treeitem]').first().waitFor({ timeout: 60_000 });
      await workbench.screenshot('view-training-waiting');
      await frame.locator('input[type=range]').first().waitFor({ timeout: 120_000 });
      await pause(15_000);
      await look(workbench, 'training');
    },
    limit,
  );

  test(
    'at its first step, and paused',
    async () => {
      await frame.getByRole('button', { name: 'Pause' }).click();
      await eventually('the pause', () => frame.getByRole('button', { name: 'Continue' }).isVisible());
      await frame.locator('input[type=range]').first().press('Home');
      await look(workbench, 'training-first-step');
    },
    limit,
  );

  test(
    'the details of a row in training',
    async () => {
      await frame.locator('[role=treeitem]').nth(4).click();
      await eventually('the details', () => frame.locator('.details').isVisible());
      await look(workbench, 'training-details');
    },
    limit,
  );
});

group('view: finished', () => {
  let workbench: Workbench;
  let frame: Frame;
  const title = 'ResNet-20 and its plain twin';
  const settings = (seed: number) => ({
    networks: [
      { network: 'resnet20', options: { width: 8, shortcut: 'projection' } },
      { network: 'plain20', options: { width: 8 } },
    ],
    data: 'drawn',
    device: 'cpu',
    steps: 90,
    batchSize: 16,
    evaluateEvery: 30,
    evaluationImages: 64,
    checkpointEvery: 40,
    seed,
  });

  before(async () => {
    workbench = await open();
    await workbench.openView('Skiplens');
    await trainFile(workbench, 'first', settings(1));
    frame = await workbench.webviewFrame(title);
    await finished(frame);
  });

  test(
    'at its newest step, with and without the side bar',
    async () => {
      await look(workbench, 'finished-side-bar');
      await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
      await look(workbench, 'finished');
    },
    limit,
  );

  test(
    'folded, unfolded, with details and a tooltip',
    async () => {
      await frame.getByRole('radio', { name: 'Stages' }).click();
      await look(workbench, 'finished-stages');
      await frame.getByRole('radio', { name: 'Layers' }).click();
      await look(workbench, 'finished-layers');
      await frame.getByRole('radio', { name: 'Blocks' }).click();
      await frame
        .locator('[role=treeitem]')
        .nth(4)
        .dblclick({ position: { x: 140, y: 8 } });
      await frame.locator('[role=treeitem]').nth(5).click();
      await eventually('the details', () => frame.locator('.histogram').first().isVisible());
      await look(workbench, 'finished-details', {
        prepare: () =>
          frame
            .locator('[role=treeitem]')
            .nth(7)
            .hover({ position: { x: 420, y: 8 } }),
      });
      await frame.locator('body').press('Escape');
    },
    limit,
  );

  test(
    'other metrics, the export menu, the table',
    async () => {
      await frame.getByRole('radio', { name: 'update ratio' }).click();
      await frame.getByRole('radio', { name: 'mean' }).click();
      await look(workbench, 'finished-update-ratio', {
        prepare: async () => {
          if (!(await frame.locator('.menu').isVisible()))
            await frame.getByRole('button', { name: 'Export…' }).click();
        },
      });
      await frame.locator('body').press('Escape');
      await frame.getByRole('radio', { name: 'Table' }).click();
      await look(workbench, 'finished-table');
      await frame.getByRole('radio', { name: 'Picture' }).click();
    },
    limit,
  );

  test(
    'the sheets of data and figures',
    async () => {
      for (const name of ['Data…', 'Figures…']) {
        const opener = frame.getByRole('button', { name });
        if (!(await opener.isVisible())) continue;
        await opener.click();
        await pause(4_000);
        await look(workbench, `finished-sheet-${name === 'Data…' ? 'data' : 'figures'}`);
        await frame.locator('body').press('Escape');
      }
    },
    limit,
  );

  test(
    'two runs side by side',
    async () => {
      await trainFile(workbench, 'second', settings(2));
      await eventually(
        'its end',
        async () =>
          (await workbench.treeRows()).filter((text) => /ResNet-20.*finished, 90 steps/.test(text)).length ===
            2 || (await finishedRuns(workbench)) === 2,
        { timeout: 600_000 },
      );
      await compareBothRuns(workbench, title);
      await look(workbench, 'compared');
    },
    limit,
  );

  test(
    'the report in a browser',
    async () => {
      await workbench.closeTab(`2 runs: ${title}`);
      await workbench.runCommand('Skiplens: Export...');
      await eventually('a run or the formats', async () => (await workbench.pickItems()).length > 0);
      if (!(await workbench.pickItems()).includes('Report (HTML)')) await workbench.accept();
      await workbench.pick('Report (HTML)');
      const input = workbench.quickInput.locator('input').first();
      await eventually('where to', async () => (await input.inputValue()).endsWith('.html'));
      await pause(1_500);
      const target = path.join(workbench.folder!, path.basename(await input.inputValue()));
      await input.press('Enter');
      await eventually('the report', () => fs.existsSync(target));
      const page = await workbench.context.newPage();
      await page.goto(`file://${target}`);
      await page.locator('[role=treeitem]').first().waitFor();
      assert.equal(await page.locator('h1').textContent(), title);
      for (const colorScheme of ['light', 'dark'] as const)
        for (const { width, height } of sizes) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height });
          await pause(500);
          const name = `view-report-${width}x${height}-${colorScheme}.png`;
          await page.screenshot({ path: path.join(runOptions.pictures, runOptions.host, name) });
        }
      await page.close();
    },
    limit,
  );
});

group('view: several seeds', () => {
  test(
    'bands at the newest step, and their details',
    async () => {
      const workbench = await open();
      await trainFile(workbench, 'seeds', {
        networks: ['resnet14', 'plain14'],
        data: 'drawn',
        device: 'cpu',
        steps: 40,
        seeds: 3,
        batchSize: 16,
        evaluateEvery: 20,
        evaluationImages: 32,
      });
      const frame = await workbench.webviewFrame('ResNet-14 and its plain twin');
      await finished(frame);
      await look(workbench, 'seeds');
      await frame.locator('[role=treeitem]').nth(4).click();
      await eventually('the details', () => frame.locator('.details').isVisible());
      await look(workbench, 'seeds-details');
    },
    limit,
  );
});

async function finishedRuns(workbench: Workbench): Promise<number> {
  const root = path.join(workbench.folder!, '.skiplens', 'runs');
  return fs
    .readdirSync(root)
    .filter((name) =>
      /"status":"finished"/.test(fs.readFileSync(path.join(root, name, 'events.jsonl'), 'utf8')),
    ).length;
}

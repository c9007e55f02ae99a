/** The inspector's sheets in a real window: the data card of a run, and two networks compared in figures. */
import fs from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { eventually } from '../harness/eventually';
import { assert, before, group, test } from '../harness/suite';
import { chooseExport } from './journeys';
import { openWorkbench, type Workbench } from './workbench';

group('sheets on the screen', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });

  const sheet = (frame: Frame) => frame.getByRole('dialog');

  test(
    'any two networks are chosen one after the other, and stand side by side',
    async () => {
      await workbench.runCommand('Skiplens: Compare Networks...');
      await eventually('the first question', async () =>
        (await workbench.pickTitle()).includes('Compare Networks'),
      );
      await workbench.typeInPick('resnet50');
      await eventually('the first name', async () => (await workbench.pickItems()).length > 0);
      await workbench.accept('Compare Networks');
      await eventually('the second question', async () => /2\/2/.test(await workbench.pickTitle()));
      await workbench.typeInPick('keras-resnet50');
      await eventually('the second name', async () => (await workbench.pickItems()).length > 0);
      await workbench.accept('Compare Networks');
      const frame = await workbench.webviewFrame('ResNet-50 and Keras ResNet50');
      await sheet(frame).getByRole('table').waitFor({ timeout: 60_000 });
      await workbench.screenshot('sheet-figures');
      const text = (await sheet(frame).textContent()) ?? '';
      assert.match(text, /25,610,152/);
      assert.match(text, /both have the same 25,557,032 parameters/);
      await frame.locator('body').press('Escape');
      await eventually('it is closed', async () => (await sheet(frame).count()) === 0);
    },
    { timeout: 120_000 },
  );

  test(
    'the data of a run: classes with their images, by one click',
    async () => {
      const settings = {
        networks: [{ network: 'resnet8', options: { width: 4 } }],
        data: 'drawn',
        device: 'cpu',
        steps: 3,
        batchSize: 8,
        evaluationImages: 16,
      };
      fs.writeFileSync(path.join(workbench.folder!, 'card.skiplens.json'), JSON.stringify(settings));
      await workbench.openFile('card.skiplens.json');
      await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
      await workbench.clickCodeLens('Train');
      const frame = await workbench.webviewFrame('ResNet-8');
      await frame.getByRole('button', { name: 'Data…' }).click({ timeout: 60_000 });
      await sheet(frame).getByRole('table').waitFor({ timeout: 60_000 });
      await workbench.screenshot('sheet-data');
      assert.equal(await sheet(frame).getByRole('img').count(), 10);
      assert.match((await sheet(frame).textContent()) ?? '', /Training images4,000/);
      await frame.getByRole('button', { name: 'Close', exact: true }).click();
      await eventually('it is closed', async () => (await sheet(frame).count()) === 0);
    },
    { timeout: 120_000 },
  );

  test(
    'the run of the data leaves weights, networks and curves for other programs',
    async () => {
      const { folder } = workbench;
      for (const [format, made] of [
        ['Weights (safetensors)', 'resnet8.safetensors'],
        ['Networks (ONNX)', 'resnet8.onnx'],
        ['Networks (TensorFlow.js)', path.join('resnet8', 'model.json')],
      ] as const) {
        await chooseExport(workbench, format);
        const input = workbench.quickInput.locator('input').first();
        await eventually('the question where to', async () => {
          const value = (await input.isVisible()) ? await input.inputValue() : '';
          return value.includes(path.basename(folder!));
        });
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await workbench.quickInput.getByRole('button', { name: 'Write into This Folder' }).click();
        const target = path.join(folder!, made);
        await eventually(made, () => fs.existsSync(target), { timeout: 60_000 });
        assert.ok(fs.statSync(target).size > 1_000, `${made} holds ${fs.statSync(target).size} bytes`);
      }
    },
    { timeout: 180_000 },
  );
});

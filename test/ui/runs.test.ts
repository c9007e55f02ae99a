/** What is done with recorded runs, by palette and side bar: exported to files, compared, opened as settings. */
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../harness/eventually';
import { assert, before, group, test } from '../harness/suite';
import { chooseExport, compareBothRuns } from './journeys';
import { openWorkbench, type Workbench } from './workbench';

group('recorded runs on the screen', () => {
  let workbench: Workbench;
  const title = 'ResNet-8 and its plain twin';
  const file = (name: string) => path.join(workbench.folder!, name);

  /** Trains a small comparison from a settings file and waits for its end. */
  async function record(name: string, seed: number, count: number): Promise<void> {
    const settings = {
      networks: [
        { network: 'resnet8', options: { width: 4 } },
        { network: 'plain8', options: { width: 4 } },
      ],
      data: 'drawn',
      device: 'cpu',
      steps: 6,
      batchSize: 8,
      checkpointEvery: 3,
      evaluationImages: 16,
      seed,
    };
    fs.writeFileSync(file(name), JSON.stringify(settings, null, 2));
    await workbench.openFile(name);
    await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
    await workbench.clickCodeLens('Train');
    await eventually(
      'its end',
      async () => {
        const rows = await workbench.treeRows();
        return rows.filter((text) => /ResNet-8.*finished, 6 steps/.test(text)).length === count;
      },
      { timeout: 60_000 },
    );
  }

  /** Export..., as `format`, to the file that the dialog proposes; answers its path. */
  async function exportAs(format: string, extension: string): Promise<string> {
    await chooseExport(workbench, format);
    const input = workbench.quickInput.locator('input').first();
    const proposed = await eventually('the question where to', async () => {
      const value = (await input.isVisible()) ? await input.inputValue() : '';
      return value.endsWith(extension) ? value : undefined;
    });
    // The dialog reads the folder before it takes a name from it.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await input.press('Enter');
    const target = file(path.basename(proposed));
    await eventually(
      `${path.basename(proposed)}`,
      () => fs.existsSync(target) && fs.statSync(target).size > 0,
    );
    return target;
  }

  before(async () => {
    workbench = await openWorkbench();
    await workbench.openView('Skiplens');
    await record('first.skiplens.json', 1, 1);
  });

  test('a table, a picture and a report', async () => {
    await workbench.webviewFrame(title);
    const table = await exportAs('Table (CSV)', '.csv');
    const lines = fs.readFileSync(table, 'utf8').trim().split('\n');
    assert.equal(lines.length, 1 + 2 * 6);
    assert.match(lines[0], /loss/);
    const picture = await exportAs('Picture (SVG)', '.svg');
    assert.match(fs.readFileSync(picture, 'utf8'), /^<svg|<\?xml/);
    const html = await exportAs('Report (HTML)', '.html');
    const report = await workbench.context.newPage();
    await report.goto(`file://${html}`);
    await report.locator('[role=treeitem]').first().waitFor();
    assert.equal(await report.locator('h1').textContent(), title);
    assert.ok((await report.locator('.arc').count()) > 0);
    await report.setViewportSize({ width: 1280, height: 800 });
    await report.screenshot({ path: path.join('.cache', 'pictures', 'report.png') });
    await report.close();
  });

  test('two runs side by side', async () => {
    await record('second.skiplens.json', 2, 2);
    const frame = await compareBothRuns(workbench, title);
    await workbench.screenshot('compared');
    const text = (await frame.locator('body').textContent()) ?? '';
    assert.match(text, /ResNet-8 #1/);
    assert.match(text, /ResNet-8 #2/);
  });

  test('the settings of a run open as a file', async () => {
    await workbench.treeRow('ResNet-8').click();
    const frame = await workbench.webviewFrame(title);
    await frame.locator('[role=treeitem]').first().waitFor();
    await chooseExport(workbench, 'Settings (*.skiplens.json)');
    const text = await eventually('the settings', async () => {
      const seen = await workbench.visibleText();
      return seen.includes('"steps": 6') && seen;
    });
    assert.match(text, /"width": 4/);
  });
});

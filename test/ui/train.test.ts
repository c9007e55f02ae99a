/** Training as a person does it: palette, Enter at every step, side bar, status bar, stop, settings file. */
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../harness/eventually';
import { assert, before, group, test } from '../harness/suite';
import { openWorkbench, type Workbench } from './workbench';

function runsIn(workbench: Workbench): string[] {
  const root = path.join(workbench.folder!, '.skiplens', 'runs');
  return fs.existsSync(root) ? fs.readdirSync(root).filter((name) => !name.startsWith('.')) : [];
}

group('train on the screen', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });

  test('the side bar welcomes with buttons', async () => {
    await workbench.openView('Skiplens');
    const welcome = workbench.page.locator('.part.sidebar .welcome-view-content');
    await welcome.waitFor();
    assert.match((await welcome.textContent()) ?? '', /Train a Network and Its Twin/);
    assert.match((await welcome.textContent()) ?? '', /Inspect a Network/);
    await workbench.screenshot('welcome');
  });

  test('a walkthrough shows around, up to an example to hover over', async () => {
    await workbench.openView('Skiplens');
    await workbench.page
      .locator('.part.sidebar .welcome-view-content a', { hasText: 'Show me around' })
      .click();
    const steps = workbench.page.locator('.getting-started-step');
    await steps.first().waitFor();
    assert.equal(await steps.count(), 5);
    const own = workbench.page.locator('.getting-started-step', { hasText: 'Hover over your own network' });
    await own.click();
    await own.locator('.monaco-button', { hasText: 'Open an Example' }).click();
    await workbench.page.locator('.part.editor .tab', { hasText: 'residual_example.py' }).waitFor();
    await workbench.goTo(29, 9);
    const words = await eventually('the shapes in the hover', async () => {
      const said = await workbench.hover('+');
      return /skip/i.test(said) && said;
    });
    assert.match(words, /32, 32/);
    await workbench.screenshot('walkthrough-example');
    await workbench.closeTab('residual_example.py');
    await own.locator('.codicon-getting-started-step-checked').waitFor();
    // Its tab is called differently from one VS Code to the next.
    await workbench.runCommand('View: Close All Editors');
  });

  const pickIs = (title: string) =>
    eventually(
      `the step ${title} with its items`,
      async () =>
        (await workbench.pickTitle()).includes(`Train: ${title}`) && (await workbench.pickItems()).length > 0,
      { timeout: 60_000 },
    );

  test('Enter at every step trains ResNet-20 and its plain twin', async () => {
    await workbench.runCommand('Skiplens: Train...');
    for (const title of ['Network', 'Comparison', 'Data', 'Device', 'Steps', 'Go']) {
      await pickIs(title);
      await workbench.screenshot(`train-${title}`);
      await workbench.accept(`Train: ${title}`);
    }
    await eventually('the run', () => runsIn(workbench).length === 1, { timeout: 120_000 });
    assert.match(runsIn(workbench)[0], /resnet20/);
    const settings = JSON.parse(
      fs.readFileSync(
        path.join(workbench.folder!, '.skiplens', 'runs', runsIn(workbench)[0], 'run.json'),
        'utf8',
      ),
    ).settings;
    assert.deepEqual(
      settings.networks.map((n: { network: string }) => n.network),
      ['resnet20', 'plain20'],
    );
    assert.equal(settings.data, 'drawn');
    assert.equal(settings.steps, 200);
  });

  test('tree and status bar follow it', async () => {
    const words = await eventually(
      'a step in the status bar',
      async () => (await workbench.statusBar()).find((text) => /Step \d+\/200, loss \d/.test(text)),
      { timeout: 60_000 },
    );
    assert.match(words, /loss \d\.\d+/);
    await workbench.openView('Skiplens');
    const row = await eventually(
      'the row',
      async () =>
        (await workbench.treeRows()).find((text) => /ResNet-20.*running \d+\/200 · drawn/.test(text)),
      { timeout: 120_000 },
    );
    assert.match(row, /cpu/);
    await workbench.screenshot('training-side-bar');
  });

  test('a click on the status bar stops it', async () => {
    await workbench.clickStatusBar('loss');
    await eventually('the end', async () =>
      (await workbench.treeRows()).some((text) => /ResNet-20.*stopped/.test(text)),
    );
    await eventually(
      'the item to go',
      async () => !(await workbench.statusBar()).some((text) => text.includes('loss')),
    );
    assert.deepEqual(await workbench.notifications(), []);
  });

  test('edit all settings opens a file whose lens trains', async () => {
    await workbench.runCommand('Skiplens: Train...');
    await workbench.typeInPick('resnet8');
    await workbench.accept('Train: Network');
    for (const title of ['Comparison', 'Data', 'Device']) {
      await pickIs(title);
      await workbench.accept(`Train: ${title}`);
    }
    await eventually('the steps', async () => (await workbench.pickTitle()).includes('Train: Steps'));
    await workbench.typeInPick('7');
    await eventually('the number', async () => (await workbench.pickItems()).includes('7 steps'));
    await workbench.accept('Train: Steps');
    await eventually('the last step', async () => (await workbench.pickTitle()).includes('Train: Go'));
    await workbench.pick('Edit all settings');
    await workbench.page.locator('.part.editor .tab', { hasText: 'resnet8.skiplens.json' }).waitFor();
    const text = await eventually('the settings', async () => {
      const seen = await workbench.visibleText();
      return seen.includes('steps') && seen;
    });
    assert.match(text, /"network": "resnet8"/);
    assert.match(text, /"steps": 7/);
    await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
    await workbench.screenshot('settings-file');
    await workbench.clickCodeLens('Train');
    await eventually('the second run', () => runsIn(workbench).length === 2, { timeout: 120_000 });
    await eventually(
      'its end',
      async () => (await workbench.treeRows()).some((text) => /ResNet-8.*finished, 7 steps/.test(text)),
      { timeout: 120_000 },
    );
    assert.equal(runsIn(workbench).length, 2);
  });
});

/**
 * The questions that VS Code's own test mode refuses to show: deleting for good, downloading, opening a folder,
 * installing. Answered as a person answers them, with no and with yes, and never with more than what was agreed to.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cifar10Folder } from '../datasets/cifarFixture';
import { eventually } from '../harness/eventually';
import { assert, before, cleanUp, group, test } from '../harness/suite';
import { openWorkbench, type Workbench } from './workbench';

group('dialogs on the screen', () => {
  let workbench: Workbench;
  let own: string;
  let dataHome: string;
  let tfjsFolder: string;
  const title = 'ResNet-8 and its plain twin';
  const runs = () => {
    const root = path.join(workbench.folder!, '.skiplens', 'runs');
    return fs.existsSync(root) ? fs.readdirSync(root).filter((name) => !name.startsWith('.')) : [];
  };

  before(async () => {
    own = fs.mkdtempSync(path.join(os.tmpdir(), 'skiplens-dialogs-'));
    cleanUp(() => fs.rmSync(own, { recursive: true, force: true }));
    dataHome = path.join(own, 'data');
    tfjsFolder = path.join(own, 'tfjs');
    workbench = await openWorkbench({
      env: { SKIPLENS_DATA: dataHome },
      settings: { 'skiplens.tfjsFolder': tfjsFolder },
    });
    await workbench.openView('Skiplens');
  });

  /** Trains six steps from a settings file and waits for the end in the side bar. */
  async function record(): Promise<void> {
    const settings = {
      networks: [
        { network: 'resnet8', options: { width: 4 } },
        { network: 'plain8', options: { width: 4 } },
      ],
      data: 'drawn',
      device: 'cpu',
      steps: 6,
      batchSize: 8,
      evaluationImages: 16,
    };
    fs.writeFileSync(path.join(workbench.folder!, 'small.skiplens.json'), JSON.stringify(settings, null, 2));
    await workbench.openFile('small.skiplens.json');
    await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
    await workbench.clickCodeLens('Train');
    await eventually(
      'its end',
      async () => (await workbench.treeRows()).some((text) => /ResNet-8.*finished, 6 steps/.test(text)),
      { timeout: 120_000 },
    );
  }

  test(
    'a run is deleted from the side bar, and only when that is confirmed',
    async () => {
      await record();
      const [folder] = runs();
      const frame = await workbench.webviewFrame(title);
      await frame.locator('[role=treeitem]').first().waitFor();
      await workbench.chooseFromMenu(workbench.treeRow('ResNet-8'), 'Delete Run');
      const asked = await workbench.dialog('Delete the run');
      assert.match(asked, new RegExp(folder));
      assert.match(asked, /removed from the disk/);
      await workbench.screenshot('dialog-delete');
      await workbench.answer('Delete the run', 'Cancel');
      await workbench.dialogGone();
      assert.deepEqual(runs(), [folder]);
      assert.ok((await workbench.treeRows()).some((text) => text.includes('ResNet-8')));
      await workbench.chooseFromMenu(workbench.treeRow('ResNet-8'), 'Delete Run');
      await workbench.dialog('Delete the run');
      await workbench.answer('Delete the run', 'Delete');
      await eventually('the record to go', () => runs().length === 0);
      await eventually(
        'its row and its panel to go',
        async () =>
          !(await workbench.treeRows()).some((text) => text.includes('ResNet-8')) &&
          !(await workbench.tabs()).includes(title),
      );
      await workbench.page.locator('.part.sidebar .welcome-view-content').waitFor();
      assert.deepEqual(await workbench.notifications(), []);
    },
    { timeout: 300_000 },
  );

  const stepIs = (step: string) =>
    eventually(
      `the step ${step}`,
      async () =>
        (await workbench.pickTitle()).includes(`Train: ${step}`) && (await workbench.pickItems()).length > 0,
      { timeout: 60_000 },
    );
  const dataRow = (text: RegExp) =>
    workbench.quickInput.locator('.monaco-list-row', { hasText: text }).first();

  /** Train... up to the question for the data. */
  async function askForData(network: string): Promise<void> {
    await workbench.runCommand('Skiplens: Train...');
    await stepIs('Network');
    await workbench.typeInPick(network);
    await workbench.accept('Train: Network');
    await stepIs('Comparison');
    await workbench.accept('Train: Comparison');
    await stepIs('Data');
  }

  test('a download says its size, source and place, and nothing is fetched without a yes', async () => {
    const earlier = runs();
    await askForData('resnet20');
    await dataRow(/CIFAR-10\s*download, \d+ MB/).click();
    const asked = await workbench.dialog('Download CIFAR-10');
    assert.match(asked, /\d+ MB\?/);
    assert.match(asked, /From [\w.-]+\.\w+/);
    assert.ok(asked.includes(path.join(dataHome, 'cifar10')), asked);
    await workbench.screenshot('dialog-download');
    await workbench.answer('Download CIFAR-10', 'Cancel');
    await workbench.dialogGone();
    // The question for the data stands again, and the disk is as it was.
    await eventually('the data again', async () => (await workbench.pickTitle()).includes('Train: Data'));
    assert.ok(!fs.existsSync(dataHome), 'something lies where data sets would');
    assert.deepEqual(await workbench.notifications(), []);
    await workbench.page.keyboard.press('Escape');
    assert.deepEqual(runs(), earlier);
  });

  test(
    'CIFAR-10 is chosen from a folder, trained on, and offered again',
    async () => {
      const earlier = runs();
      const data = cifar10Folder(own, [50, 40], 30);
      await askForData('resnet8');
      await dataRow(/CIFAR-10\s*from a folder/).click();
      const input = workbench.quickInput.locator('input').first();
      const agree = workbench.quickInput.getByRole('button', { name: 'Train on This Folder' });
      await agree.waitFor({ timeout: 60_000 });
      await eventually(
        'the step after the folder',
        async () => {
          if ((await workbench.pickTitle()).includes('Train: Device')) return true;
          // The dialog shows a folder of its own once it has read it, and then takes a name.
          if ((await input.inputValue()) !== data) {
            await workbench.typeInPick(data);
            return false;
          }
          await workbench.screenshot('dialog-folder');
          await agree.click({ timeout: 3_000 });
          return false;
        },
        { timeout: 120_000, every: 1_500 },
      );
      await stepIs('Device');
      await workbench.accept('Train: Device');
      await stepIs('Steps');
      await workbench.typeInPick('4');
      await eventually('the number', async () => (await workbench.pickItems()).includes('4 steps'));
      await workbench.accept('Train: Steps');
      await stepIs('Go');
      assert.match(
        (await workbench.quickInput.textContent()) ?? '',
        /cifar10: cifar-10-batches-bin\s*· 4 steps/,
      );
      await workbench.accept('Train: Go');
      await eventually(
        'its end',
        async () => (await workbench.treeRows()).some((text) => /ResNet-8.*finished, 4 steps/.test(text)),
        { timeout: 120_000 },
      );
      const dataOf = (run: string) => {
        const file = path.join(workbench.folder!, '.skiplens', 'runs', run, 'run.json');
        return JSON.parse(fs.readFileSync(file, 'utf8')).settings.data;
      };
      const fresh = runs().filter((run) => !earlier.includes(run));
      assert.deepEqual(fresh.map(dataOf), [`cifar10:${data}`]);
      // The inspector counts the images of these very files.
      const frame = await workbench.webviewFrame(title);
      await frame.getByRole('button', { name: 'Data…' }).click({ timeout: 60_000 });
      const card = frame.getByRole('dialog');
      await card.getByRole('table').waitFor({ timeout: 60_000 });
      await workbench.screenshot('cifar-folder-card');
      assert.match((await card.textContent()) ?? '', /Training images90Validation images30/);
      assert.match((await card.textContent()) ?? '', /airplane/);
      await askForData('resnet8');
      await dataRow(/cifar-10-batches-bin\s*used before/).waitFor();
      await workbench.page.keyboard.press('Escape');
      assert.deepEqual(await workbench.notifications(), []);
    },
    { timeout: 300_000 },
  );

  test('TensorFlow.js is offered in full, and not installed without a yes', async () => {
    await workbench.runCommand('Skiplens: Set Up TensorFlow.js GPU Engine...');
    const asked = await workbench.dialog('Set up TensorFlow.js');
    assert.ok(asked.includes(tfjsFolder), asked);
    assert.match(asked, /MB/);
    await workbench.screenshot('dialog-tfjs');
    await workbench.answer('Set up TensorFlow.js', 'Cancel');
    await workbench.dialogGone();
    assert.ok(!fs.existsSync(tfjsFolder), 'a folder was made');
    await workbench.runCommand('Skiplens: Remove TensorFlow.js GPU Engine');
    await workbench.dialog('Remove the TensorFlow.js');
    await workbench.answer('Remove the TensorFlow.js', 'Remove');
    await eventually('the answer', async () =>
      (await workbench.statusBar()).some((text) => text.includes('nothing to remove')),
    );
    assert.deepEqual(await workbench.notifications(), []);
  });
});

/** What stands around the inspector: side bar, pickers, dialogs, walkthrough, settings files, source files. */
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../../test/harness/eventually';
import { before, group, test } from '../../test/harness/suite';
import type { Workbench } from '../../test/ui/workbench';
import { look, open, pause } from './look';

const limit = { timeout: 900_000 };

group('view: pickers', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await open();
  });

  test(
    'the welcome of the side bar, and the walkthrough',
    async () => {
      await workbench.openView('Skiplens');
      await workbench.page.locator('.part.sidebar .welcome-view-content').waitFor();
      await look(workbench, 'welcome');
      await workbench.runCommand('Skiplens: Get Started');
      await workbench.page.locator('.getting-started-step').first().waitFor();
      const steps = workbench.page.locator('.getting-started-step');
      for (let i = 0; i < (await steps.count()); i++) {
        await steps.nth(i).click();
        await pause(1_000);
        await look(workbench, `walkthrough-${i + 1}`);
      }
      await workbench.page.keyboard.press('Control+F4');
    },
    limit,
  );

  test(
    'every step of Train...',
    async () => {
      await workbench.runCommand('Skiplens: Train...');
      for (const title of ['Network', 'Comparison', 'Data', 'Device', 'Steps', 'Go']) {
        await eventually(
          title,
          async () =>
            (await workbench.pickTitle()).includes(`Train: ${title}`) &&
            (await workbench.pickItems()).length > 0,
          { timeout: 60_000 },
        );
        await look(workbench, `pick-${title.toLowerCase()}`);
        if (title !== 'Go') await workbench.accept(`Train: ${title}`);
      }
      await workbench.page.keyboard.press('Escape');
    },
    limit,
  );

  test(
    'devices',
    async () => {
      await workbench.runCommand('Skiplens: Show Devices');
      await eventually('devices', async () => (await workbench.pickTitle()).includes('Devices'), {
        timeout: 60_000,
      });
      await look(workbench, 'pick-devices');
      await workbench.page.keyboard.press('Escape');
    },
    limit,
  );

  test(
    'the question before a download',
    async () => {
      await workbench.runCommand('Skiplens: Train...');
      for (const title of ['Network', 'Comparison']) {
        await eventually(title, async () => (await workbench.pickTitle()).includes(`Train: ${title}`));
        await workbench.accept(`Train: ${title}`);
      }
      await eventually('the data', async () => (await workbench.pickTitle()).includes('Train: Data'));
      await workbench.quickInput.locator('.monaco-list-row', { hasText: 'download,' }).first().click();
      await workbench.page.locator('.monaco-dialog-box').waitFor();
      await look(workbench, 'dialog-download');
      await workbench.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Cancel' }).click();
      await workbench.page.keyboard.press('Escape');
    },
    limit,
  );
});

group('view: runs and files', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await open({ 'skiplens.inlayHints': 'all' });
  });

  /** Copies of a recorded run that say they ended otherwise. */
  function inventRuns(): void {
    const root = path.join(workbench.folder!, '.skiplens', 'runs');
    const [source] = fs.readdirSync(root);
    const ends = ['stopped', 'diverged', 'crashed', 'running', 'unreadable'];
    ends.forEach((status, i) => {
      const id = source.replace(/^(\d{4})/, String(2020 - i));
      const folder = path.join(root, id);
      fs.cpSync(path.join(root, source), folder, { recursive: true });
      const description = JSON.parse(fs.readFileSync(path.join(folder, 'run.json'), 'utf8'));
      const text = status === 'unreadable' ? '{' : JSON.stringify({ ...description, id });
      fs.writeFileSync(path.join(folder, 'run.json'), text);
      const events = fs
        .readFileSync(path.join(folder, 'events.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => !/"status":"finished"/.test(line));
      const said = { time: Date.now(), step: 6, type: 'status', status, reason: `It ${status} here.` };
      fs.writeFileSync(
        path.join(folder, 'events.jsonl'),
        `${[...events.filter(Boolean), ...(status === 'running' ? [] : [JSON.stringify(said)])].join('\n')}\n`,
      );
    });
  }

  test(
    'runs in every state',
    async () => {
      const settings = {
        networks: ['resnet8', 'plain8'],
        data: 'drawn',
        device: 'cpu',
        steps: 6,
        batchSize: 8,
        evaluationImages: 16,
        checkpointEvery: 3,
      };
      const write = (name: string, more: object) =>
        fs.writeFileSync(
          path.join(workbench.folder!, name),
          JSON.stringify({ ...settings, ...more }, null, 2),
        );
      write('short.skiplens.json', {});
      await workbench.openView('Skiplens');
      await workbench.openFile('short.skiplens.json');
      await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
      await workbench.clickCodeLens('Train');
      await eventually(
        'its end',
        async () => (await workbench.treeRows()).some((text) => /finished, 6 steps/.test(text)),
        { timeout: 120_000 },
      );
      inventRuns();
      for (const name of ['long', 'waiting']) {
        write(`${name}.skiplens.json`, { networks: ['resnet20', 'plain20'], steps: 100_000 });
        await workbench.openFile(`${name}.skiplens.json`);
        await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
        await workbench.clickCodeLens('Train');
        await pause(8_000);
      }
      await eventually('all of them', async () => (await workbench.treeRows()).length >= 8, {
        timeout: 60_000,
      });
      await look(workbench, 'side-bar');
    },
    limit,
  );

  test(
    'a settings file with a mistake, and its message',
    async () => {
      const file = 'wrong.skiplens.json';
      const settings = { networks: ['resnet21', 'plain20'], data: 'drawn', steps: -3, learningRates: 0.1 };
      fs.writeFileSync(path.join(workbench.folder!, file), JSON.stringify(settings, null, 2));
      await workbench.openFile(file);
      await workbench.page.locator('.squiggly-error').first().waitFor();
      await look(workbench, 'settings-mistake', {
        prepare: async () => void (await workbench.hover('resnet21')),
      });
    },
    limit,
  );
});

group('view: source files', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await open({ 'skiplens.inlayHints': 'all' });
  });

  test(
    'a source file: lens, hints, hover',
    async () => {
      await workbench.openFile('residual.py');
      await workbench.goTo(38);
      await eventually('the lenses', async () => (await workbench.codeLenses()).includes('Inspect'));
      await workbench.goTo(27, 10);
      await look(workbench, 'source-hover', {
        prepare: async () => void (await workbench.hover('branch + self')),
      });
    },
    limit,
  );

  test(
    'a shape that cannot be, and what mends it',
    async () => {
      const file = path.join(workbench.folder!, 'broken.py');
      const text = fs.readFileSync(path.join(workbench.folder!, 'residual.py'), 'utf8');
      fs.writeFileSync(
        file,
        text
          .replace('nn.Conv2d(3, 16, 3, padding=1', 'nn.Conv2d(3, 12, 3, padding=1')
          .replace('nn.Linear(64', 'nn.Linear(60'),
      );
      await workbench.openFile('broken.py');
      await workbench.goTo(37);
      await workbench.page.locator('.squiggly-error').first().waitFor();
      await look(workbench, 'source-problem', {
        prepare: async () => void (await workbench.hover('BatchNorm2d(16)')),
      });
    },
    limit,
  );
});

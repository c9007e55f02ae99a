/**
 * The package in a fresh VS Code: it activates, its trainer finds its bundle and its native engine, and a run comes
 * out. The rest of the product is tested from the sources.
 */
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../harness/eventually';
import { assert, before, group, test } from '../harness/suite';
import { openWorkbench, type Workbench } from '../ui/workbench';

group('the package', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });

  test('trains two steps of a settings file', async () => {
    const settings = {
      networks: [
        { network: 'resnet8', options: { width: 4 } },
        { network: 'plain8', options: { width: 4 } },
      ],
      data: 'drawn',
      batchSize: 8,
      steps: 2,
      evaluationImages: 16,
      threads: 1,
    };
    fs.writeFileSync(
      path.join(workbench.folder!, 'two.skiplens.json'),
      JSON.stringify(settings, undefined, 2),
    );
    await workbench.openFile('two.skiplens.json');
    await workbench.clickCodeLens('Train');
    await workbench.openView('Skiplens');
    const row = await eventually(
      'the run in the side bar',
      async () => (await workbench.treeRows()).find((text) => text.includes('finished')),
      { timeout: 60_000 },
    );
    assert.match(row, /2 steps/);
    const runs = path.join(workbench.folder!, '.skiplens', 'runs');
    const [run] = fs.readdirSync(runs);
    assert.ok(fs.existsSync(path.join(runs, run, 'events.jsonl')));
  });

  test('says nothing that is an error', async () => {
    const own = workbench.consoleLines.filter((line) => /skiplens/i.test(line) && line.startsWith('error'));
    assert.deepEqual(own, []);
  });
});

/** The inspector's sheets in the editor: the card of a run's data, read by the trainer, and networks in figures. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { InspectorPanel } from '../../src/host/panels/inspectorPanel';
import { transformationsOf } from '../../src/protocol/dataCard';
import { exportWeights } from '../../src/runs/exportWeights';
import { openRun } from '../../src/runs/runReader';
import { eventually } from '../harness/eventually';
import { assert, cleanUp, group, test } from '../harness/suite';
import { ended, theHost, train } from './skiplens';

const closeAll = () => vscode.commands.executeCommand('workbench.action.closeAllEditors');

group('sheets', () => {
  test('a recorded run shows the very data that it was trained on', async () => {
    const host = await theHost();
    const run = await train(2, { dataOptions: { subset: 40, validationSubset: 20, resize: 16 }, seed: 3 });
    await ended(run);
    const panel = await host.panels.showRuns([run.folder!]);
    const card = await panel.card();
    assert.deepEqual([card.id, card.train, card.validation], ['drawn', 40, 20]);
    assert.equal(card.shape.join('x'), '3x16x16');
    assert.equal(card.classes.length, 10);
    assert.ok(card.samples.filled.every((count) => count === 4));
    assert.ok(new Set(card.samples.pixels).size > 50, 'the samples are pictures');
    assert.ok(transformationsOf(card).some((sentence) => sentence.includes('32 x 32 to 16 x 16')));
    // Asked for again, it is the same object: nothing is read twice.
    assert.equal(await panel.card(), card);
    await closeAll();
  });

  test('a card that nobody waits for any more ends as cancelled, and the next one is whole', async () => {
    const host = await theHost();
    const request = { data: 'drawn', seed: 7, augment: true };
    const first = host.session.ask('data/card', request);
    const outcome = first.then(
      () => 'ready',
      // The tests are a bundle of their own, with classes of their own.
      (error) => (error instanceof Error ? error.name : String(error)),
    );
    const second = host.session.ask('data/card', { ...request, seed: 8 });
    assert.equal(await outcome, 'Cancelled');
    assert.equal((await second).card.train, 4000);
  });

  test('any two networks are compared in figures, with the reason why their totals differ', async () => {
    const networks = [{ network: 'resnet50' }, { network: 'keras-resnet50' }];
    const panel = await vscode.commands.executeCommand<InspectorPanel>('skiplens.compareNetworks', networks);
    await eventually('the page', () => panel.digest(), { timeout: 60_000 });
    const { networks: figures, remarks } = await panel.figures();
    assert.deepEqual(
      figures.map(({ parameters, macs, depth }) => [parameters.total, macs, depth]),
      [
        [25_610_152, 4_089_184_256, 50],
        [25_636_712, 3_857_973_248, 50],
      ],
    );
    assert.ok(remarks.some((remark) => remark.includes('both have the same 25,557,032 parameters')));
    assert.ok(remarks.some((remark) => remark.includes('Published for')));
    await assert.rejects(panel.card(), /Nothing was trained here/);
    await closeAll();
  });

  test('weights of a run are measured in an inspector; those of another network are refused', async () => {
    const host = await theHost();
    const run = await train(3);
    await ended(run);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'skiplens-weights-'));
    cleanUp(() => fs.rmSync(folder, { recursive: true, force: true }));
    const [weights] = await exportWeights(await openRun(run.folder!), folder);
    const network = { network: 'resnet8', options: { width: 4 } };
    const panel = await vscode.commands.executeCommand<InspectorPanel>(
      'skiplens.loadWeights',
      network,
      weights,
    );
    const { series, networks } = await panel.snapshot();
    assert.equal(networks[0].title, 'ResNet-8');
    assert.equal(series[0].steps.join(), '0');
    assert.ok(Number.isFinite(series[0].loss[0]));
    await closeAll();
    await assert.rejects(
      host.session.ask('network/probe', {
        network: { network: 'resnet8', options: { width: 6 }, weights },
        device: 'auto',
        threads: 1,
        seed: 1,
        batchSize: 4,
      }),
      /does not fit ResNet-8: .*conv1\.weight is 4x3x3x3, not 6x3x3x3/,
    );
  });
});

/** Inspectors as the host sees them: snapshots, deltas that arrive, measuring, and a panel that is restored. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { InspectorPanel } from '../../src/host/panels/inspectorPanel';
import type { LiveRun } from '../../src/host/session/liveRun';
import { eventually } from '../harness/eventually';
import { assert, cleanUp, group, test } from '../harness/suite';
import { ended, reached, smallSettings, theHost, workspaceFolder } from './skiplens';

const closeAll = () => vscode.commands.executeCommand('workbench.action.closeAllEditors');

/** The digest that the page gives once its script runs. */
function digestOf(panel: InspectorPanel) {
  return eventually('the digest', () => panel.digest(), { timeout: 60_000 });
}

group('panels', () => {
  test('a run is followed while it trains, and shown whole when it ended', async () => {
    const host = await theHost();
    const run = await vscode.commands.executeCommand<LiveRun>('skiplens.train', smallSettings(100_000));
    await reached(run, 5);
    const panel = await eventually('its panel', () => host.panels.ofRun(run.folder!));
    const early = await digestOf(panel);
    assert.ok(early.rows > 5 && early.visibleArcs > 0, JSON.stringify(early));
    const later = await eventually('more steps', async () => {
      const digest = await panel.digest();
      return digest.lastStep > early.lastStep && digest;
    });
    assert.deepEqual(later.errors, []);
    // Behind another tab it is told nothing; when it is shown again it has everything.
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: 'beside' }));
    const { step } = run;
    await reached(run, step + 5);
    panel.reveal();
    const shown = await digestOf(panel);
    assert.ok(shown.lastStep >= step + 5, `shows step ${shown.lastStep}, ${step + 5} were done`);
    await vscode.commands.executeCommand('skiplens.stop');
    await ended(run);
    const whole = await eventually('every step', async () => {
      const digest = await panel.digest();
      return (
        digest.seriesLengths[0] === Math.min(run.step, digest.seriesLengths[0]) &&
        digest.lastStep === run.step &&
        digest
      );
    });
    assert.equal(whole.seriesLengths.length, 2);
    await closeAll();
    assert.equal(host.panels.all.length, 0);
  });

  test('two seeds are one run of two networks, while it trains and when it ended', async () => {
    const host = await theHost();
    const settings = smallSettings(100_000, { seeds: 2, evaluateEvery: 5 });
    const run = await vscode.commands.executeCommand<LiveRun>('skiplens.train', settings);
    await reached(run, 6);
    const panel = await eventually('its panel', () => host.panels.ofRun(run.folder!));
    const digest = await digestOf(panel);
    assert.equal(digest.seriesLengths.length, 2);
    assert.deepEqual(digest.errors, []);
    const live = await panel.snapshot();
    assert.equal(live.run?.seeds, 2);
    assert.deepEqual(
      live.series.map(({ seeds }) => seeds?.length),
      [2, 2],
    );
    await vscode.commands.executeCommand('skiplens.stop');
    assert.equal((await ended(run)).status, 'stopped');
    const {
      series,
      evaluations,
      run: words,
      networks,
    } = await eventually('its record', async () => {
      const snapshot = await panel.snapshot();
      return snapshot.run?.status === 'stopped' && snapshot;
    });
    assert.deepEqual(
      networks.map(({ name }) => name),
      ['resnet8', 'plain8'],
    );
    assert.equal(words?.seeds, 2);
    const last = series[1].steps.length - 1;
    const [first, second] = series[1].seeds!.map(({ loss }) => loss[last]);
    assert.ok(Math.abs(series[1].loss[last] - (first + second) / 2) < 1e-6, 'the mean of both seeds');
    assert.notEqual(first, second);
    assert.deepEqual(
      evaluations.filter(({ step }) => step === 5).map(({ network, seed }) => [network, seed]),
      [
        [0, 1],
        [0, 2],
        [1, 1],
        [1, 2],
      ],
    );
    await closeAll();
  });

  test(
    'a network without its training: measured at initialisation, in its own size',
    async () => {
      const host = await theHost();
      for (const [network, shape] of [
        ['resnet20', '3,32,32'],
        ['resnet18', '3,224,224'],
        ['d2l-resnet18', '1,96,96'],
      ] as const) {
        const panel = await host.panels.showNetworks([{ network }]);
        const before = await panel.snapshot();
        const measured = await panel.measureNow();
        assert.equal(measured.length, 1);
        assert.ok(Number.isFinite(measured[0].numbers.loss), network);
        const after = await panel.snapshot();
        assert.equal(
          after.networks[0].parameters.trainable,
          before.networks[0].parameters.trainable,
          network,
        );
        assert.equal(
          after.networks[0].inputShape.join(),
          before.networks[0].inputShape.join(),
          `${network} ${shape}`,
        );
        assert.equal(after.series[0].steps.join(), '0');
        assert.ok((after.networks[0].vectors.activationGradientNorm ?? []).length > 3);
      }
      await closeAll();
    },
    { timeout: 240_000 },
  );

  test(
    'a run of another process is followed too',
    async () => {
      const host = await theHost();
      const root = path.join(workspaceFolder()!, '.skiplens', 'runs');
      const before = new Set(fs.existsSync(root) ? fs.readdirSync(root) : []);
      const cli = path.join(host.context.extensionPath, 'dist', 'cli.js');
      const flags = ['--option', 'width=4', '--steps', '100000', '--batch-size', '8', '--data', 'drawn'];
      const child = spawn(process.execPath, [cli, 'compare', 'resnet8', ...flags], {
        cwd: workspaceFolder(),
        stdio: 'ignore',
      });
      cleanUp(() => void child.kill('SIGKILL'));
      const name = await eventually(
        'its record',
        () =>
          fs.existsSync(root) && fs.readdirSync(root).find((one) => !before.has(one) && !one.startsWith('.')),
      );
      const panel = await host.panels.showRuns([path.join(root, name)]);
      const first = await eventually('a step', async () => {
        const digest = await panel.digest();
        return digest.lastStep > 0 && digest;
      });
      await eventually('more steps', async () => (await panel.digest()).lastStep > first.lastStep);
      const { run, abilities } = await panel.snapshot();
      assert.deepEqual([run?.status, abilities.control], ['running', false]);
      child.kill('SIGINT');
      await eventually('its end', async () => (await panel.snapshot()).run?.status !== 'running', {
        timeout: 30_000,
      });
      await closeAll();
    },
    { timeout: 120_000 },
  );

  test('deleting and comparing need runs, and say so', async () => {
    const host = await theHost();
    assert.equal(await vscode.commands.executeCommand('skiplens.compareRuns', ['only-one']), undefined);
    assert.equal(await vscode.commands.executeCommand('skiplens.openRun', '/no/such/run'), undefined);
    assert.equal(host.panels.all.length, 0);
  });
});

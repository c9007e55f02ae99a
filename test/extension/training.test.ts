/** Training from the editor: runs that end, runs that are stopped, a queue, and a trainer that is killed. */
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { readRecorded } from '../../src/workspace/recordedRun';
import { eventually } from '../harness/eventually';
import { assert, group, test } from '../harness/suite';
import { ended, eventsOf, reached, theHost, train, workspaceFolder } from './skiplens';

group('training', () => {
  test('20 steps by command, and the run is found', async () => {
    const run = await train(20);
    assert.equal((await ended(run)).status, 'finished');
    const folder = run.folder!;
    assert.equal(path.dirname(folder), path.join(workspaceFolder()!, '.skiplens', 'runs'));
    const recorded = await readRecorded(folder);
    assert.equal(recorded.steps, 20);
    assert.deepEqual(
      recorded.series.map((series) => series.length),
      [20, 20],
    );
    const row = (await (await theHost()).library.rows()).find((r) => r.folder === folder);
    assert.equal(row?.status, 'finished');
    assert.equal(row?.step, 20);
  });

  test('stops within a step and keeps the run', async () => {
    // A step lasts a good part of a second, so that asking takes no step.
    const networks = [{ network: 'resnet20' }, { network: 'plain20' }];
    const run = await train(100_000, { networks, batchSize: 64 });
    await reached(run, 1);
    const recorded = async () => (await readRecorded(run.folder!)).steps;
    const known = await recorded();
    await eventually('the end of a step', async () => (await recorded()) > known, { every: 10 });
    const asked = await recorded();
    await vscode.commands.executeCommand('skiplens.stop');
    assert.equal((await ended(run, 10_000)).status, 'stopped');
    const { steps, status } = await readRecorded(run.folder!);
    assert.equal(status, 'stopped');
    // The step that was begun is the last one.
    assert.ok(steps === asked || steps === asked + 1, `stopped at ${steps}, asked at ${asked}`);
  });

  test('pauses, stands still, and goes on', async () => {
    const run = await train(100_000);
    await reached(run, 3);
    await vscode.commands.executeCommand('skiplens.pause');
    await eventually('the pause', () => run.phase === 'paused');
    const at = run.step;
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(run.step, at);
    await vscode.commands.executeCommand('skiplens.resume');
    await reached(run, at + 3);
    await vscode.commands.executeCommand('skiplens.stop');
    assert.equal((await ended(run)).status, 'stopped');
  });

  test('a second run waits and says for whom', async () => {
    const first = await train(100_000);
    await reached(first, 1);
    const second = await train(5);
    await eventually('the queue', () => second.phase === 'queued' && second.behind);
    assert.ok(second.behind);
    const rows = await (await theHost()).library.rows();
    assert.deepEqual(
      rows.filter((row) => row.live).map((row) => row.status),
      ['queued', 'running'],
    );
    await vscode.commands.executeCommand('skiplens.stop', first);
    assert.equal((await ended(first)).status, 'stopped');
    assert.equal((await ended(second)).status, 'finished');
  });

  test('a stop in a step that lasts a minute ends the run, and the one behind it is trained', async () => {
    const networks = [{ network: 'resnet56' }];
    // A step of the float64 reference holds the trainer's thread.
    const slow = await train(5, { networks, device: 'reference', batchSize: 64 });
    await eventually('its record', () => slow.started, { timeout: 30_000 });
    const next = await train(5);
    const asked = Date.now();
    await vscode.commands.executeCommand('skiplens.stop', slow);
    const end = await ended(slow, 10_000);
    assert.equal(end.status, 'stopped');
    assert.ok(Date.now() - asked < 8000, `${Date.now() - asked} ms`);
    assert.equal((await readRecorded(slow.folder!)).status, 'stopped');
    assert.equal((await ended(next)).status, 'finished');
  });

  test('a stopped run goes on from its checkpoint', async () => {
    const run = await train(400);
    await reached(run, 25);
    await vscode.commands.executeCommand('skiplens.stop');
    await ended(run);
    const at = (await readRecorded(run.folder!)).steps;
    const again = await vscode.commands.executeCommand<typeof run>('skiplens.resume', run.folder);
    assert.equal((await ended(again)).status, 'finished');
    const { steps, series } = await readRecorded(run.folder!);
    assert.equal(steps, 400);
    assert.equal(series[0].stepAt(series[0].length - 1), 400);
    assert.ok(eventsOf(run.folder!).some((event) => event.type === 'resumed' && event.step <= at));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('kill -9 of the trainer: a message, the run is kept, the next one works', async () => {
    const host = await theHost();
    const run = await train(100_000);
    await reached(run, 15);
    const died: string[] = [];
    const listening = host.session.onDied.event(({ error }) => died.push(error.message));
    const { pid } = (await host.session.greet())!;
    process.kill(pid, 'SIGKILL');
    assert.equal((await ended(run)).status, 'crashed');
    listening.dispose();
    assert.equal(died.length, 1);
    assert.match(died[0], /ended unexpectedly \(SIGKILL\)/);
    const kept = await readRecorded(run.folder!);
    assert.ok(kept.steps >= 15);
    assert.equal(kept.status, 'crashed');
    assert.match(kept.reason ?? '', /SIGKILL/);
    const next = await train(5);
    assert.equal((await ended(next)).status, 'finished');
    const resumed = await vscode.commands.executeCommand<typeof run>('skiplens.resume', run.folder);
    await reached(resumed, kept.steps);
    await vscode.commands.executeCommand('skiplens.stop', resumed);
    assert.equal((await ended(resumed)).status, 'stopped');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('settings that cannot be trained say so and leave nothing behind', async () => {
    const before = fs.readdirSync(path.join(workspaceFolder()!, '.skiplens', 'runs')).length;
    const run = await train(5, { data: 'cifar10:/no/such/folder' });
    const end = await ended(run);
    assert.equal(end.status, 'crashed');
    assert.match(end.reason ?? '', /\/no\/such\/folder/);
    assert.equal(fs.readdirSync(path.join(workspaceFolder()!, '.skiplens', 'runs')).length, before);
  });
});

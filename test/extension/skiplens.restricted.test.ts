/** In a folder that nobody trusted: no program starts, and networks can still be inspected. */
import * as vscode from 'vscode';
import { assert, group, test } from '../harness/suite';
import { smallSettings, theHost } from './skiplens';

group('restricted', () => {
  test('training starts no program', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const host = await theHost();
    assert.equal(await vscode.commands.executeCommand('skiplens.train', smallSettings(5)), undefined);
    assert.equal(await host.session.greet(), undefined);
    assert.equal(host.session.active().length, 0);
  });

  test('a network can be inspected', async () => {
    const host = await theHost();
    await vscode.commands.executeCommand('skiplens.inspect', [
      { network: 'resnet20' },
      { network: 'plain20' },
    ]);
    const [panel] = host.panels.all;
    const snapshot = await panel.snapshot();
    assert.deepEqual(
      snapshot.networks.map((network) => network.parameters.trainable),
      [269_722, 269_722],
    );
    assert.equal(snapshot.title, 'ResNet-20 and its plain twin');
    assert.deepEqual([snapshot.abilities.measure, snapshot.abilities.train], [false, false]);
    assert.match(snapshot.note ?? '', /not trusted/);
    assert.equal(await host.session.greet(), undefined);
  });
});

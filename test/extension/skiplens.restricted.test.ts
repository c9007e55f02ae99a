/** In a folder that nobody trusted: no program starts, and networks can still be inspected. */
import * as vscode from 'vscode';
import { eventually } from '../harness/eventually';
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

  test('a source file is read: hovers and problems need no trust, for nothing of the file runs', async () => {
    const folder = vscode.workspace.workspaceFolders![0].uri;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, 'residual.py'));
    await vscode.window.showTextDocument(document);
    const at = document.positionAt(document.getText().indexOf('SmallResNet(nn') + 1);
    const words = await eventually('the hover', async () => {
      const found = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at,
      );
      const said = found.flatMap(({ contents }) =>
        contents.map((one) => (one as vscode.MarkdownString).value),
      );
      return said.length > 0 && said.join('\n');
    });
    assert.match(words, /176,378 parameters/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
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

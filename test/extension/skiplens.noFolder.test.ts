/** In an empty window: training works, and its runs lie in the extension's own storage. */
import path from 'node:path';
import * as vscode from 'vscode';
import { assert, group, test } from '../harness/suite';
import { ended, theHost, train } from './skiplens';

group('no folder', () => {
  test('trains, and keeps the run in the storage of the extension', async () => {
    assert.equal(vscode.workspace.workspaceFolders, undefined);
    const host = await theHost();
    const run = await train(5);
    assert.equal((await ended(run)).status, 'finished');
    assert.equal(path.dirname(run.folder!), path.join(host.context.globalStorageUri.fsPath, 'runs'));
    assert.equal((await host.library.rows()).length, 1);
  });
});

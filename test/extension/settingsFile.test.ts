/** `*.skiplens.json` in the editor: problems at their places, completions from the schema, a lens that trains. */
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { LiveRun } from '../../src/host/session/liveRun';
import { eventually } from '../harness/eventually';
import { assert, group, test } from '../harness/suite';
import { ended, smallSettings, theHost, workspaceFolder } from './skiplens';

async function open(name: string, text: string): Promise<vscode.TextDocument> {
  const file = path.join(workspaceFolder()!, name);
  fs.writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return document;
}

function problems(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri);
}

group('settings files', () => {
  test('a depth that no network has is marked at its name', async () => {
    const text = '{\n  "networks": [{ "network": "resnet21" }],\n  "data": "drawn"\n}\n';
    const document = await open('depth.skiplens.json', text);
    const found = await eventually('the problem', () => problems(document)[0]);
    assert.match(found.message, /6n\+2/);
    assert.equal(document.getText(found.range), '"resnet21"');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, found.range, '"resnet20"');
    await vscode.workspace.applyEdit(edit);
    await eventually('the problem to go', () => problems(document).length === 0);
  });

  test('options are checked against their network', async () => {
    const text =
      '{\n  "networks": [{ "network": "resnet20", "options": { "shortcut": "pad", "banana": 3 } }],\n  "data": "moon"\n}\n';
    const document = await open('options.skiplens.json', text);
    await eventually('two problems', () => problems(document).length >= 2);
    const marked = problems(document).map((problem) => document.getText(problem.range));
    assert.ok(marked.includes('"moon"'), marked.join());
    assert.ok(
      marked.some((mark) => mark.includes('banana')),
      marked.join(),
    );
  });

  test('malformed JSON is marked where it breaks', async () => {
    const document = await open('broken.skiplens.json', '{\n  "networks": [\n  "data": "drawn"\n}\n');
    const found = await eventually('the problem', () =>
      problems(document).find(({ range }) => range.start.line >= 1),
    );
    assert.ok(found.message);
  });

  test('completes settings and network names', async () => {
    const document = await open('complete.skiplens.json', '{\n  "networks": [{ "network": "" }],\n  \n}\n');
    const labels = (at: vscode.Position) =>
      eventually('completions', async () => {
        const list = await vscode.commands.executeCommand<vscode.CompletionList>(
          'vscode.executeCompletionItemProvider',
          document.uri,
          at,
        );
        const found = list.items.map((item) =>
          typeof item.label === 'string' ? item.label : item.label.label,
        );
        return found.length > 0 && found;
      });
    assert.ok((await labels(new vscode.Position(1, 29))).some((label) => label.includes('resnet20')));
    assert.ok((await labels(new vscode.Position(2, 2))).some((label) => label.includes('learningRate')));
  });

  test('the lens trains what the file says', async () => {
    const document = await open('lens.skiplens.json', `${JSON.stringify(smallSettings(5), null, 2)}\n`);
    const lenses = await eventually('the lens', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      );
      return found.length > 0 && found;
    });
    const lens = lenses.find((one) => one.command?.command === 'skiplens.trainFile');
    assert.ok(lens?.command);
    const run = await vscode.commands.executeCommand<LiveRun>(
      lens.command.command,
      ...(lens.command.arguments ?? []),
    );
    assert.equal((await ended(run)).status, 'finished');
    assert.equal(run.step, 5);
    assert.ok((await theHost()).panels.ofRun(run.folder!));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('a file with a mistake is not trained, and the mistake is shown', async () => {
    const document = await open(
      'wrong.skiplens.json',
      '{\n  "networks": [{ "network": "resnet20" }],\n  "data": "moon"\n}\n',
    );
    assert.equal(await vscode.commands.executeCommand('skiplens.trainFile', document.uri), undefined);
    assert.equal(vscode.window.activeTextEditor?.selection.start.line, 2);
    assert.equal((await theHost()).session.active().length, 0);
  });
});

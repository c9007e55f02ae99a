/** Networks in source files: hovers, problems that come and go, a fix that mends, lenses that inspect and train. */
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { InspectorPanel } from '../../src/host/panels/inspectorPanel';
import type { LiveRun } from '../../src/host/session/liveRun';
import { eventually } from '../harness/eventually';
import { assert, group, test } from '../harness/suite';
import { ended, smallSettings, theHost, workspaceFolder } from './skiplens';

async function open(name: string, text?: string): Promise<vscode.TextDocument> {
  const file = path.join(workspaceFolder()!, name);
  if (text !== undefined) fs.writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return document;
}

const problems = (document: vscode.TextDocument) =>
  vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'skiplens');

async function hover(document: vscode.TextDocument, text: string): Promise<string> {
  const at = document.positionAt(document.getText().indexOf(text) + 1);
  return eventually(`a hover over ${text}`, async () => {
    const found = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    const words = found.flatMap(({ contents }) =>
      contents.map((one) => (one as vscode.MarkdownString).value),
    );
    return words.length > 0 && words.join('\n');
  });
}

async function lenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  return eventually('lenses', async () => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    return found.length > 0 && found;
  });
}

const broken = `import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(16, 32, 3, padding=1)

    def forward(self, x):
        return self.conv(x) + x


block = Block()
block(torch.rand(1, 16, 8, 8))
`;

group('source files', () => {
  test('a hover says shapes and parameters', async () => {
    const document = await open('residual.py');
    const words = await hover(document, 'nn.Conv2d(3, 16');
    assert.match(words, /16, 32, 32/);
    assert.match(words, /432 parameters/);
    assert.match(await hover(document, 'SmallResNet(nn'), /176,378 parameters/);
  });

  test('an addition that cannot be is marked, and unmarked when it is mended', async () => {
    const document = await open('broken.py', broken);
    const found = await eventually('the problem', () =>
      problems(document).find(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
    );
    assert.equal(found.range.start.line, 10);
    assert.match(found.message, /32/);
    assert.match(found.message, /16/);
    const edit = new vscode.WorkspaceEdit();
    const at = document.getText().indexOf('16, 32');
    edit.replace(
      document.uri,
      new vscode.Range(document.positionAt(at), document.positionAt(at + 6)),
      '16, 16',
    );
    await vscode.workspace.applyEdit(edit);
    await eventually('the problem to go', () => problems(document).length === 0);
    await document.save();
  });

  test('the lens opens the inspector on the model, and its rows know their lines', async () => {
    const document = await open('residual.py');
    const lens = (await lenses(document)).find(({ command }) => command?.command === 'skiplens.inspectModel');
    assert.ok(lens?.command);
    const panel = await vscode.commands.executeCommand<InspectorPanel>(
      lens.command.command,
      document.uri,
      'SmallResNet',
    );
    const { networks } = await panel.snapshot();
    assert.deepEqual(
      networks.map(({ role }) => role),
      ['residual', 'plain'],
    );
    const line =
      document.getText().slice(0, document.getText().indexOf('nn.Conv2d(3, 16')).split('\n').length - 1;
    assert.ok(
      networks[0].layers.some(({ source }) => source?.line === line || source?.file === document.uri.fsPath),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('the model of the file is trained beside its twin, and hovers carry what was measured', async () => {
    const document = await open('residual.py');
    const network = `${document.uri.fsPath}#SmallResNet`;
    const run = await vscode.commands.executeCommand<LiveRun>(
      'skiplens.train',
      smallSettings(3, { networks: [{ network }, { network, plain: true }] }),
      { show: false },
    );
    const end = await ended(run);
    assert.equal(end.status, 'finished', end.reason);
    assert.match(await hover(document, 'self.norm1(self.conv1(x))'), /step 3/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.equal((await theHost()).session.active().length, 0);
  });
});

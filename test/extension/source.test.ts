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

/** A block as in the sample, where that is not at hand. */
const sampleOfOurs = `from tensorflow import keras
from tensorflow.keras import layers


def block(x, filters, strides=1, use_projection=False):
    shortcut = x
    x = layers.Conv2D(filters, 3, strides=strides, padding="same")(x)
    x = layers.Conv2D(filters, 3, padding="same")(x)
    if use_projection:
        shortcut = layers.Conv2D(filters, 1, strides=strides)(shortcut)
    x += shortcut
    return x


inputs = keras.Input((112, 112, 64))
model = keras.Model(inputs, block(inputs, 64, strides=2))
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

  test('the quick fix repairs the sample', async () => {
    const root = vscode.extensions.getExtension('skiplens.skiplens')?.extensionPath ?? '';
    const sample = path.join(root, '..', 'shared', 'samples', 'keras_residual_block.py');
    const document = await open(
      'sample.py',
      fs.existsSync(sample) ? fs.readFileSync(sample, 'utf8') : sampleOfOurs,
    );
    const errors = () =>
      problems(document).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
    const [wrong] = await eventually('the error', () => errors().length === 1 && errors());
    for (const part of ['(None, 56, 56, 64)', '(None, 112, 112, 64)', 'use_projection=False'])
      assert.ok(wrong.message.includes(part), wrong.message);
    assert.match(document.getText(wrong.range), /shortcut/);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      wrong.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ title }) => title === 'Set use_projection=True');
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    await vscode.workspace.applyEdit(fix.edit);
    await eventually('the error to go', () => errors().length === 0);
    assert.match(document.getText(), /use_projection=True/);
    await document.save();
  });

  test('a size that nobody gave is asked for, and taken from a comment', async () => {
    const net = broken.replace('block(torch.rand(1, 16, 8, 8))\n', '').replace('16, 32', '16, 16');
    const document = await open('unasked.py', net);
    const note = await eventually('the note', () =>
      problems(document).find(({ code }) => code === 'shape/input-missing'),
    );
    assert.equal(document.getText(note.range), 'block');
    const titles = (await lenses(document)).map(({ command }) => command?.title);
    assert.ok(titles.includes('Set input shape'), titles.join());
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# skiplens: input = 16x12x12\n');
    await vscode.workspace.applyEdit(edit);
    await eventually('the note to go', () => problems(document).length === 0);
    assert.match(await hover(document, 'self.conv(x) + x'), /16, 12, 12/);
    await document.save();
  });

  test('hints stand behind additions, behind every call, or nowhere', async () => {
    const document = await open('residual.py');
    const settings = vscode.workspace.getConfiguration('skiplens');
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = () =>
      vscode.commands.executeCommand<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        document.uri,
        whole,
      );
    assert.deepEqual(await hints(), []);
    await settings.update('inlayHints', 'residual', vscode.ConfigurationTarget.Workspace);
    const [one, ...more] = await eventually('hints', async () => {
      const found = await hints();
      return found.length > 0 && found;
    });
    assert.deepEqual(more, []);
    assert.match(document.lineAt(one.position.line).text, /branch \+ self\.shortcut\(x\)/);
    assert.match(String(one.label), /16, 32, 32/);
    await settings.update('inlayHints', 'all', vscode.ConfigurationTarget.Workspace);
    await eventually('more hints', async () => (await hints()).length > 8);
    await settings.update('inlayHints', undefined, vscode.ConfigurationTarget.Workspace);
    await eventually('no hints', async () => (await hints()).length === 0);
  });

  test('a file beyond a megabyte is not analysed, and says so', async () => {
    const document = await open('large.py', `import torch\n${'# a long file\n'.repeat(80_000)}`);
    const said = await eventually('the note', () => problems(document)[0]);
    assert.match(said.message, /1 MB/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
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
      networks[0].layers.some(({ source }) => source?.line === line && source.file === document.uri.fsPath),
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
    const measured = await hover(document, 'self.norm1(self.conv1(x))');
    assert.match(measured, /step 3/);
    assert.doesNotMatch(measured, /before the text was changed/);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, '# later\n');
    await vscode.workspace.applyEdit(edit);
    assert.match(await hover(document, 'self.norm1(self.conv1(x))'), /step 3.*before the text was changed/);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.equal((await theHost()).session.active().length, 0);
  });
});

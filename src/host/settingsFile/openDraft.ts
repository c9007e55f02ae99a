/** Opens settings as an unsaved `*.skiplens.json`, in the workspace where there is one; its lens trains it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSettings } from '../../protocol/settings';
import type { Host } from '../host';
import { workspaceFolder } from '../places';
import { formatSettings } from './formatSettings';

export async function openSettingsDraft(host: Host, settings: RunSettings): Promise<vscode.TextEditor> {
  const folder = workspaceFolder() ?? host.context.globalStorageUri.fsPath;
  const name = settings.networks[0].network.replace(/[^\w-]+/g, '-');
  let file = path.join(folder, `${name}.skiplens.json`);
  for (let i = 2; existsSync(file) || isOpen(file); i++)
    file = path.join(folder, `${name}-${i}.skiplens.json`);
  const uri = vscode.Uri.file(file).with({ scheme: 'untitled' });
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  await editor.edit((edit) => {
    edit.replace(
      new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length)),
      formatSettings(settings),
    );
  });
  return editor;
}

function isOpen(file: string): boolean {
  return vscode.workspace.textDocuments.some((document) => document.uri.fsPath === file);
}

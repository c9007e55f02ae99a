/** Settings of the editor, typed, and the places on disk that follow from them. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { SettingId, settings } from './manifest/settings';

type SettingValue<K extends SettingId> = (typeof settings)[K]['default'];

/** The value in force; declared defaults come from the manifest. */
export function readSetting<K extends SettingId>(id: K): Widened<SettingValue<K>> {
  return vscode.workspace.getConfiguration().get(id) as Widened<SettingValue<K>>;
}

type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : never;

/** The first folder of the workspace that lies on this machine's disk. */
export function workspaceFolder(): string | undefined {
  return vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file')?.uri.fsPath;
}

/** Where runs are kept: in the workspace, or in the extension's own storage where no folder is open. */
export function runsRoot(context: vscode.ExtensionContext): string {
  const folder = workspaceFolder();
  const setting = readSetting('skiplens.runsFolder');
  if (path.isAbsolute(setting)) return setting;
  if (folder) return path.resolve(folder, setting || '.skiplens/runs');
  return path.join(context.globalStorageUri.fsPath, 'runs');
}

/** The HTML report of what a panel shows, written with the script and the styles that the extension ships. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { PanelSnapshot } from '../../protocol/panel';
import { reportPage } from '../../protocol/panelPage';

export async function writeReport(
  context: vscode.ExtensionContext,
  snapshot: PanelSnapshot,
  file: string,
): Promise<void> {
  const read = (...parts: string[]) => readFile(path.join(context.extensionPath, ...parts), 'utf8');
  const [script, styles] = await Promise.all([read('dist', 'webview.js'), read('media', 'inspector.css')]);
  // Whether this window trusts its folder is nothing to whoever reads the report.
  await writeFile(file, reportPage({ ...snapshot, note: undefined }, { script, styles }));
}

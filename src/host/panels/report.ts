/**
 * A run as one HTML file that needs nothing else: the panel's own script and styles with the snapshot inside it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { PanelSnapshot } from '../../protocol/panel';
import { toText } from '../../protocol/plainText';

export async function writeReport(
  context: vscode.ExtensionContext,
  snapshot: PanelSnapshot,
  file: string,
): Promise<void> {
  const read = (...parts: string[]) => readFile(path.join(context.extensionPath, ...parts), 'utf8');
  const [script, style] = await Promise.all([read('dist', 'webview.js'), read('media', 'inspector.css')]);
  await writeFile(file, reportHtml(snapshot, script, style));
}

function reportHtml(snapshot: PanelSnapshot, script: string, style: string): string {
  return `<!doctype html>
<html lang="${snapshot.language}"><head><meta charset="utf-8"><title>${snapshot.title}</title><style>${style}</style></head>
<body class="vscode-light"><main id="skiplens"></main>
<script type="application/json" id="skiplens-report">${toText(snapshot).replaceAll('<', '\\u003c')}</script>
<script>${script.replaceAll('</script', '<\\/script')}</script></body></html>`;
}

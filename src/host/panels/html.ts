/** The page of an inspector, with this panel's addresses and a nonce of its own. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { panelPage } from '../../protocol/panelPage';

export function panelHtml(webview: vscode.Webview, extension: vscode.Uri): string {
  const place = (...parts: string[]) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, ...parts)).toString();
  return panelPage({
    title: 'Skiplens',
    nonce: randomBytes(16).toString('base64url'),
    cspSource: webview.cspSource,
    scriptUri: place('dist', 'webview.js'),
    styleUri: place('media', 'inspector.css'),
  });
}

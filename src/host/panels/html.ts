/** The page of an inspector: one bundled script under a nonce, styles from files, and nothing from anywhere else. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export function panelHtml(webview: vscode.Webview, extension: vscode.Uri, language: string): string {
  const nonce = randomBytes(16).toString('base64url');
  const place = (...parts: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(extension, ...parts));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!doctype html>
<html lang="${language.replace(/[^\w-]/g, '')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${place('media', 'inspector.css')}">
<title>Skiplens</title>
</head>
<body>
<main id="skiplens"></main>
<script nonce="${nonce}" src="${place('dist', 'webview.js')}"></script>
</body>
</html>`;
}

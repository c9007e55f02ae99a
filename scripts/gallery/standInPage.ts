/** The page that the stand-in host lives in, as text: the panel's own script and styles around a snapshot. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { toText } from '../../src/protocol/plainText';

let bundled: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['scripts/gallery/standInHost.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

/** `dist/webview.js` must be there; paths are relative to the repository. */
export async function standInPage(snapshot: PanelSnapshot, theme = 'light'): Promise<string> {
  bundled ??= bundle();
  const close = (script: string) => script.replaceAll('</script', '<\\/script');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<style>${readFileSync('media/inspector.css', 'utf8')}</style></head>
<body class="vscode-${theme}">
<script type="application/json" id="stand-in-data">${toText(snapshot).replaceAll('<', '\\u003c')}</script>
<script>${close(await bundled)}</script>
<script>${close(readFileSync('dist/webview.js', 'utf8'))}</script></body></html>`;
}

/**
 * The page that the stand-in host lives in, as text: the panel's own script and styles around a snapshot. Bundled
 * here and now, so that it needs no build; paths are relative to the repository.
 */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { toText } from '../../src/protocol/plainText';

const bundled = new Map<string, Promise<string>>();

/** The script of an entry point as one classic script. */
export function bundleScript(entry: string): Promise<string> {
  let script = bundled.get(entry);
  if (!script) bundled.set(entry, (script = bundle(entry)));
  return script;
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    minify: true,
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

/** The panel's own script, and the host that stands in for the editor. */
export const panelScript = () => bundleScript('webview/main.ts');
export const standInScript = () => bundleScript('scripts/gallery/standInHost.ts');

/** JSON that can lie within a script element. */
export const dataText = (snapshot: PanelSnapshot) => toText(snapshot).replaceAll('<', '\\u003c');

export async function standInPage(snapshot: PanelSnapshot, theme = 'light'): Promise<string> {
  const close = (script: string) => script.replaceAll('</script', '<\\/script');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<style>${readFileSync('media/inspector.css', 'utf8')}</style></head>
<body class="vscode-${theme}">
<script type="application/json" id="stand-in-data">${dataText(snapshot)}</script>
<script>${close(await standInScript())}</script>
<script>${close(await panelScript())}</script></body></html>`;
}

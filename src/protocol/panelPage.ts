/**
 * The two pages that the panel's script runs in, as text: the shell of an editor's panel, where everything comes by
 * messages, and the report, one file that carries script, styles and data and needs nothing else. Pure; whoever
 * calls reads `dist/webview.js` and `media/inspector.css` from beside its own bundle.
 */
import type { PanelSnapshot } from './panel';
import { toText } from './plainText';

export interface PanelPage {
  readonly title: string;
  /** Random for every page. */
  readonly nonce: string;
  /** `webview.cspSource` */
  readonly cspSource: string;
  /** `webview.asWebviewUri(...)` of `dist/webview.js` and of `media/inspector.css`, as text. */
  readonly scriptUri: string;
  readonly styleUri: string;
}

/** Nothing is allowed but one script with the nonce, the extension's styles, and pictures made in the page. */
export function panelPage({ title, nonce, cspSource, scriptUri, styleUri }: PanelPage): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    'img-src data: blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<link rel="stylesheet" href="${escapeText(styleUri)}">
</head>
<body>
<script nonce="${nonce}" src="${escapeText(scriptUri)}"></script>
</body>
</html>
`;
}

export interface ReportAssets {
  /** The contents of `dist/webview.js`. */
  readonly script: string;
  /** The contents of `media/inspector.css`. */
  readonly styles: string;
  /** A theme to hold on to; the reader's own preference decides where none is given. */
  readonly theme?: 'light' | 'dark' | 'high-contrast' | 'high-contrast-light';
}

/** One HTML file with the same picture as the panel's, offline, for whoever has no Skiplens. */
export function reportPage(snapshot: PanelSnapshot, { script, styles, theme }: ReportAssets): string {
  const shown: PanelSnapshot = {
    ...snapshot,
    abilities: { measure: false, train: false, control: false, export: true, reveal: false },
  };
  // The light high-contrast theme has both classes, as in the editor.
  const classes =
    theme === 'high-contrast-light'
      ? 'vscode-high-contrast vscode-high-contrast-light'
      : `vscode-${theme ?? 'light'}`;
  const body = theme ? `<body class="${classes}" data-theme="${theme}">` : '<body class="vscode-light">';
  return `<!DOCTYPE html>
<html lang="${escapeText(snapshot.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(snapshot.title)}</title>
<style>${styles.replaceAll('</style', '<\\/style')}</style>
</head>
${body}
<script type="application/json" id="skiplens-data">${toText(shown).replaceAll('<', '\\u003c')}</script>
<script>${script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')}</script>
</body>
</html>
`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

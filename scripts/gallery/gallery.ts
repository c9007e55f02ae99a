/**
 * Writes .cache/gallery/index.html: every figure in every theme, drawn without a browser, beside the interactive
 * report of the same run. Opens from disk.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Window } from 'happy-dom';
import { literalPalette, themes } from '../../webview/figure/palette';
import { stillPicture } from '../../webview/figure/still';
import { pictures } from './pictures';

const folder = path.resolve('.cache/gallery');
mkdirSync(folder, { recursive: true });
const { document } = new Window() as unknown as { document: Document };

const sections: string[] = [];
for (const [name, state] of Object.entries(pictures()))
  for (const theme of themes) {
    const svg = stillPicture(state, document, { width: 1260, rowHeight: 18, palette: literalPalette(theme) });
    const file = `${name} (${theme}).svg`.replaceAll(/[ ,()]+/g, '-').replace('-.svg', '.svg');
    writeFileSync(path.join(folder, file), svg.outerHTML);
    sections.push(`<h2>${name} · ${theme}</h2><img src="${file}" alt="${name}" width="1260">`);
  }
writeFileSync(
  path.join(folder, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Skiplens gallery</title>
<style>body{font:14px system-ui;margin:24px;background:#888}h2{font-size:15px}img{display:block}</style>
${sections.join('\n')}\n`,
);
console.log(`${sections.length} pictures in ${path.join(folder, 'index.html')}`);

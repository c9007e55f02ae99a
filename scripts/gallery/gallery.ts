/**
 * Writes .cache/gallery/index.html: every figure in every theme, drawn without a browser, beside the interactive
 * report of the same run. Opens from disk.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Window } from 'happy-dom';
import { reportPage } from '../../src/protocol/panelPage';
import { literalPalette, themes } from '../../webview/figure/palette';
import { stillPicture } from '../../webview/figure/still';
import { largestRecording, pictures, readRecorded, recorded } from './pictures';
import { structureOf } from './recordRun';

const folder = path.resolve('.cache/gallery');
mkdirSync(folder, { recursive: true });
const { document } = new Window() as unknown as { document: Document };

const assets = {
  script: readFileSync('dist/webview.js', 'utf8'),
  styles: readFileSync('media/inspector.css', 'utf8'),
};
const pages = {
  run: largestRecording(),
  projections: readRecorded(recorded.resnet20),
  structure: structureOf('resnet110', { twin: true }),
};
const links: string[] = [];
for (const [name, snapshot] of Object.entries(pages))
  for (const theme of themes) {
    const file = `inspector-${name}-${theme}.html`;
    writeFileSync(path.join(folder, file), reportPage(snapshot, { ...assets, theme }));
    links.push(`<li><a href="${file}">${name} · ${theme}</a></li>`);
  }

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
<h1>Skiplens gallery</h1><p>Interactive:</p><ul>${links.join('')}</ul>
${sections.join('\n')}\n`,
);
console.log(`${sections.length} pictures in ${path.join(folder, 'index.html')}`);

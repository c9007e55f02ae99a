/** The picture as a file: the still figure in the colours of the moment, as SVG text or painted into a PNG. */
import type { PanelRequests } from '../../src/protocol/panel';
import { colourNames, type Palette } from '../figure/palette';
import { stillPicture } from '../figure/still';
import { rowsOf } from '../store/selectors';
import type { State } from '../store/state';

type Params = PanelRequests['picture/save']['params'];

export async function savePicture(state: State, body: HTMLElement, format: 'svg' | 'png'): Promise<Params> {
  const style = getComputedStyle(body);
  const palette = Object.fromEntries(
    colourNames.map((name) => [name, style.getPropertyValue(`--sk-${name}`).trim()]),
  ) as Palette;
  const rowHeight = state.rowHeight ?? (rowsOf(state).length > 400 ? 6 : 18);
  const svg = stillPicture(state, document, { width: Math.max(1260, body.clientWidth), rowHeight, palette });
  const text = new XMLSerializer().serializeToString(svg);
  const name = `${state.run?.id ?? state.networks[0]?.name ?? 'skiplens'}.${format}`;
  if (format === 'svg') return { name, format, content: text };
  return { name, format, content: await png(text, svg) };
}

async function png(text: string, svg: SVGSVGElement): Promise<Uint8Array> {
  const [width, height] = ['width', 'height'].map((side) => Number(svg.getAttribute(side)));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  // Twice the size for sharp print, unless that is more than a canvas holds.
  const scale = Math.min(2, 16_000 / height);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  context.drawImage(image, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  return new Uint8Array(await blob!.arrayBuffer());
}

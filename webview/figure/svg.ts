/** The few words that all tracks draw with: elements in the SVG namespace, joined by key so that nodes are re-used. */
import { type Selection, select } from 'd3';

export type Group = Selection<SVGGElement, unknown, null, undefined>;

export const namespace = 'http://www.w3.org/2000/svg';

export function group(element: SVGGElement): Group {
  return select(element);
}

/** The child `<g class="name">` of a parent, made where it is missing. */
export function part(parent: Group, name: string): Group {
  const known = parent.select<SVGGElement>(`:scope > g.${name}`);
  return known.empty() ? parent.append('g').attr('class', name) : (known as unknown as Group);
}

/** Whole tenths of a pixel: shorter text, same picture. */
export const round = (value: number) => Math.round(value * 10) / 10;

/** Roughly what a text takes: letters by a mean width, East Asian characters about as wide as high. */
export function textWidth(text: string, size = 12): number {
  let width = 0;
  for (const c of text) width += c.charCodeAt(0) > 0x2e7f ? 1.02 : /[ .,:;|il·]/.test(c) ? 0.34 : 0.57;
  return width * size;
}

/** Text cut to what fits; the whole of it is in the row's tooltip and in the table. */
export function cutText(text: string, width: number, size = 12): string {
  if (textWidth(text, size) <= width) return text;
  let cut = text;
  while (cut.length > 0 && textWidth(cut, size) + size * 0.8 > width) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
}

/**
 * Depth by step: one image a network, with one colour scale for all of them and for all steps. Columns lie at
 * their exact steps and hold until the next one. In the panel the image is a canvas, in a picture that leaves it
 * paths, one a colour; both are painted from the same levels.
 */
import { interpolateViridis } from 'd3';
import { t } from '../../src/base/localize';
import { powerOfTen } from '../figure/numbers';
import { type Group, part, round } from '../figure/svg';
import { read } from '../store/readings';
import { decadesOf, firstStep, newestStep } from '../store/selectors';
import type { State } from '../store/state';
import { gradient } from './gradient';
import type { Frame, Track } from './track';
import { metricWord } from './words';

/** Colours that a person can tell from their neighbours, and then some. 0 is reserved for no value. */
const levels = 64;

/** Red, green, blue of each level; level 0 is transparent. */
const colours = Array.from({ length: levels + 1 }, (_, i) => {
  const text = interpolateViridis(Math.max(0, (i - 1) / (levels - 1)));
  return text.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16))
    : text.match(/\d+/g)!.map(Number);
});

export interface HeatImage {
  /** In pixels of the image: one a step of screen width, one a row. */
  readonly width: number;
  readonly height: number;
  /** `height x width`, 0 for no value, 1 for the lowest decade's end. */
  readonly levels: Uint8Array;
}

/** The steps that the width stands for; at least one apart. */
export function stepRange(state: Pick<State, 'series'>): { from: number; to: number } {
  const from = firstStep(state);
  return { from, to: Math.max(from + 1, newestStep(state)) };
}

export function heatImage(frame: Frame, width = Math.max(1, Math.round(frame.column.width))): HeatImage {
  const { state, rows, first, end, column } = frame;
  const series = state.series[column.network];
  const { metric } = state;
  const { from, to } = decadesOf(state);
  const range = stepRange(state);
  const height = Math.max(0, end - first);
  const image = new Uint8Array(width * height);
  if (!series || series.length === 0) return { width, height, levels: image };
  const last = series.stepAt(series.length - 1);
  // The series' column behind every pixel, -1 where the network has not got that far.
  const behind = Int32Array.from({ length: width }, (_, x) => {
    const step = range.from + ((x + 0.5) / width) * (range.to - range.from);
    return step > last + (range.to - range.from) / width ? -1 : series.indexAt(step);
  });
  const references = state.references[column.network];
  for (let y = 0; y < height; y++) {
    const row = rows[first + y];
    if (row.isHeader || row.node.kind === 'input') continue;
    let known = -2;
    let level = 0;
    for (let x = 0; x < width; x++) {
      const index = behind[x];
      if (index !== known) {
        known = index;
        const value =
          index < 0 ? Number.NaN : read(references, row.node, metric, series.vectorAt(index, metric)).middle;
        level = levelOf(value, from, to);
      }
      image[y * width + x] = level;
    }
  }
  return { width, height, levels: image };
}

function levelOf(value: number, from: number, to: number): number {
  if (Number.isNaN(value)) return 0;
  const share = (Math.log10(value) - from) / (to - from);
  return 1 + Math.round(Math.max(0, Math.min(1, share)) * (levels - 1));
}

/** Writes an image of levels as RGBA. */
export function paint({ levels: image }: HeatImage, rgba: Uint8ClampedArray): void {
  for (let i = 0; i < image.length; i++) {
    const level = image[i];
    const [r, g, b] = colours[level];
    rgba[4 * i] = r;
    rgba[4 * i + 1] = g;
    rgba[4 * i + 2] = b;
    rgba[4 * i + 3] = level === 0 ? 0 : 255;
  }
}

/** The same as one path a colour, runs of equal levels joined; `rowHeight` in pixels, a hair between rows. */
export function heatPaths({ width, height, levels: image }: HeatImage, pixel: number, rowHeight: number) {
  const paths = new Map<number, string[]>();
  const thickness = round(rowHeight >= 6 ? rowHeight - 1 : rowHeight);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; ) {
      const level = image[y * width + x];
      let end = x + 1;
      while (end < width && image[y * width + end] === level) end++;
      if (level > 0) {
        const own = paths.get(level) ?? [];
        own.push(
          `M${round(x * pixel)},${round(y * rowHeight)}h${round((end - x) * pixel)}v${thickness}h${-round((end - x) * pixel)}z`,
        );
        paths.set(level, own);
      }
      x = end;
    }
  return [...paths]
    .sort(([a], [b]) => a - b)
    .map(([level, pieces]) => ({ level, fill: colourOf(level), d: pieces.join('') }));
}

const colourOf = (level: number) => `#${colours[level].map((v) => v.toString(16).padStart(2, '0')).join('')}`;

export const heatMap: Track = {
  id: 'steps',
  title: ({ state, column }) => state.networks[column.network].title,
  subtitle: () => t('over steps'),

  draw(g, frame) {
    if (!frame.isStill) return;
    const { column, rowHeight, first } = frame;
    // Whole pixels a cell, so that no hair shows between neighbours.
    const pixel = Math.max(1, Math.ceil(column.width / 160));
    const image = heatImage(frame, Math.ceil(column.width / pixel));
    part(g, 'heat')
      .attr('transform', `translate(0,${round(first * rowHeight)})`)
      .selectAll<SVGPathElement, { level: number; fill: string; d: string }>('path')
      .data(heatPaths(image, pixel, rowHeight), ({ level }) => level)
      .join('path')
      .attr('fill', ({ fill }) => fill)
      .attr('shape-rendering', 'crispEdges')
      .attr('d', ({ d }) => d);
  },

  describe: (frame, row) => {
    const all = gradient.describe(frame, row);
    return all.slice(frame.column.network, frame.column.network + 1);
  },
};

/** The scale of the colours, as a strip with powers of ten below it and what it means beside it; 26 high. */
export function drawLegend(g: Group, state: State, width: number): void {
  const cell = width / levels;
  part(g, 'cells')
    .selectAll<SVGRectElement, number>('rect')
    .data(Array.from({ length: levels }, (_, i) => i))
    .join('rect')
    .attr('x', (i) => round(i * cell))
    .attr('width', round(cell + 0.6))
    .attr('height', 9)
    .attr('fill', (i) => colourOf(i + 1));
  const { from, to } = decadesOf(state);
  const texts = [
    { x: 0, y: 18, kind: 'tiny muted', text: powerOfTen(from) },
    { x: width, y: 18, kind: 'tiny muted end', text: powerOfTen(to) },
    { x: width + 12, y: 5, kind: 'small', text: t('{0}, one scale for all', metricWord(state.metric)) },
  ];
  part(g, 'words')
    .selectAll<SVGTextElement, (typeof texts)[number]>('text')
    .data(texts)
    .join('text')
    .attr('class', ({ kind }) => kind)
    .attr('x', ({ x }) => x)
    .attr('y', ({ y }) => y)
    .text(({ text }) => text);
}

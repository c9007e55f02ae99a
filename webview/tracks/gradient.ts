/**
 * The gradient profile down the network: a logarithmic axis of absolute values that all networks and all steps
 * share. One mark a network, different in form and in colour; a row that stands for several blocks shows their
 * geometric mean and their range, and over several seeds a band through the mark reaches from the least seed to the
 * greatest. The first recorded step stays as a dashed line.
 */
import {
  line as newLine,
  scaleLinear,
  symbol,
  symbolCircle,
  symbolDiamond,
  symbolSquare,
  symbolTriangle,
} from 'd3';
import { t } from '../../src/base/localize';
import { formatNorm } from '../../src/experiments/verdict';
import { decadeTicks, powerOfTen } from '../figure/numbers';
import { part, round } from '../figure/svg';
import type { Row } from '../layout/rows';
import type { Reading } from '../store/readings';
import { columnOf, decadesOf, readingOf } from '../store/selectors';
import { axisHeight, type Frame, type Track } from './track';
import { metricFormula, metricWord, readingWords } from './words';

/** Form of each network's mark, and whether it is filled. */
export const marks = [
  { type: symbolCircle, solid: true, size: 34 },
  { type: symbolDiamond, solid: false, size: 40 },
  { type: symbolSquare, solid: false, size: 36 },
  { type: symbolTriangle, solid: false, size: 34 },
] as const;

const inset = 14;

export function gradientScale({ state, column }: Pick<Frame, 'state' | 'column'>) {
  const { from, to } = decadesOf(state);
  const x = scaleLinear([from, to], [inset, column.width - inset]);
  return {
    from,
    to,
    /** Zero lies at the left end, what overflowed at the right one. */
    x: (value: number) => round(x(Math.max(from, Math.min(to, Math.log10(value))))),
    decade: (exponent: number) => round(x(exponent)),
  };
}

interface Point {
  readonly row: Row;
  readonly reading: Reading;
}

export const gradient: Track = {
  id: 'gradient',
  title: ({ state }) => t('Gradient of the loss, {0}', metricFormula(state.metric)),
  subtitle: ({ state }) => metricWord(state.metric),

  draw(g, frame) {
    const { state, rows, rowHeight, column } = frame;
    const scale = gradientScale(frame);
    const y = (row: Row) => round((row.index + 0.5) * rowHeight);
    if (!frame.onlyNumbers)
      part(g, 'decades')
        .selectAll<SVGLineElement, number>('line')
        .data(decadeTicks(scale.from, scale.to, column.width))
        .join('line')
        .attr('class', 'grid')
        .attr('x1', scale.decade)
        .attr('x2', scale.decade)
        .attr('y1', frame.first * rowHeight)
        .attr('y2', frame.end * rowHeight);

    // One row more at both ends: the lines go on beyond the window.
    const window = rows
      .slice(Math.max(0, frame.first - 2), frame.end + 2)
      .filter((row) => !row.isHeader && row.node.kind !== 'input');
    const draw = newLine<Point>(
      ({ reading }) => scale.x(reading.middle),
      ({ row }) => y(row),
    ).defined(({ reading }) => !Number.isNaN(reading.middle));
    const profiles = state.networks.map((_, network) => {
      const column = columnOf(state, network);
      const at = (index: number) =>
        window
          .map((row) => ({ row, reading: readingOf(state, row.node, network, state.metric, index) }))
          // A layer without parameters has no weight gradient: the line passes it by.
          .filter(({ reading }) => !Number.isNaN(reading.middle));
      return { network, now: at(column), start: column > 0 ? at(0) : [] };
    });

    const join = (name: string, paths: { network: number; d: string }[], kind: string) =>
      part(g, name)
        .selectAll<SVGPathElement, (typeof paths)[number]>('path')
        .data(paths, ({ network }) => network)
        .join('path')
        .attr('class', ({ network }) => `n${network} line ${kind}`.trim())
        .attr('d', ({ d }) => d);
    // Behind lines and marks; where rows are too low for marks the bands of neighbours become an area.
    const thickness = rowHeight < 7 ? rowHeight : Math.min(7, rowHeight / 2);
    const spreads = profiles.map(({ network, now }) => ({
      network,
      d: now
        .flatMap(({ row, reading: { seeds } }) => {
          if (!seeds || Number.isNaN(seeds.low)) return [];
          const [left, right] = [scale.x(seeds.low), scale.x(seeds.high)];
          return [`M${left},${round(y(row) - thickness / 2)}H${right}v${round(thickness)}H${left}Z`];
        })
        .join(''),
    }));
    part(g, 'spreads')
      .selectAll<SVGPathElement, (typeof spreads)[number]>('path')
      .data(
        spreads.filter(({ d }) => d !== ''),
        ({ network }) => network,
      )
      .join('path')
      .attr('class', ({ network }) => `n${network} fill spread`)
      .attr('d', ({ d }) => d);
    join(
      'starts',
      profiles.map(({ network, start }) => ({ network, d: draw(start) ?? '' })),
      'start',
    );
    const whiskers = profiles.map(({ network, now }) => ({
      network,
      d: now
        .filter(({ reading: { low, high } }) => high > low)
        .map(({ row, reading: { low, high } }) => {
          const [left, right] = [scale.x(low), scale.x(high)];
          const tick = Math.min(3, rowHeight / 4);
          return `M${left},${y(row) - tick}v${2 * tick}M${left},${y(row)}H${right}M${right},${y(row) - tick}v${2 * tick}`;
        })
        .join(''),
    }));
    join(
      'lines',
      profiles.map(({ network, now }) => ({ network, d: draw(now) ?? '' })),
      '',
    );
    join('whiskers', whiskers, 'whisker');

    const points =
      rowHeight < 7
        ? []
        : profiles.flatMap(({ network, now }) =>
            now.map(({ row, reading }) => ({ id: `${row.id} ${network}`, network, row, reading })),
          );
    const shrink = rowHeight < 12 ? 0.5 : 1;
    part(g, 'marks')
      .selectAll<SVGPathElement, (typeof points)[number]>('path')
      .data(points, ({ id }) => id)
      .join('path')
      .attr('class', ({ network }) => markClass(network))
      .attr('transform', ({ row, reading }) => `translate(${scale.x(reading.middle)},${y(row)})`)
      .attr('d', ({ network, reading }) => markPath(network, reading.middle, shrink));
  },

  drawAxis(g, frame) {
    const scale = gradientScale(frame);
    g.selectAll<SVGTextElement, number>('text')
      .data(decadeTicks(scale.from, scale.to, frame.column.width))
      .join('text')
      .attr('class', 'tiny muted middle')
      .attr('x', scale.decade)
      .attr('y', axisHeight / 2)
      .text(powerOfTen);
  },

  describe: ({ state }, row) =>
    state.networks.flatMap((network, i) => {
      const reading = readingOf(state, row.node, i, state.metric);
      if (Number.isNaN(reading.middle)) return [];
      const value = readingWords(reading, formatNorm);
      return [t('{0}: {1} {2}', network.title, metricWord(state.metric), value)];
    }),
};

export const markClass = (network: number) =>
  marks[network % 4].solid ? `n${network} mark solid` : `n${network} mark`;

/** The network's mark; an arrow at the axis' end for what lies beyond any axis: exact zero, or overflow. */
export function markPath(network: number, value = 1, shrink = 1): string {
  if (value === 0) return 'M5,-4L-3,0L5,4Z';
  if (value === Infinity) return 'M-5,-4L3,0L-5,4Z';
  const { type, size } = marks[network % 4];
  return symbol(type, size * shrink).digits(1)() ?? '';
}

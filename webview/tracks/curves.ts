/**
 * Loss and accuracy over steps, below the heat map of each network and on the same axis of steps, so that one
 * scrubber line goes through both. The network's own curve is in its colour, the others' in grey; evaluations on
 * validation images are open marks. Over several seeds curve and mark are their mean, and what lies between the
 * least and the greatest is shaded.
 */
import { area as newArea, line as newLine, scaleLinear } from 'd3';
import { t } from '../../src/base/localize';
import type { Series } from '../../src/protocol/series';
import { percent } from '../figure/numbers';
import { type Group, part, round } from '../figure/svg';
import { evaluationsOf } from '../store/selectors';
import type { State } from '../store/state';
import { markPath } from './gradient';
import { stepRange } from './heatMap';

export interface CurveBox {
  readonly network: number;
  readonly width: number;
  readonly height: number;
}

type Kind = 'loss' | 'accuracy';

/** Both plots of a network into a group whose origin is the column's left edge at the top of the dock. */
export function drawCurves(g: Group, state: State, { network, width, height }: CurveBox): void {
  const plotHeight = (height - 18) / 2;
  (['loss', 'accuracy'] as const).forEach((kind, i) => {
    const plot = part(g, kind).attr('transform', `translate(0,${round(i * plotHeight)})`);
    drawPlot(plot, state, kind, network, width, plotHeight);
  });
  const { from, to } = stepRange(state);
  part(g, 'steps')
    .attr('transform', `translate(0,${round(height - 8)})`)
    .selectAll<SVGTextElement, number>('text')
    .data([from, to])
    .join('text')
    .attr('class', (_, i) => (i === 0 ? 'tiny muted' : 'tiny muted end'))
    .attr('x', (_, i) => (i === 0 ? 0 : width))
    .text((step, i) => (i === 0 ? String(step) : t('{0} steps', step)));
}

function drawPlot(g: Group, state: State, kind: Kind, network: number, width: number, height: number): void {
  const range = stepRange(state);
  const x = scaleLinear([range.from, range.to], [0, width]);
  const y = scaleLinear(extent(state, kind), [height - 8, 15]);
  part(g, 'frames')
    .selectAll('line')
    .data(y.domain())
    .join('line')
    .attr('class', 'grid')
    .attr('x1', 0)
    .attr('x2', width)
    .attr('y1', (v) => Math.round(y(v)) + 0.5)
    .attr('y2', (v) => Math.round(y(v)) + 0.5);
  const [low, high] = y.domain();
  const isNarrow = width < 130;
  // At the first and the newest step the line of the scrubber stands at an edge.
  const edge = isNarrow ? 3 : 6;
  part(g, 'labels')
    .selectAll<SVGTextElement, string>('text')
    .data([
      title(kind),
      isNarrow ? t('to {0}', format(kind, high)) : t('{0} to {1}', format(kind, low), format(kind, high)),
    ])
    .join('text')
    .attr('class', (_, i) => (i === 0 ? 'tiny halo' : 'tiny muted halo end'))
    .attr('x', (_, i) => (i === 0 ? edge : width - edge))
    .attr('y', 7)
    .text((text) => text);
  const shaded = (state.series[network]?.seeds ?? 1) > 1 ? [network] : [];
  part(g, 'spreads')
    .selectAll<SVGPathElement, number>('path')
    .data(shaded)
    .join('path')
    .attr('class', (i) => `n${i} fill spread`)
    .attr('d', (i) => spread(state.series[i], kind, x, y));
  const order = state.networks.map((_, i) => i).sort((a, b) => Number(a === network) - Number(b === network));
  part(g, 'curves')
    .selectAll<SVGPathElement, number>('path')
    .data(order, (i) => i)
    .join('path')
    .attr('class', (i) => (i === network ? `n${i} line` : 'line other'))
    .attr('d', (i) => curve(state.series[i], kind, x, y));
  const own = evaluationsOf(state).filter((e) => e.network === network && Number.isFinite(e[kind].middle));
  part(g, 'evaluationSpreads')
    .selectAll<SVGPathElement, (typeof own)[number]>('path')
    .data(own.filter((e) => e[kind].low < e[kind].high))
    .join('path')
    .attr('class', `n${network} line`)
    .attr('d', (e) => {
      const ends = [e[kind].low, e[kind].high].map((v) => round(y(clamp(v, y.domain()))));
      return `M${round(x(e.step))},${ends[0]}V${ends[1]}`;
    });
  part(g, 'evaluations')
    .selectAll<SVGPathElement, (typeof own)[number]>('path')
    .data(own)
    .join('path')
    .attr('class', `n${network} mark evaluation`)
    .attr('transform', (e) => `translate(${round(x(e.step))},${round(y(clamp(e[kind].middle, y.domain())))})`)
    .attr('d', markPath(network, 1, 0.5));
}

const title = (kind: Kind) => (kind === 'loss' ? t('loss') : t('accuracy'));
const format = (kind: Kind, value: number) => (kind === 'loss' ? String(value) : percent(value));
const clamp = (value: number, [low, high]: number[]) => Math.max(low, Math.min(high, value));

function curve(
  series: Series | undefined,
  kind: Kind,
  x: (step: number) => number,
  y: { (v: number): number; domain(): number[] },
): string {
  if (!series) return '';
  const at = (i: number) => (kind === 'loss' ? series.lossAt(i) : series.accuracyAt(i));
  const indices = Array.from({ length: series.length }, (_, i) => i);
  return (
    newLine<number>(
      (i) => round(x(series.stepAt(i))),
      (i) => round(y(clamp(at(i), y.domain()))),
    ).defined((i) => Number.isFinite(at(i)))(indices) ?? ''
  );
}

/** From the least seed to the greatest at every column. */
function spread(
  series: Series,
  kind: Kind,
  x: (step: number) => number,
  y: { (v: number): number; domain(): number[] },
): string {
  const columns = Array.from({ length: series.length }, (_, i) => {
    const values = (series.seedsAt(i) ?? []).map((seed) => seed[kind]);
    return { step: series.stepAt(i), low: Math.min(...values), high: Math.max(...values) };
  });
  return (
    newArea<(typeof columns)[number]>(
      ({ step }) => round(x(step)),
      ({ low }) => round(y(clamp(low, y.domain()))),
      ({ high }) => round(y(clamp(high, y.domain()))),
    ).defined(({ low, high }) => Number.isFinite(low) && Number.isFinite(high))(columns) ?? ''
  );
}

/** Of all networks: the axis is shared. Loss starts at 0 and leaves out the highest hundredth of its values. */
function extent(state: State, kind: Kind): [number, number] {
  const { series } = state;
  const values: number[] = [];
  for (const s of series)
    for (let i = 0; i < s.length; i++) values.push(kind === 'loss' ? s.lossAt(i) : s.accuracyAt(i));
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return [0, 1];
  const steps = sorted[Math.floor((sorted.length - 1) * 0.99)];
  // An early evaluation, before the running statistics have settled, would press the curves flat.
  const evaluated = evaluationsOf(state).map((e) => e[kind].middle);
  const highest = Math.max(steps, ...evaluated.filter(Number.isFinite));
  const high = kind === 'loss' ? Math.min(2 * steps, highest) : highest;
  if (kind === 'accuracy') return [0, Math.min(1, Math.max(0.2, Math.ceil(high * 10) / 10))];
  return [0, Math.max(0.1, Math.ceil(high * 2) / 2)];
}

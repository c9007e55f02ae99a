/** One row's metric over steps as a small curve on its own part of the logarithmic axis, with both ends named. */
import { line as newLine, scaleLinear } from 'd3';
import { formatNorm } from '../../src/experiments/verdict';
import { type Group, part, round } from '../figure/svg';
import type { TreeNode } from '../layout/tree';
import { readingOf, shownStep } from '../store/selectors';
import type { State } from '../store/state';
import { stepRange } from './heatMap';

export function drawSparkline(
  g: Group,
  state: State,
  node: TreeNode,
  network: number,
  width: number,
  height: number,
): void {
  const series = state.series[network];
  const values = Array.from({ length: series.length }, (_, i) => ({
    step: series.stepAt(i),
    value: readingOf(state, node, network, state.metric, i).middle,
  })).filter(({ value }) => value > 0 && value < Infinity);
  if (values.length === 0) return;
  const logs = values.map(({ value }) => Math.log10(value));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const { from, to } = stepRange(state);
  const x = scaleLinear([from, to], [0, width - 50]);
  const y = scaleLinear(high > low ? [low, high] : [low - 1, low + 1], [height - 6, 6]);
  const path = newLine<(typeof values)[number]>(
    ({ step }) => round(x(step)),
    ({ value }) => round(y(Math.log10(value))),
  )(values);
  part(g, 'curve')
    .selectAll('path')
    .data([path ?? ''])
    .join('path')
    .attr('class', `n${network} line`)
    .attr('d', (d) => d);
  part(g, 'scrubs')
    .selectAll('line')
    .data([round(x(shownStep(state)))])
    .join('line')
    .attr('class', 'grid')
    .attr('x1', (v) => v)
    .attr('x2', (v) => v)
    .attr('y1', 0)
    .attr('y2', height);
  part(g, 'ends')
    .selectAll<SVGTextElement, number>('text')
    .data(high > low ? [10 ** high, 10 ** low] : [10 ** high])
    .join('text')
    .attr('class', 'tiny muted end')
    .attr('x', width)
    .attr('y', (_, i) => (i === 0 ? 6 : height - 6))
    .text(formatNorm);
}

/**
 * The picture that leaves the panel: one SVG node with title, verdicts, all rows of the current folding, heat maps
 * as paths, curves and legend, every colour a literal. The same tracks as on the screen draw it; only a document is
 * needed, so the gallery and the tests draw it without a browser.
 */
import { t } from '../../src/base/localize';
import { gap, layoutColumns, margin } from '../layout/columns';
import {
  comparison,
  hasNumbers,
  hasSkips,
  hasSteps,
  newestStep,
  rowsOf,
  shownStep,
  verdicts,
} from '../store/selectors';
import type { State } from '../store/state';
import { drawCurves } from '../tracks/curves';
import { drawHeads, drawRows, headHeight } from '../tracks/drawing';
import { markClass, markPath } from '../tracks/gradient';
import { drawLegend, stepRange } from '../tracks/heatMap';
import { drawMarkLegend } from '../tracks/legend';
import type { Palette } from './palette';
import { figureRules } from './rules';
import { group, namespace, part, round } from './svg';

export interface StillOptions {
  readonly width: number;
  readonly rowHeight: number;
  readonly palette: Palette;
}

const titleHeight = 30;
const verdictHeight = 20;
const dockHeight = 150;

export function stillPicture(state: State, document: Document, options: StillOptions): SVGSVGElement {
  const { rowHeight, palette } = options;
  const rows = rowsOf(state);
  const { columns, width } = layoutColumns({
    width: options.width,
    networks: state.networks.length,
    hasSkips: hasSkips(state),
    hasNumbers: hasNumbers(state),
    hasSteps: hasSteps(state),
  });
  const said = hasNumbers(state) ? verdicts(state) : [];
  const conclusion = comparison(state);
  const headsY = titleHeight + (said.length + (conclusion === null ? 0 : 1)) * verdictHeight + 10;
  const rowsY = headsY + headHeight;
  const dockY = rowsY + rows.length * rowHeight + 14;
  const withSteps = hasSteps(state);
  const height = dockY + (withSteps ? dockHeight : 40) + 10;

  const svg = document.createElementNS(namespace, 'svg') as SVGSVGElement;
  for (const [name, value] of Object.entries({
    xmlns: namespace,
    class: 'sk',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': state.title,
  }))
    svg.setAttribute(name, String(value));
  const style = document.createElementNS(namespace, 'style');
  style.textContent = figureRules(palette);
  svg.appendChild(style);
  const root = document.createElementNS(namespace, 'g') as SVGGElement;
  svg.appendChild(root);
  const g = group(root);
  g.append('rect').attr('class', 'ground').attr('width', width).attr('height', height);
  const step =
    newestStep(state) > 0 ? t('step {0}', shownStep(state)) : hasNumbers(state) ? t('at initialisation') : '';
  const what = [state.run?.data, state.run?.device, step].filter(Boolean).join(' · ');
  g.append('text').attr('class', 'strong').attr('x', margin).attr('y', 18).text(state.title);
  g.append('text')
    .attr('class', 'muted end')
    .attr('x', width - margin)
    .attr('y', 18)
    .text(what);
  said.forEach((text, i) => {
    const y = titleHeight + 10 + i * verdictHeight;
    g.append('path')
      .attr('class', markClass(i))
      .attr('transform', `translate(${margin + 5},${y})`)
      .attr('d', markPath(i));
    g.append('text')
      .attr('class', 'small')
      .attr('x', margin + 16)
      .attr('y', y)
      .text(text);
  });

  if (conclusion !== null)
    g.append('text')
      .attr('class', 'small muted')
      .attr('x', margin + 16)
      .attr('y', titleHeight + 10 + said.length * verdictHeight)
      .text(conclusion);

  const base = { state, rows, first: 0, end: rows.length, rowHeight, isStill: true, onlyNumbers: false };
  drawHeads(part(g, 'top').attr('transform', `translate(0,${headsY})`), base, columns);
  const body = part(g, 'body').attr('transform', `translate(0,${rowsY})`);
  drawRows(body, base, columns, width, { selected: state.selected, found: new Set() });

  const scrubs = part(g, 'scrubs');
  const dock = part(g, 'dock').attr('transform', `translate(0,${dockY})`);
  drawMarkLegend(part(dock, 'marks').attr('transform', `translate(${margin},8)`), state);
  const strip = part(dock, 'scale').attr('transform', `translate(${margin},62)`);
  if (hasNumbers(state) && withSteps) drawLegend(strip, state, 180);
  const { from, to } = stepRange(state);
  for (const column of columns.filter((c) => c.track === 'steps')) {
    const box = { network: column.network, width: column.width, height: dockHeight - 20 };
    const own = part(dock, `curves${column.network}`).attr('transform', `translate(${column.x},0)`);
    drawCurves(own, state, box);
    const x = round(column.x + ((shownStep(state) - from) / (to - from)) * column.width);
    // Behind the dock's words.
    scrubs
      .append('line')
      .attr('class', 'scrub')
      .attr('x1', x)
      .attr('x2', x)
      .attr('y1', rowsY - 4)
      .attr('y2', dockY + dockHeight - gap - 16);
  }
  return svg;
}

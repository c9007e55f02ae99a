/**
 * Tracks side by side on one axis of rows: the bands behind them, the heads above them. The live panel and the
 * still picture both draw with this; what differs is only who makes room around it.
 */
import { cutText, type Group, group, part, round } from '../figure/svg';
import type { Column } from '../layout/columns';
import type { Row } from '../layout/rows';
import { markClass, markPath } from './gradient';
import { tracks } from './index';
import { axisHeight, type Frame, type Track } from './track';

export type Base = Omit<Frame, 'column'>;

export interface Highlights {
  readonly selected: string | null;
  /** Rows that the search has found. */
  readonly found: ReadonlySet<string>;
}

/** Height of titles, second lines and axes. */
export const headHeight = 52;

export const key = (column: Column) => `${column.track} ${column.network}`;

export function drawRows(
  root: Group,
  base: Base,
  columns: readonly Column[],
  width: number,
  { selected, found }: Highlights,
): void {
  const { rows, first, end, rowHeight } = base;
  const banded = rows
    .slice(first, end)
    .filter((row) => row.id === selected || found.has(row.id) || isStageHead(row));
  // The bands come first in the document, behind the tracks.
  if (!base.onlyNumbers)
    part(root, 'bands')
      .selectAll<SVGRectElement, Row>('rect')
      .data(banded, (row) => row.id)
      .join('rect')
      .attr('class', (row) => {
        if (row.id === selected) return 'band chosen';
        return found.has(row.id) ? 'band found' : 'band';
      })
      .attr('x', 0)
      .attr('y', (row) => round(row.index * rowHeight))
      .attr('width', width)
      .attr('height', rowHeight);
  part(root, 'tracks')
    .selectAll<SVGGElement, Column>(':scope > g')
    .data(columns, key)
    .join('g')
    .attr('class', (column) => `track ${column.track}`)
    .attr('transform', (column) => `translate(${column.x},0)`)
    .each(function (column) {
      tracks[column.track].draw(group(this), { ...base, column });
    });
}

const isStageHead = (row: Row) => row.node.kind === 'stage' && row.isHeader;

/** `switched` columns get their second line from controls of the panel. */
export function drawHeads(
  root: Group,
  base: Base,
  columns: readonly Column[],
  switched: ReadonlySet<string> = new Set(),
): void {
  part(root, 'heads')
    .selectAll<SVGGElement, Column>(':scope > g')
    .data(columns, key)
    .join('g')
    .attr('transform', (column) => `translate(${column.x},0)`)
    .each(function (column) {
      const frame = { ...base, column };
      const track: Track = tracks[column.track];
      const g = group(this);
      const isOfNetwork = column.track === 'steps';
      part(g, 'mark')
        .selectAll('path')
        .data(isOfNetwork ? [column.network] : [])
        .join('path')
        .attr('class', markClass)
        .attr('transform', 'translate(5,11)')
        .attr('d', (network) => markPath(network));
      const x = isOfNetwork ? 16 : 0;
      const lines = [
        { x, y: 11, text: cutText(track.title(frame), column.width + 10 - x), kind: 'strong' },
        {
          x,
          y: 28,
          text: switched.has(column.track) ? '' : cutText(track.subtitle(frame), column.width + 10, 11),
          kind: 'small muted',
        },
      ];
      part(g, 'titles')
        .selectAll<SVGTextElement, (typeof lines)[number]>('text')
        .data(lines)
        .join('text')
        .attr('class', ({ kind }) => kind)
        .attr('x', ({ x }) => x)
        .attr('y', ({ y }) => y)
        .text(({ text }) => text);
      const axis = part(g, 'axis').attr('transform', `translate(0,${headHeight - axisHeight})`);
      track.drawAxis?.(axis, frame);
    });
}

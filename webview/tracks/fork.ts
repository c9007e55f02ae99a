/** At every fork: how much of the gradient at the block's input came round the skip, and how much by the branch. */
import { t } from '../../src/base/localize';
import { percent } from '../figure/numbers';
import { part, round } from '../figure/svg';
import { shareOf } from '../store/selectors';
import type { Track } from './track';
import { isWritten, measuredRows } from './track';

const figureWidth = 34;

export const fork: Track = {
  id: 'fork',
  title: () => t('At the fork'),
  subtitle: () => t('skip | branch'),

  draw(g, frame) {
    const { state, rows, first, end, rowHeight, column } = frame;
    // An unfolded block keeps its bar on its header: the fork is the block's, not a layer's.
    const headers = rows.slice(first, end).filter((row) => row.isHeader && row.node.kind === 'block');
    const cells = [...measuredRows(frame), ...headers].flatMap((row) =>
      state.networks.flatMap((_, network) => {
        const share = shareOf(state, row.node, network);
        return Number.isNaN(share.middle) ? [] : [{ id: `${row.id} ${network}`, row, network, share }];
      }),
    );
    const owners = [...new Set(cells.map((c) => c.network))];
    const count = Math.max(1, owners.length);
    const room = rowHeight - Math.min(6, rowHeight * 0.4);
    const thickness = round(Math.max(1, Math.min(9, room / count - (count > 1 ? 1 : 0))));
    const width = column.width - figureWidth;
    const top = ({ row, network }: (typeof cells)[number]) =>
      round((row.index + 0.5) * rowHeight + (owners.indexOf(network) - count / 2) * thickness);
    const bar = (name: string, kind: string, x: (share: number) => number, w: (share: number) => number) =>
      part(g, name)
        .selectAll<SVGRectElement, (typeof cells)[number]>('rect')
        .data(cells, ({ id }) => id)
        .join('rect')
        .attr('class', ({ network }) => (kind === 'skip' ? `n${network} fill` : 'branch'))
        .attr('x', ({ share }) => round(x(share.middle)))
        .attr('y', top)
        .attr('width', ({ share }) => round(Math.max(0, w(share.middle))))
        .attr('height', thickness);
    bar(
      'skips',
      'skip',
      () => 0,
      (share) => share * width,
    );
    bar(
      'branches',
      'branch',
      (share) => share * width + 1.5,
      (share) => (1 - share) * width - 1.5,
    );
    const spreads = rowHeight < 7 ? [] : cells.filter(({ share }) => share.seeds);
    part(g, 'spreads')
      .selectAll<SVGPathElement, (typeof cells)[number]>('path')
      .data(spreads, ({ id }) => id)
      .join('path')
      .attr('class', 'spreadLine')
      .attr('d', (cell) => {
        const { low, high } = cell.share.seeds!;
        return `M${round(low * width)},${round(top(cell) + thickness / 2)}H${round(high * width)}`;
      });
    part(g, 'figures')
      .selectAll<SVGTextElement, (typeof cells)[number]>('text')
      .data(count > 1 ? [] : cells.filter(({ row }) => isWritten(frame, row)), ({ id }) => id)
      .join('text')
      .attr('class', 'tiny end')
      .attr('x', column.width)
      .attr('y', ({ row }) => round((row.index + 0.5) * rowHeight))
      .text(({ share }) => percent(share.middle));
  },

  describe: ({ state }, row) =>
    state.networks.flatMap((network, i) => {
      const { middle, low, high, seeds } = shareOf(state, row.node, i);
      if (Number.isNaN(middle)) return [];
      const share = percent(middle);
      if (seeds)
        return [
          t(
            '{0}: {1} by the skip ({2} to {3} over {4} seeds)',
            network.title,
            share,
            percent(seeds.low),
            percent(seeds.high),
            seeds.count,
          ),
        ];
      return low < high
        ? [t('{0}: {1} by the skip ({2} to {3})', network.title, share, percent(low), percent(high))]
        : [t('{0}: {1} by the skip', network.title, share)];
    }),
};

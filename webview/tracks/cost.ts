/** Parameters and multiply-adds of every row, for one image; of the first network that has the row. */
import { t } from '../../src/base/localize';
import { formatCount } from '../figure/numbers';
import { part, round } from '../figure/svg';
import type { Row } from '../layout/rows';
import type { State } from '../store/state';
import { isWritten, type Track } from './track';
import { costOf, layersOf } from './words';

export const cost: Track = {
  id: 'cost',
  title: () => t('Cost'),
  subtitle: () => t('params | mult-adds'),

  draw(g, frame) {
    if (frame.onlyNumbers) return;
    const { state, rows, first, end, rowHeight, column } = frame;
    const cells = rows
      .slice(first, end)
      .filter((row) => row.node.kind !== 'input' && isWritten(frame, row))
      .map((row) => ({ row, ...costOfRow(state, row) }));
    for (const [name, x] of [
      ['parameters', column.width * 0.46],
      ['macs', column.width],
    ] as const)
      part(g, name)
        .selectAll<SVGTextElement, (typeof cells)[number]>('text')
        .data(
          cells.filter((cell) => cell[name] > 0),
          ({ row }) => row.id,
        )
        .join('text')
        .attr('class', ({ row }) => (row.isHeader ? 'small end muted' : 'small end'))
        .attr('x', round(x))
        .attr('y', ({ row }) => round((row.index + 0.5) * rowHeight))
        .text((cell) => formatCount(cell[name]));
  },

  describe({ state }, row) {
    const { parameters, macs } = costOfRow(state, row);
    return [t('{0} parameters, {1} multiply-adds', formatCount(parameters), formatCount(macs))];
  },
};

const known = new WeakMap<object, { parameters: number; macs: number }>();

function costOfRow({ networks }: State, { node }: Row): { parameters: number; macs: number } {
  let cost = known.get(node);
  if (!cost) {
    const network = Math.max(
      0,
      networks.findIndex((_, i) => layersOf(node, i).length > 0),
    );
    cost = costOf(node, network);
    known.set(node, cost);
  }
  return cost;
}

/** The shape of every row, in figures of its framework's order and as a box: as high as the image, as wide as the root of its channels. */
import { t } from '../../src/base/localize';
import { part, round } from '../figure/svg';
import type { Row } from '../layout/rows';
import { type Frame, isWritten, type Track } from './track';
import { orderOf, shapeOf, shapeWords } from './words';

export const shape: Track = {
  id: 'shape',
  title: () => t('Shape'),
  subtitle: ({ state }) => (orderOf(state) === 'channelsLast' ? t('H × W × C') : t('C × H × W')),

  draw(g, frame) {
    if (frame.onlyNumbers) return;
    const { rows, first, end, rowHeight, column } = frame;
    const visible = rows.slice(first, end);
    const middle = (row: Row) => round((row.index + 0.5) * rowHeight);
    part(g, 'figures')
      .selectAll<SVGTextElement, Row>('text')
      .data(
        visible.filter((row) => isWritten(frame, row)),
        (row) => row.id,
      )
      .join('text')
      .attr('class', (row) => (row.isHeader ? 'small muted' : 'small'))
      .attr('y', middle)
      .text((row) => shapeWords(frame.state, row.node));

    const scale = boxScale(frame);
    const boxX = Math.ceil(longest(frame)) + 8;
    part(g, 'boxes')
      .selectAll<SVGRectElement, Row>('rect')
      .data(
        visible.filter((row) => !row.isHeader),
        (row) => row.id,
      )
      .join('rect')
      .attr('class', 'box')
      .each(function (row) {
        const { width, height } = scale(shapeOf(row.node), Math.max(8, column.width - boxX - 2), rowHeight);
        this.setAttribute('x', String(boxX));
        this.setAttribute('y', String(round((row.index + 0.5) * rowHeight - height / 2)));
        this.setAttribute('width', String(round(width)));
        this.setAttribute('height', String(round(height)));
      });
  },

  describe({ state }, row) {
    const words = shapeWords(state, row.node);
    if (shapeOf(row.node).length !== 3) return [words];
    return [
      orderOf(state) === 'channelsLast'
        ? t('{0} (height × width × channels)', words)
        : t('{0} (channels × height × width)', words),
    ];
  },
};

/** Width of the widest shape in figures, so that no box lies on them; measured in a wide font, 11 pixels high. */
function longest({ rows, state }: Frame): number {
  return rows.reduce((most, { node }) => {
    const text = shapeWords(state, node);
    const crosses = shapeOf(node).length - 1;
    return Math.max(most, 11 * (0.84 * crosses + 0.64 * (text.length - crosses)));
  }, 48);
}

/** Sizes relative to the largest of the whole network, so that boxes of different rows compare. */
function boxScale({ rows }: Frame) {
  let [channels, sides] = [1, 1];
  for (const { node } of rows) {
    const [c, ...image] = shapeOf(node);
    // A row of numbers has no image; a flattened one would dwarf every channel there is.
    if (image.length === 0) continue;
    channels = Math.max(channels, c);
    sides = Math.max(sides, image[0]);
  }
  return ([c, h = 1]: readonly number[], width: number, rowHeight: number) => ({
    width: Math.max(2, width * Math.min(1, Math.sqrt(c / channels))),
    height: Math.max(1.5, (rowHeight - 4) * (h / sides)),
  });
}

/** C x H x W of every row, in figures and as a box: as high as the image, as wide as the root of its channels. */
import { t } from '../../src/base/localize';
import { formatShape } from '../figure/numbers';
import { part, round } from '../figure/svg';
import type { Row } from '../layout/rows';
import { type Frame, isWritten, type Track } from './track';
import { shapeOf } from './words';

const boxX = 72;

export const shape: Track = {
  id: 'shape',
  title: () => t('Shape'),
  subtitle: () => t('C × H × W'),

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
      .text((row) => formatShape(shapeOf(row.node)));

    const scale = boxScale(frame);
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

  describe: (_, row) => [t('{0} (channels × height × width)', formatShape(shapeOf(row.node)))],
};

/** Sizes relative to the largest of the whole network, so that boxes of different rows compare. */
function boxScale({ rows }: Frame) {
  let [channels, sides] = [1, 1];
  for (const { node } of rows) {
    const [c, h = 1] = shapeOf(node);
    channels = Math.max(channels, c);
    sides = Math.max(sides, h);
  }
  return ([c, h = 1]: readonly number[], width: number, rowHeight: number) => ({
    width: Math.max(2, width * Math.sqrt(c / channels)),
    height: Math.max(1.5, (rowHeight - 4) * (h / sides)),
  });
}

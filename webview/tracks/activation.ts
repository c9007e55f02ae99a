/**
 * Standard deviation or mean of every row's activations as bars on one linear scale, one bar a network. Over several
 * seeds a thin line on the bar reaches from the least seed to the greatest.
 */
import { t } from '../../src/base/localize';
import { formatNorm } from '../../src/experiments/verdict';
import { part, round } from '../figure/svg';
import { readingOf } from '../store/selectors';
import { axisHeight, type Frame, measuredRows, type Track } from './track';
import { readingWords } from './words';

export const activation: Track = {
  id: 'activation',
  title: () => t('Activation'),
  subtitle: ({ state }) => (state.activation === 'activationStd' ? t('std') : t('mean')),

  draw(g, frame) {
    const { state, rowHeight } = frame;
    const scale = scaleOf(frame);
    const bars = measuredRows(frame).flatMap((row) =>
      state.networks.flatMap((_, network) => {
        const { middle, seeds } = readingOf(state, row.node, network, state.activation);
        return Number.isNaN(middle)
          ? []
          : [{ id: `${row.id} ${network}`, row, network, value: middle, seeds }];
      }),
    );
    const count = state.networks.length;
    const room = Math.max(1, rowHeight - Math.min(6, rowHeight * 0.35));
    const thickness = Math.max(0.8, Math.min(5, room / count - 1));
    const top = (row: (typeof bars)[number]['row'], network: number) =>
      round((row.index + 0.5) * rowHeight + (network - count / 2) * (thickness + 1) + 0.5);
    part(g, 'bars')
      .selectAll<SVGPathElement, (typeof bars)[number]>('path')
      .data(bars, ({ id }) => id)
      .join('path')
      .attr('class', ({ network }) => `n${network} fill bar`)
      .attr('d', ({ row, network, value }) => {
        const y = top(row, network);
        const h = round(thickness);
        const end = round(scale.x(value));
        const bar = `M${round(scale.zero)},${y}H${end}V${round(y + h)}H${round(scale.zero)}Z`;
        // What runs over the scale is cut, and the cut is shown.
        if (!scale.isOver(value)) return bar;
        const cut = end - 5 * Math.sign(value);
        return `M${round(scale.zero)},${y}H${cut - 2}V${round(y + h)}H${round(scale.zero)}ZM${cut},${y}H${end}V${round(y + h)}H${cut}Z`;
      });
    const spreads = rowHeight < 7 ? [] : bars.filter(({ seeds }) => seeds && !Number.isNaN(seeds.low));
    part(g, 'spreads')
      .selectAll<SVGPathElement, (typeof bars)[number]>('path')
      .data(spreads, ({ id }) => id)
      .join('path')
      .attr('class', 'spreadLine')
      .attr('d', ({ row, network, seeds }) => {
        const y = round(top(row, network) + thickness / 2);
        return `M${round(scale.x(seeds!.low))},${y}H${round(scale.x(seeds!.high))}`;
      });
  },

  drawAxis(g, frame) {
    const { state, column } = frame;
    const scale = scaleOf(frame);
    const most = state.domains.activation(state.activation);
    const ticks = state.activation === 'activationStd' ? [0, most] : [-most, 0, most];
    g.selectAll<SVGTextElement, number>('text')
      .data(ticks)
      .join('text')
      .attr('class', (tick) =>
        `tiny muted ${tick === most ? 'end' : tick === 0 && ticks.length === 3 ? 'middle' : ''}`.trim(),
      )
      .attr('x', (tick) => (tick === most ? column.width : round(scale.x(tick))))
      .attr('y', axisHeight / 2)
      .text((tick) => String(tick));
  },

  describe: ({ state }, row) =>
    state.networks.flatMap((network, i) => {
      const std = readingOf(state, row.node, i, 'activationStd');
      const mean = readingOf(state, row.node, i, 'activationMean');
      if (Number.isNaN(std.middle)) return [];
      return [
        t(
          '{0}: std {1}, mean {2}',
          network.title,
          std.seeds ? readingWords(std, formatNorm) : formatNorm(std.middle),
          mean.seeds ? readingWords(mean, formatSigned) : formatSigned(mean.middle),
        ),
      ];
    }),
};

const formatSigned = (value: number) => (value === 0 ? '0' : formatNorm(value));

function scaleOf({ state, column }: Frame) {
  const most = state.domains.activation(state.activation);
  const isSigned = state.activation === 'activationMean';
  const zero = isSigned ? column.width / 2 : 0;
  const reach = column.width - zero;
  return {
    zero,
    isOver: (value: number) => Math.abs(value) > most,
    x: (value: number) => zero + (Math.max(-most, Math.min(most, value)) / most) * reach,
  };
}

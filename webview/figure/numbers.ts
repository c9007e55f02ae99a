/** Numbers as people read them: counts with a unit, powers of ten for axes, shares in percent. */
import { type ChannelOrder, inOrder } from '../../src/ir/tensorType';

/** `4.67 k`, `0.85 M`, `432`. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return '?';
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const)
    if (value >= size) return `${(value / size).toPrecision(3).replace(/^(\d{4,})\..*/, '$1')} ${unit}`;
  return String(value);
}

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `10⁻³` */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((d) => raised[Number(d)]).join('');
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** `63 %`; empty for no value. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '' : `${Math.round(100 * share)} %`;
}

/** `16×32×32`, or `32×32×16` where channels are last. */
export const formatShape = (shape: readonly number[], order: ChannelOrder = 'channelsFirst') =>
  inOrder(shape, order).join('×');

/** Decades to label so that labels keep `least` pixels apart. */
export function decadeTicks(from: number, to: number, pixels: number, least = 34): number[] {
  const every = Math.max(1, Math.ceil((least * (to - from)) / Math.max(1, pixels)));
  const ticks: number[] = [];
  for (let e = Math.ceil(from / every) * every; e <= to; e += every) ticks.push(e);
  return ticks;
}

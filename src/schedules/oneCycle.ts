/**
 * One cycle (Smith and Topin 2018): up from a fraction of the base rate, then down to far below it, both along a
 * cosine, as PyTorch's OneCycleLR does by default. The base rate is the peak; momentum is left as it is.
 */
import { amount } from '../base/options';
import { shareOf } from './cosine';
import { defineSchedule } from './schedule';

export const oneCycle = defineSchedule({
  id: 'one-cycle',
  title: 'One cycle',
  options: {
    rise: amount(0.3, 0, 1, 'Share of the run in which the rate rises to its peak.'),
    initialDivisor: amount(25, 1, 1e6, 'The run starts at the peak divided by this.'),
    finalDivisor: amount(1e4, 1, 1e9, 'The run ends at its start divided by this.'),
  },
  factor(step, total, { rise, initialDivisor, finalDivisor }) {
    const share = shareOf(step, total);
    const start = 1 / initialDivisor;
    return share < rise
      ? between(start, 1, share / rise)
      : between(1, start / finalDivisor, fall(share, rise));
  },
});

/** From `a` at 0 to `b` at 1 along half a cosine. */
function between(a: number, b: number, at: number): number {
  return b + ((a - b) * (1 + Math.cos(Math.PI * at))) / 2;
}

function fall(share: number, rise: number): number {
  return rise === 1 ? 0 : (share - rise) / (1 - rise);
}

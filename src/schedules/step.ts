/** Divides the rate at two points: He 2015 does so by 10 at 32k and 48k of 64k steps, a half and three quarters. */
import { amount } from '../base/options';
import { defineSchedule } from './schedule';

export const step = defineSchedule({
  id: 'step',
  title: 'Step',
  options: {
    gamma: amount(0.1, 0, 1, 'Factor at each drop.'),
    first: amount(0.5, 0, 1, 'Share of the run before the first drop.'),
    second: amount(0.75, 0, 1, 'Share of the run before the second drop.'),
  },
  factor(at, total, { gamma, first, second }) {
    const share = at / total;
    return (share >= first ? gamma : 1) * (share >= second ? gamma : 1);
  },
});

/** Half a cosine from the base rate to its end (Loshchilov and Hutter 2017, SGDR, without restarts). */
import { amount } from '../base/options';
import { defineSchedule } from './schedule';

export const cosine = defineSchedule({
  id: 'cosine',
  title: 'Cosine',
  options: { final: amount(0, 0, 1, 'Share of the base rate that is left at the end.') },
  factor: (step, total, { final }) =>
    final + ((1 - final) * (1 + Math.cos(Math.PI * shareOf(step, total)))) / 2,
});

/** Share of the run that lies behind step `step`; the last step stands at 1. */
export function shareOf(step: number, total: number): number {
  return total <= 1 ? 0 : Math.min(1, step / (total - 1));
}

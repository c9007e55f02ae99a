/** The schedules by id, and the warm-up that may precede any. To add one, write its file and one line here. */
import { constant } from './constant';
import { cosine } from './cosine';
import { oneCycle } from './oneCycle';
import type { Schedule } from './schedule';
import { step } from './step';

export const schedules = { constant, step, cosine, 'one-cycle': oneCycle } satisfies Record<string, Schedule>;

export type ScheduleId = keyof typeof schedules;

export const scheduleIds = Object.keys(schedules) as ScheduleId[];

/** Linear warm-up (Goyal et al. 2017): the factor of step 0 .. steps-1 is (step + 1) / steps, then 1. */
export function warmUp(step: number, steps: number): number {
  return steps <= 0 ? 1 : Math.min(1, (step + 1) / steps);
}

/** What a schedule is: the factor on the base learning rate at a step. Plain arithmetic, no graph. */
import type { OptionSpecs, OptionsOf } from '../base/options';

export interface ScheduleSpec<S extends OptionSpecs> {
  readonly id: string;
  readonly title: string;
  readonly options: S;
  /** `step` counts from 0, `total` is the number of steps of the run; the result multiplies the base rate. */
  factor(step: number, total: number, options: OptionsOf<S>): number;
}

export interface Schedule extends Omit<ScheduleSpec<OptionSpecs>, 'factor'> {
  factor(step: number, total: number, options: Readonly<Record<string, unknown>>): number;
}

export function defineSchedule<S extends OptionSpecs>(spec: ScheduleSpec<S>): Schedule {
  return spec as unknown as Schedule;
}

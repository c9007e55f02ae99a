/** The same rate all the way. */
import { defineSchedule } from './schedule';

export const constant = defineSchedule({
  id: 'constant',
  title: 'Constant',
  options: {},
  factor: () => 1,
});

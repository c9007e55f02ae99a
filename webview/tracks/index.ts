/** Every track by its column. To add one, write its file, its id in layout/columns.ts and one line here. */
import type { TrackId } from '../layout/columns';
import { activation } from './activation';
import { cost } from './cost';
import { fork } from './fork';
import { gradient } from './gradient';
import { heatMap } from './heatMap';
import { shape } from './shape';
import { structure } from './structure';
import type { Track } from './track';

export const tracks = { structure, shape, cost, activation, gradient, fork, steps: heatMap } satisfies Record<
  TrackId,
  Track
>;

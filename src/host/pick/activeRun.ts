/** The run that Pause and Stop are about: the row's or the panel's, else the one in training. */
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Host } from '../host';
import { LiveRun } from '../session/liveRun';

export function activeRun(host: Host, given: unknown): LiveRun {
  const row = typeof given === 'object' && given !== null && 'live' in given ? given.live : given;
  const run = row instanceof LiveRun ? row : host.session.current();
  if (!run || run.isOver) throw new SkiplensError('run/noneActive', t('No run is active in this window.'));
  return run;
}

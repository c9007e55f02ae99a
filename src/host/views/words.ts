/** Words for the state of a run, the same in tree, pick lists and status bar. */
import { t } from '../../base/localize';
import type { RunRow } from './runLibrary';

export function statusWord(status: RunRow['status']): string {
  switch (status) {
    case 'queued':
      return t('queued');
    case 'preparing':
      return t('preparing');
    case 'running':
      return t('running');
    case 'paused':
      return t('paused');
    case 'finished':
      return t('finished');
    case 'stopped':
      return t('stopped');
    case 'diverged':
      return t('diverged');
    case 'crashed':
      return t('crashed');
    case 'interrupted':
      return t('interrupted');
    case 'unreadable':
      return t('unreadable');
  }
}

/** A codicon with a form of its own for each state: colour is never the only mark. */
export const statusIcons: Readonly<Record<RunRow['status'], string>> = {
  queued: 'clock',
  preparing: 'loading~spin',
  running: 'sync~spin',
  paused: 'debug-pause',
  finished: 'pass',
  stopped: 'debug-stop',
  diverged: 'flame',
  crashed: 'error',
  interrupted: 'debug-disconnect',
  unreadable: 'question',
};

/** `running 40/200`: what fits beside a title. */
export function stepWords({ status, step, totalSteps }: RunRow): string {
  const word = statusWord(status);
  if (totalSteps === 0) return word;
  return step >= totalSteps ? t('{0}, {1} steps', word, step) : t('{0} {1}/{2}', word, step, totalSteps);
}

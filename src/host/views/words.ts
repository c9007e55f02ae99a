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

/** `step 40 of 200`, or the steps alone where all are done. */
export function stepWords({ step, totalSteps }: Pick<RunRow, 'step' | 'totalSteps'>): string {
  return step >= totalSteps ? t('{0} steps', step) : t('step {0} of {1}', step, totalSteps);
}

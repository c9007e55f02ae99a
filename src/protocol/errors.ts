/** What can go wrong between a caller and the trainer, said by either end. */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';

export const endedRun = () => new SkiplensError('run/ended', t('This run has ended already.'));

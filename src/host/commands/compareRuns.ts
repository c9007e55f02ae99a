/** Compare Runs...: two recorded runs in one inspector, on the same axes; up to four networks in all. */
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Command } from '../command';
import { pickRuns } from '../pick/pickRun';

export const compareRuns: Command = {
  title: 'Compare Runs...',
  icon: '$(diff)',
  menus: [{ menu: 'view/title', when: 'view == skiplens.runs', group: '2_runs' }],
  async run(host, given) {
    const folders = Array.isArray(given)
      ? given.map(String)
      : await pickRuns(host, {
          title: t('Compare Runs'),
          placeholder: t('Choose the runs to show side by side, two or more'),
        });
    if (!folders) return undefined;
    if (folders.length < 2)
      throw new SkiplensError('run/few', t('A comparison needs two runs; choose one more.'));
    return host.panels.showRuns(folders);
  },
};

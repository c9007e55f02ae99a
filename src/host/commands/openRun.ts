/** Open Run...: the inspector on a recorded run, or on one that is being trained. */
import { t } from '../../base/localize';
import { type Command, folderGiven } from '../command';
import { pickRun } from '../pick/pickRun';
import type { RunRow } from '../views/runLibrary';

export const openRun: Command = {
  title: 'Open Run...',
  icon: '$(folder-opened)',
  async run(host, ...given) {
    const row = given[0] as Partial<RunRow> | undefined;
    if (row?.live && !row.folder) return host.panels.showLive(row.live);
    const folder =
      folderGiven(given) ??
      (await pickRun(host, { title: t('Open Run'), placeholder: t('Which run is to be shown?') }));
    return folder && host.panels.showRuns([folder]);
  },
};

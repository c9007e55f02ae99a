/** Resume: a paused run goes on; one that ended early goes on from its last checkpoint. */
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { type Command, folderGiven } from '../command';
import { pickRun } from '../pick/pickRun';
import { isResumable } from '../views/runsTree';

export const resumeRun: Command = {
  title: 'Resume',
  icon: '$(debug-continue)',
  menus: [
    {
      menu: 'view/item/context',
      when: 'view == skiplens.runs && viewItem =~ /resumable/',
      group: 'inline@1',
    },
  ],
  async run(host, ...given) {
    const { session } = host;
    const current = session.current();
    const folder = folderGiven(given) ?? (current?.phase === 'paused' ? current.folder : undefined);
    const target =
      folder ??
      (await pickRun(host, {
        title: t('Resume'),
        placeholder: t('Which run is to go on from its last checkpoint?'),
        accepts: isResumable,
      }));
    if (!target) return undefined;
    const live = session.active().find((run) => run.folder === target);
    if (live?.phase === 'paused') {
      await session.continue(live);
      return live;
    }
    if (live) throw new SkiplensError('run/running', t('This run is in training already.'));
    const run = await session.resume(target);
    await host.panels.showRuns([target]);
    return run;
  },
};

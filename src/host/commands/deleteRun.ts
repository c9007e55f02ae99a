/** Delete Run: removes a record from the disk for good, after asking. One that is in training is refused. */
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import { deleteRun as removeRun } from '../../runs/listRuns';
import { type Command, folderGiven } from '../command';
import { pickRun } from '../pick/pickRun';

export const deleteRun: Command = {
  title: 'Delete Run',
  icon: '$(trash)',
  menus: [
    {
      menu: 'view/item/context',
      when: 'view == skiplens.runs && viewItem =~ /recorded|unreadable/ && viewItem =~ /^((?!active).)*$/',
      group: '9_delete',
    },
  ],
  async run(host, ...given) {
    const folder =
      folderGiven(given) ??
      (await pickRun(host, {
        title: t('Delete Run'),
        placeholder: t('Which run is to be deleted for good?'),
        accepts: (row) => !row.live,
      }));
    if (!folder) return;
    const remove = t('Delete');
    const answer = await vscode.window.showWarningMessage(
      t('Delete the run {0}? Its record and checkpoints are removed from the disk.', path.basename(folder)),
      { modal: true },
      remove,
    );
    if (answer !== remove) return;
    await removeRun(folder);
    host.panels.closeRun(folder);
    host.library.onChanged.fire();
  },
};

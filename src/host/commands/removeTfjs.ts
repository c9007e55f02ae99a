/** Remove TensorFlow.js GPU Engine: deletes what set-up installed, after asking. */
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import type { Command } from '../command';
import { readSetting } from '../places';

export const removeTfjs: Command = {
  title: 'Remove TensorFlow.js GPU Engine',
  icon: '$(trash)',
  async run({ session }) {
    const remove = t('Remove');
    const answer = await vscode.window.showWarningMessage(
      t('Remove the TensorFlow.js that Skiplens installed?'),
      { modal: true },
      remove,
    );
    if (answer !== remove) return;
    const folder = readSetting('skiplens.tfjsFolder').trim() || undefined;
    const { removed } = await session.ask('tfjs/remove', { folder });
    const said = removed ? t('TensorFlow.js is removed.') : t('There was nothing to remove.');
    vscode.window.setStatusBarMessage(said, 10_000);
  },
};

/** Set Up TensorFlow.js GPU Engine...: says what would be installed, asks, shows progress, can be cancelled. */
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import type { Command } from '../command';
import { readSetting } from '../places';

export const setUpTfjs: Command = {
  title: 'Set Up TensorFlow.js GPU Engine...',
  icon: '$(cloud-download)',
  async run({ session, log }) {
    const folder = readSetting('skiplens.tfjsFolder').trim() || undefined;
    const target = { flavour: 'gpu', folder } as const;
    const offer = await session.ask('tfjs/offer', target);
    const install = t('Install');
    const answer = await vscode.window.showInformationMessage(
      t('Set up TensorFlow.js for an NVIDIA GPU?'),
      { modal: true, detail: offer.sentences.join('\n\n') },
      install,
    );
    if (answer !== install) return undefined;
    const { device } = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: t('Setting up TensorFlow.js'),
        cancellable: true,
      },
      async (progress, token) => {
        token.onCancellationRequested(() => void session.ask('tfjs/cancel', {}));
        const told = session.onSetUp.event((message) => {
          progress.report({ message });
          log.info(`tfjs: ${message}`);
        });
        try {
          return await session.ask('tfjs/setUp', target);
        } finally {
          told.dispose();
        }
      },
    );
    // What is installed may still find no GPU: then its own reason is the news.
    if (device.available) vscode.window.setStatusBarMessage(t('{0} is ready.', device.title), 10_000);
    else void vscode.window.showWarningMessage(device.reason ?? device.title);
    return device;
  },
};

/** Show Devices: what can train on this machine, and why the rest cannot. A chosen one becomes the default. */
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import type { Command } from '../command';

export const showDevices: Command = {
  title: 'Show Devices',
  icon: '$(server-environment)',
  async run(host) {
    const devices = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: t('Looking for devices') },
      () => host.session.devices(),
    );
    const items = devices.map((device) => ({
      label: `${device.available ? '$(pass)' : '$(circle-slash)'} ${device.title}`,
      description: device.available ? device.id : t('{0}: not available', device.id),
      detail: device.reason,
      device,
    }));
    const pick = await vscode.window.showQuickPick(items, {
      title: t('Devices'),
      placeHolder: t('Enter makes a device the one that Train... proposes'),
      matchOnDetail: true,
    });
    if (pick?.device.available)
      await vscode.workspace
        .getConfiguration()
        .update('skiplens.device', pick.device.id, vscode.ConfigurationTarget.Global);
    return devices;
  },
};

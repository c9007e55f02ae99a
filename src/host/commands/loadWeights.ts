/**
 * Inspect with Weights...: a network with the numbers of a safetensors file, measured on one batch, and trained from
 * there with the inspector's own button. What does not fit is listed by name and shape, and nothing is taken then.
 */
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import type { NetworkSettings } from '../../protocol/settings';
import type { Command } from '../command';
import { askForNetwork } from '../pick/networkStep';

export const loadWeights: Command = {
  title: 'Inspect with Weights...',
  icon: '$(folder-opened)',
  menus: [{ menu: 'view/title', when: 'view == skiplens.runs', group: '2_runs' }],
  async run(host, given, file) {
    const network = isNetwork(given) ? given : await askForNetwork(host);
    if (!network) return undefined;
    const weights = typeof file === 'string' ? file : await askForFile();
    if (!weights) return undefined;
    const panel = await host.panels.showNetworks([{ ...network, weights }]);
    try {
      await panel.measureNow();
    } catch (error) {
      // An inspector of weights that nobody could read would show nothing of them.
      panel.dispose();
      throw error;
    }
    return panel;
  },
};

function isNetwork(given: unknown): given is NetworkSettings {
  return typeof given === 'object' && given !== null && 'network' in given;
}

async function askForFile(): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: t('Weights'),
      openLabel: t('Use These Weights'),
      filters: { safetensors: ['safetensors'] },
    })) ?? [];
  return file?.fsPath;
}

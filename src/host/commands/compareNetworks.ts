/** Compare Networks...: any two in one inspector, with their figures side by side; nothing is run. */
import { t } from '../../base/localize';
import type { NetworkSettings } from '../../protocol/settings';
import type { Command } from '../command';
import type { Host } from '../host';
import { networkStep, settled } from '../pick/networkStep';
import { askStep } from '../pick/steps';

export const compareNetworks: Command = {
  title: 'Compare Networks...',
  icon: '$(split-horizontal)',
  menus: [{ menu: 'view/title', when: 'view == skiplens.runs', group: '2_runs' }],
  async run(host, given) {
    const networks = Array.isArray(given) ? (given as NetworkSettings[]) : await askForTwo(host);
    if (!networks) return undefined;
    const panel = await host.panels.showNetworks(networks);
    panel.showFigures();
    return panel;
  },
};

/** Two answers, with a way back from the second; undefined where the person leaves. */
async function askForTwo(host: Host): Promise<NetworkSettings[] | undefined> {
  const ask = (step: number, placeholder: string) =>
    askStep({ ...networkStep(host, 1), title: t('Compare Networks'), step, totalSteps: 2, placeholder });
  for (;;) {
    const first = await ask(1, t('The first network: choose one or type a name, such as resnet50'));
    if (first === undefined || first === 'back') return undefined;
    const second = await ask(2, t('The network to set beside it, such as keras-resnet50'));
    if (second === undefined) return undefined;
    if (second !== 'back') return [await settled(host, first.value), await settled(host, second.value)];
  }
}

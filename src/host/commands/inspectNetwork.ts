/** Inspect Network...: graph, shapes, parameters and multiply-adds of a preset, with its twin, without training. */
import type { NetworkSettings } from '../../protocol/settings';
import type { Command } from '../command';
import type { Host } from '../host';
import { askForNetwork, withTwin } from '../pick/networkStep';

export const inspectNetwork: Command = {
  title: 'Inspect Network...',
  icon: '$(search)',
  menus: [{ menu: 'view/title', when: 'view == skiplens.runs', group: 'navigation@2' }],
  async run(host, given) {
    const networks = Array.isArray(given) ? (given as NetworkSettings[]) : await ask(host);
    if (networks) await host.panels.showNetworks(networks);
  },
};

async function ask(host: Host): Promise<NetworkSettings[] | undefined> {
  const network = await askForNetwork(host);
  return network && withTwin(network);
}

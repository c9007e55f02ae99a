/** Opens the inspector on the networks that a `*.skiplens.json` file names, without training. */
import type { Command } from '../command';
import { settingsOf } from './trainFile';

export const inspectFile: Command = {
  title: 'Inspect This Settings File',
  icon: '$(search)',
  menus: [{ menu: 'commandPalette', when: 'resourceFilename =~ /\\.skiplens\\.json$/' }],
  async run(host, given) {
    const settings = await settingsOf(given);
    if (settings) await host.panels.showNetworks(settings.networks);
  },
};

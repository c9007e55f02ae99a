/** Opens the inspector on a model of the source file, with its plain twin where it has skips. */
import type { Command } from '../command';
import { withTwin } from '../pick/networkStep';
import { modelOf } from '../source/modelOf';

export const inspectModel: Command = {
  title: 'Inspect Model of This File',
  icon: '$(search)',
  menus: [{ menu: 'commandPalette', when: 'editorLangId =~ /^(python|javascript|typescript)/' }],
  async run(host, uri, name) {
    return host.panels.showNetworks(withTwin(await modelOf(host, uri, name)));
  },
};

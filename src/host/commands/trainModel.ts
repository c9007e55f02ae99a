/** Trains a model of the source file, and beside it its plain twin where it has skips. */
import type { Command } from '../command';
import { withTwin } from '../pick/networkStep';
import { modelOf } from '../source/modelOf';
import { trainNetwork } from './trainNetwork';

export const trainModel: Command = {
  title: 'Train Model of This File',
  icon: '$(play)',
  menus: [{ menu: 'commandPalette', when: 'editorLangId =~ /^(python|javascript|typescript)/' }],
  async run(host, uri, name) {
    return trainNetwork.run(host, { networks: withTwin(await modelOf(host, uri, name)) });
  },
};

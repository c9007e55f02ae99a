/** Train with Last Settings: what was trained last in this workspace, once more; asks where nothing was. */
import type { RunSettings } from '../../protocol/settings';
import type { Command } from '../command';
import { trainNetwork } from './trainNetwork';

export const trainAgain: Command = {
  title: 'Train with Last Settings',
  icon: '$(debug-rerun)',
  async run(host) {
    const last = host.context.workspaceState.get<RunSettings>('lastSettings');
    return last ? host.train(last) : trainNetwork.run(host);
  },
};

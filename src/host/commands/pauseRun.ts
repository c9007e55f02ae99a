/** Pause: the run in training waits after its current step, and keeps its place. */
import type { Command } from '../command';
import { activeRun } from '../pick/activeRun';

export const pauseRun: Command = {
  title: 'Pause',
  icon: '$(debug-pause)',
  enablement: 'skiplens.active && !skiplens.paused',
  menus: [
    {
      menu: 'view/item/context',
      when: 'view == skiplens.runs && viewItem =~ /running.*active/',
      group: 'inline@1',
    },
  ],
  async run(host, given) {
    await host.session.pause(activeRun(host, given));
  },
};

/** Stop: the run ends after its current step and is kept; a queued one leaves the queue. */
import type { Command } from '../command';
import { activeRun } from '../pick/activeRun';

export const stopRun: Command = {
  title: 'Stop',
  icon: '$(debug-stop)',
  enablement: 'skiplens.active',
  menus: [
    { menu: 'view/item/context', when: 'view == skiplens.runs && viewItem =~ /active/', group: 'inline@2' },
  ],
  async run(host, given) {
    await host.session.stop(activeRun(host, given));
  },
};

/** Show Log: what the extension and its trainer have written. */
import type { Command } from '../command';

export const showLog: Command = {
  title: 'Show Log',
  icon: '$(output)',
  async run(host) {
    host.log.show();
  },
};

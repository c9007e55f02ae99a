/** The second bundle's door: what `extension.ts` loads at the first use. */
import { commands } from './commands';
import type { Host } from './host';
import { report } from './report';

export { createHost } from './host';
export { SettingsFiles } from './settingsFile/settingsFiles';
export { RunsTree } from './views/runsTree';

/** Runs a command and says what went wrong; answers what the command answers, undefined where it failed. */
export async function runCommand(host: Host, id: string, given: readonly unknown[]): Promise<unknown> {
  const command = commands[id as keyof typeof commands];
  try {
    return await command.run(host, ...given);
  } catch (error) {
    void report(host.log, error);
    return undefined;
  }
}

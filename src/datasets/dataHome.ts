/** Where downloaded data sets lie on this machine, shared by all workspaces: they are large and never change. */
import { homedir } from 'node:os';
import path from 'node:path';

/** `SKIPLENS_DATA` where it is set, else `skiplens/data` in the system's place for what can be fetched again. */
export function dataHome(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (environment.SKIPLENS_DATA) return path.resolve(environment.SKIPLENS_DATA);
  const caches =
    platform === 'win32'
      ? (environment.LOCALAPPDATA ?? path.join(homedir(), 'AppData', 'Local'))
      : platform === 'darwin'
        ? path.join(homedir(), 'Library', 'Caches')
        : environment.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  return path.join(caches, 'skiplens', 'data');
}

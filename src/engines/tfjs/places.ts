/** Where the native library is looked for: a configured folder, then the workspace, then what set-up filled. */
import os from 'node:os';
import path from 'node:path';

export interface TfjsPlaces {
  /** From the setting; also read from SKIPLENS_TFJS_FOLDER. */
  readonly configured?: string;
  /** Only of a trusted workspace: what lies there is executed. */
  readonly workspace?: string;
  /** The folder that set-up fills; `defaultSetUpFolder` unless said otherwise. */
  readonly setUp?: string;
}

/** Where set-up installs, for the editor and the command line alike. */
export function defaultSetUpFolder(): string {
  const home = os.homedir();
  const data =
    process.platform === 'win32'
      ? (process.env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? path.join(home, 'Library', 'Application Support')
        : (process.env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'));
  return path.join(data, 'skiplens', 'tfjs');
}

export function foldersOf({ configured, workspace, setUp }: TfjsPlaces): string[] {
  const folders = [
    configured ?? process.env.SKIPLENS_TFJS_FOLDER,
    workspace ?? process.cwd(),
    setUp ?? defaultSetUpFolder(),
  ];
  return [...new Set(folders.filter((folder) => folder !== undefined && folder !== ''))] as string[];
}

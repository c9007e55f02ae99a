// The two VS Code hosts that tests and `npm start` run in, and where they lie on disk. The floor is the oldest
// VS Code that `engines.vscode` promises; the current one is what users run today. Nothing here installs.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Raised when the way a host is installed changes: what an older recipe left is thrown away and made again. */
export const recipe = 2;

/** Both hosts; `nodeMajor` is the Node that the server ships with, `rebuild` the native modules it needs to start. */
export const hosts = {
  floor: {
    name: 'floor',
    codeServer: '4.100.3',
    vscode: '1.100.3',
    nodeMajor: 20,
    rebuild: ['@vscode/spdlog', 'native-watchdog'],
    /** The floor's search program comes by an install script, which stays off; a later package just holds it. */
    ripgrep: '1.18.0',
  },
  current: {
    name: 'current',
    codeServer: '4.139.1',
    vscode: '1.139.1',
    nodeMajor: 24,
    rebuild: ['@vscode/spdlog', '@vscode/native-watchdog', '@vscode/sqlite3'],
  },
};

export const hostNames = Object.keys(hosts);

/** The cache of hosts: SKIPLENS_HOSTS where several clones share one, else the project's own. */
export function cacheFolder() {
  return path.resolve(process.env.SKIPLENS_HOSTS || path.join(projectRoot, '.cache', 'hosts'));
}

/** The folder of an installed host; it exists only when the install is complete. */
export function hostFolder(host) {
  return path.join(cacheFolder(), `code-server-${host.codeServer}`);
}

/** The folder of VS Code inside an installed host. */
export function vscodeFolder(host) {
  return path.join(hostFolder(host), 'node_modules', 'code-server', 'lib', 'vscode');
}

/** The folder of an installed Node of a major version, used where the running one is another. */
export function nodeFolder(major) {
  return path.join(cacheFolder(), `node-${major}`);
}

/** The program of the Node that a host runs on. */
export function nodeProgram(host) {
  if (Number(process.versions.node.split('.')[0]) === host.nodeMajor) return process.execPath;
  return path.join(nodeFolder(host.nodeMajor), 'node_modules', nodePackage(), 'bin', 'node');
}

/** The npm package that holds Node for this machine. */
export function nodePackage() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/** The host of a name, or an error that lists the names. */
export function hostNamed(name) {
  const host = hosts[name];
  if (!host) throw new Error(`There is no host "${name}"; choose one of: ${hostNames.join(', ')}.`);
  return host;
}

// Puts extensions into a server's folder of extensions: packages by VS Code's own installer, source folders by an
// entry in `extensions.json`, so that a build under test is loaded from where it lies and behaves as installed.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommand } from './command.mjs';
import { hostNamed, nodeProgram, vscodeFolder } from './hosts.mjs';

/** Installs `.vsix` files into `extensionsDir` with the installer of the host's VS Code. */
export async function installPackages(name, files, extensionsDir) {
  if (files.length === 0) return;
  const host = hostNamed(name);
  fs.mkdirSync(extensionsDir, { recursive: true });
  const args = [
    path.join(vscodeFolder(host), 'out', 'server-main.js'),
    '--accept-server-license-terms',
    '--force',
  ];
  const dataDir = path.join(extensionsDir, '.installer');
  args.push('--server-data-dir', dataDir, '--extensions-dir', extensionsDir);
  for (const file of files) args.push('--install-extension', path.resolve(file));
  const log = path.join(dataDir, 'install.log');
  await runCommand(nodeProgram(host), args, { cwd: extensionsDir, env: process.env, log });
  // The installer ends well even when a package was refused.
  const said = fs.readFileSync(log, 'utf8');
  if ((said.match(/was successfully installed/g) ?? []).length < files.length) {
    throw new Error(`VS Code did not install ${files.join(', ')}. It said:\n${said}`);
  }
  fs.rmSync(dataDir, { recursive: true, force: true });
}

/** Lets the extension in `folder` count as installed in `extensionsDir`, without copying it. */
export function addFolder(folder, extensionsDir) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = path.join(extensionsDir, 'extensions.json');
  fs.mkdirSync(extensionsDir, { recursive: true });
  const entries = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
  entries.push({
    identifier: { id: `${manifest.publisher}.${manifest.name}` },
    version: manifest.version,
    location: { $mid: 1, path: pathToFileURL(path.resolve(folder)).pathname, scheme: 'file' },
    metadata: { source: 'vsix', installedTimestamp: Date.now() },
  });
  fs.writeFileSync(file, JSON.stringify(entries));
}

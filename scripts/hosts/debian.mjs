// Installs Debian's packages where that is possible: on a Debian machine where we are root, a fresh container mostly.
import fs from 'node:fs';
import { runCommand } from './command.mjs';

export function canInstall() {
  return process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get');
}

export async function installPackages(packages, { log, say }) {
  say(`installing ${packages.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    runCommand('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, log });
  try {
    await install();
  } catch {
    // A fresh image has no package lists yet.
    await runCommand('apt-get', ['update'], { env, log });
    await install();
  }
}

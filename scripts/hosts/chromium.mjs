// Finds the Chromium that opens the workbench: the one CHROME_PATH names, one on PATH, or, on a Debian machine
// where we are root, the one that apt installs. Nothing is downloaded from anywhere else.
import fs from 'node:fs';
import path from 'node:path';
import { canInstall, installPackages } from './debian.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const places = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'],
};

/** What a headless Chromium needs to run in a container without network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of an installed Chromium or Chrome, or undefined. */
export function findChromium() {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (fs.existsSync(chosen)) return chosen;
    throw new Error(`CHROME_PATH names ${chosen}, and there is no such file.`);
  }
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of names) {
      const file = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name);
      if (folder && fs.existsSync(file)) return file;
    }
  }
  return (places[process.platform] ?? []).find((file) => fs.existsSync(file));
}

/** The path of Chromium, installed first where that is possible. */
export async function ensureChromium({ log, say }) {
  const found = findChromium();
  if (found) return found;
  if (canInstall()) {
    await installPackages(['chromium'], { log, say });
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    'Chromium is missing: install it (on Debian: apt-get install chromium), or set CHROME_PATH to a Chromium or Chrome.',
  );
}

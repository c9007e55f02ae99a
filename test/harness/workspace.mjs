// A copy of the sample workspace for each test, so that no test writes into the checkout.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Copies `source` into a fresh folder and adds settings of the workspace; `remove` deletes the copy. */
export function copyWorkspace(source, settings = {}) {
  const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'skiplens-workspace-')));
  const folder = path.join(parent, path.basename(source));
  fs.cpSync(source, folder, { recursive: true });
  const file = path.join(folder, '.vscode', 'settings.json');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify({ ...quiet, ...settings }, undefined, 2)}\n`);
  return {
    folder,
    remove: () => fs.promises.rm(parent, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

// What would cover the views under test, or look up something on the network.
const quiet = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'files.autoSave': 'off',
};

// A copy of the sample workspace for each test, so that no test writes into the checkout.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Copies `source` into a fresh folder; `remove` deletes the copy. */
export function copyWorkspace(source) {
  const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'skiplens-workspace-')));
  const folder = path.join(parent, path.basename(source));
  fs.cpSync(source, folder, { recursive: true });
  const removeNow = () => fs.rmSync(parent, { recursive: true, force: true });
  process.once('exit', removeNow);
  return {
    folder,
    async remove() {
      process.removeListener('exit', removeNow);
      await fs.promises.rm(parent, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

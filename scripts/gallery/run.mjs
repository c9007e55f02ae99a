// Bundles one of the TypeScript scripts of this folder into .cache and runs it: `node scripts/gallery/run.mjs
// record ...`. Packages stay outside the bundle, so native ones load from node_modules.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');
const [script, ...rest] = process.argv.slice(2);
const outfile = path.join(root, '.cache/scripts', `${script}.mjs`);
await build({
  entryPoints: [path.join(import.meta.dirname, `${script}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...rest], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

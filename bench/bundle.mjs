// A bench written in TypeScript as one module that Node runs; packages stay outside.
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

/** Bundles bench/NAME.ts; answers with the module's path. */
export async function bundle(name) {
  const outfile = path.join(root, 'node_modules', '.cache', 'skiplens-bench', `${name}.mjs`);
  await build({
    entryPoints: [path.join(root, 'bench', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}

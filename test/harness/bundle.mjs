// Bundles test files into one script, so that a VS Code of any version can load tests written in TypeScript.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Test files under `folder`, sorted, in folders of any depth. */
export function findTests(folder) {
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => path.join(folder, file));
}

/**
 * Bundles `files` after `entry` into `outfile` (`.mjs` for plain Node, `.js` for VS Code, which wants CommonJS);
 * whatever `external` names is imported at run time, and so are this project's scripts, which know where they lie.
 */
export async function bundleTests(entry, files, outfile, external) {
  const imports = [
    ...files.map((file) => `import ${JSON.stringify(file)};`),
    `export * from ${JSON.stringify(entry)};`,
  ];
  await build({
    stdin: { contents: imports.join('\n'), resolveDir: path.dirname(entry), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: outfile.endsWith('.mjs') ? 'esm' : 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external,
    outfile,
    plugins: [scriptsStayOutside],
    logLevel: 'error',
  });
}

const scriptsStayOutside = {
  name: 'scripts stay outside',
  setup(bundle) {
    bundle.onResolve({ filter: /\/scripts\/.*\.mjs$/ }, ({ path: file, resolveDir }) => ({
      path: pathToFileURL(path.resolve(resolveDir, file)).href,
      external: true,
    }));
  },
};

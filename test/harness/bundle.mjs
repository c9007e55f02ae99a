// Bundles test files into one script, so that a VS Code of any version can load tests written in TypeScript.
import fs from 'node:fs';
import { SourceMap } from 'node:module';
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

/** Replaces places in the bundle by places in the test files; an extension host does not do so by itself. */
export function mapStack(text, bundle) {
  if (!text.includes(bundle)) return text;
  const [, data] =
    fs.readFileSync(bundle, 'utf8').match(/sourceMappingURL=data:application\/json;base64,(\S+)/) ?? [];
  if (!data) return text;
  const map = new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString('utf8')));
  return text.replace(/([^\s(]+):(\d+):(\d+)/g, (place, file, line, column) => {
    if (file !== bundle) return place;
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry.originalSource) return place;
    const source = path.resolve(path.dirname(bundle), entry.originalSource);
    return `${path.relative(process.cwd(), source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

// Writes what the code declares into files that VS Code reads: fields of package.json, package.nls*.json and the
// schema of settings files. `node scripts/writeManifest.mjs` writes; `manifestFiles()` gives the texts to a test.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Languages that the project is translated to. */
export const languages = ['zh-cn', 'zh-tw'];

/** Bundles `source` (TypeScript that may import the extension's files) and imports it, outside any editor. */
export async function importSource(source) {
  const folder = path.join(root, '.cache', 'manifest');
  const outfile = path.join(folder, `source-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
  await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    outfile,
    plugins: [withoutEditor],
    logLevel: 'error',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    fs.rmSync(outfile, { force: true });
  }
}

// The declarations sit beside code that uses the editor: while they are read, whatever is asked of it is a class
// that does nothing.
const withoutEditor = {
  name: 'without editor',
  setup(bundle) {
    bundle.onResolve({ filter: /^vscode$/ }, () => ({ path: 'vscode', namespace: 'no-editor' }));
    bundle.onLoad({ filter: /.*/, namespace: 'no-editor' }, () => ({
      contents: 'module.exports = new Proxy({}, { get: () => class {} });',
      loader: 'js',
    }));
  },
};

/** Paths from the project's root, with the texts that belong there. */
export async function manifestFiles() {
  const { manifest, settingsSchema, optimizers, schedules } = await importSource(`
    export { manifest } from './src/host/contributes';
    export { settingsSchema } from './src/host/manifest/settingsSchema';
    export { optimizers } from './src/optimizers';
    export { schedules } from './src/schedules';
  `);
  const { fields, sentences } = manifest();
  const schema = settingsSchema({
    optimizers: Object.values(optimizers).map((o) => o.options),
    schedules: Object.values(schedules).map((s) => s.options),
  });
  const stated = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const files = {
    'package.json': json({ ...stated, ...fields }),
    'package.nls.json': json(sentences),
    'media/settings.schema.json': json(schema),
  };
  for (const language of languages) {
    const bundle = readBundle(language);
    const translated = {};
    for (const [key, sentence] of Object.entries(sentences))
      if (bundle[sentence] !== undefined) translated[key] = bundle[sentence];
    files[`package.nls.${language}.json`] = json(translated);
  }
  return files;
}

/** The hand-written translations of a language, keyed by the English sentence. */
export function readBundle(language) {
  const file = path.join(root, 'l10n', `bundle.l10n.${language}.json`);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const [file, text] of Object.entries(await manifestFiles())) {
    const target = path.join(root, file);
    if (fs.existsSync(target) && fs.readFileSync(target, 'utf8') === text) continue;
    fs.writeFileSync(target, text);
    process.stdout.write(`${file} is written\n`);
  }
}

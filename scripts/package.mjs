// Packages an extension as a `.vsix`: `node scripts/package.mjs [--target linux-x64] [--out FOLDER]` (no target:
// this machine's). What the package holds is staged first: the files that the manifest lists, a manifest without
// what only developers need, and of the native package only the binaries of the target.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build, setUp } from './setup.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

export const targets = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];

/** The packages that bundles require at run time; everything else is inside the bundles. */
const native = ['onnxruntime-node', 'onnxruntime-common'];

/** Packages the extension in `folder` for `target` and returns the path of the `.vsix` in `out`. */
export async function packageExtension({
  folder = root,
  target = thisTarget(),
  out = path.join(root, '.cache', 'package'),
} = {}) {
  const manifest = readJson(path.join(folder, 'package.json'));
  const needsNative = native.some((name) => name in (manifest.dependencies ?? {}));
  const file = path.join(out, `${manifest.name}-${manifest.version}${needsNative ? `-${target}` : ''}.vsix`);
  const stage = path.join(out, `stage-${process.pid}`);
  fs.rmSync(stage, { recursive: true, force: true });
  fs.mkdirSync(stage, { recursive: true });
  try {
    stageFiles(folder, manifest, stage);
    if (needsNative) stageNative(folder, stage, target);
    const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const flags = ['--allow-missing-repository', '--no-rewrite-relative-links', '--skip-license'];
    if (needsNative) flags.push('--target', target);
    else flags.push('--no-dependencies');
    await promisify(execFile)(process.execPath, [vsce, 'package', '--out', file, ...flags], { cwd: stage });
  } catch (error) {
    throw new Error(
      `Packaging ${manifest.name} failed: ${`${error.stdout ?? ''}${error.stderr ?? ''}`.trim() || error.message}`,
    );
  } finally {
    fs.rmSync(stage, { recursive: true, force: true });
  }
  return file;
}

/** The target of the machine that this runs on. */
export function thisTarget() {
  return `${process.platform}-${process.arch}`;
}

function stageFiles(folder, manifest, stage) {
  const always = ['README.md', 'CHANGELOG.md', 'LICENSE', 'LICENSE.md', 'ThirdPartyNotices.txt'];
  const locales = fs.readdirSync(folder).filter((name) => /^package\.nls(\..+)?\.json$/.test(name));
  for (const name of new Set([...(manifest.files ?? []), ...always, ...locales])) {
    const from = path.join(folder, name);
    if (!fs.existsSync(from)) continue;
    fs.cpSync(from, path.join(stage, name), { recursive: true, filter: (file) => !isLeftOut(file) });
  }
  const {
    dependencies,
    devDependencies,
    scripts,
    files,
    bin,
    peerDependencies,
    peerDependenciesMeta,
    ...kept
  } = manifest;
  writeJson(path.join(stage, 'package.json'), kept);
}

// Maps double the size of a package and are of use only beside the sources.
function isLeftOut(file) {
  return file.endsWith('.map') || path.basename(file) === '.built';
}

function stageNative(folder, stage, target) {
  const [platform, arch] = target.split('-');
  const versions = {};
  for (const name of native) {
    const from = path.join(folder, 'node_modules', name);
    const to = path.join(stage, 'node_modules', name);
    const isWanted = (file) => {
      const parts = path.relative(from, file).split(path.sep);
      if (parts[0] === 'bin') return (parts[2] ?? platform) === platform && (parts[3] ?? arch) === arch;
      return !['script', 'lib'].includes(parts[0]) && !/\.(map|ts)$/.test(file);
    };
    fs.cpSync(from, to, { recursive: true, filter: isWanted });
    // What only the install script needs must not be asked for.
    const { dependencies, scripts, devDependencies, ...kept } = readJson(path.join(to, 'package.json'));
    writeJson(path.join(to, 'package.json'), kept);
    versions[name] = kept.version;
  }
  // vsce packs what `npm list` finds, which is what the manifest names.
  const file = path.join(stage, 'package.json');
  writeJson(file, { ...readJson(file), dependencies: versions });
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function writeJson(file, value) {
  fs.writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const value = (name) => {
    const index = process.argv.indexOf(`--${name}`);
    return index < 0 ? undefined : process.argv[index + 1];
  };
  try {
    await setUp();
    await build();
    const target = value('target') ?? thisTarget();
    if (!targets.includes(target))
      throw new Error(`There is no target "${target}"; choose one of: ${targets.join(', ')}.`);
    const file = await packageExtension({ target, out: path.resolve(value('out') ?? root) });
    const megabytes = (fs.statSync(file).size / 1e6).toFixed(1);
    process.stdout.write(`${file} (${megabytes} MB)\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

// Sets up the VS Code hosts in the git-ignored cache: `node scripts/hosts/setUp.mjs [floor] [current] [--verify]`.
// A host is installed in a folder beside its place and renamed into it when complete, so a folder that exists is
// whole; a broken-off install goes on at its first unfinished stage. Two set-ups at once wait for each other.
// Install scripts stay off, except for the few native modules without which the server does not start.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureChromium } from './chromium.mjs';
import { npm } from './command.mjs';
import { canInstall, installPackages } from './debian.mjs';
import {
  cacheFolder,
  hostFolder,
  hostNamed,
  hostNames,
  nodeFolder,
  nodePackage,
  nodeProgram,
  recipe,
} from './hosts.mjs';
import { withLock } from './lock.mjs';

const remains = { recursive: true, force: true };

const isMain = process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href;

/**
 * Makes sure that the named hosts, their Node and (unless `browser` is false) Chromium are there. Quick when
 * nothing is missing. Returns the path of Chromium, or undefined where none was asked for.
 */
export async function setUpHosts(names = hostNames, { browser = true, say = sayOnStderr } = {}) {
  const wanted = names.map(hostNamed);
  const missing = () => wanted.filter((host) => !isReady(hostFolder(host)) || !hasNode(host));
  const log = (name) => path.join(cacheFolder(), 'logs', `${name}.log`);
  const setUp = async (host) => {
    await installNode(host, { say, log: log(`node-${host.nodeMajor}`) });
    await installHost(host, { say, log: log(host.name) });
  };
  const installAll = async () => {
    if (missing().length === 0) return;
    await withLock(
      path.join(cacheFolder(), 'setUp.lock'),
      () => together(missing().map((host) => () => setUp(host))),
      () => say('another process is setting the hosts up; waiting for it'),
    );
  };
  if (missing().length > 0) await ensureTools({ say, log: log('tools') });
  const [chromium] = await together([
    async () => (browser ? ensureChromium({ log: log('chromium'), say }) : undefined),
    installAll,
  ]);
  return chromium;
}

/** Does all at once (each compiles on one core or waits for the network), and fails with the first that failed. */
async function together(jobs) {
  const ends = await Promise.allSettled(jobs.map((job) => job()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return ends.map(({ value }) => value);
}

function sayOnStderr(line) {
  process.stderr.write(`hosts: ${line}\n`);
}

/** What compiles native modules: found, or installed where that is possible. */
async function ensureTools(options) {
  if (process.platform === 'win32') return;
  if (absentTools().length > 0 && canInstall()) await installPackages(['make', 'g++', 'python3'], options);
  const absent = absentTools();
  if (absent.length > 0) {
    throw new Error(
      `VS Code's server needs native modules built, and ${absent.join(', ')} is missing: install it (on Debian: apt-get install make g++ python3).`,
    );
  }
}

function absentTools() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return ['make', 'g++', 'python3'].filter(
    (tool) => !folders.some((folder) => fs.existsSync(path.join(folder, tool))),
  );
}

function hasNode(host) {
  return nodeProgram(host) === process.execPath || isReady(nodeFolder(host.nodeMajor));
}

function isReady(folder) {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'ready.json'), 'utf8')).recipe === recipe;
  } catch {
    return false;
  }
}

async function installNode(host, { say, log }) {
  if (hasNode(host)) return;
  const name = `${nodePackage()}@${host.nodeMajor}`;
  await install(nodeFolder(host.nodeMajor), `Node ${host.nodeMajor}`, say, [
    {
      name: 'npm package',
      work: async (folder) => {
        await npm(['install', '--ignore-scripts', name], { cwd: folder, log });
        fs.chmodSync(path.join(folder, 'node_modules', nodePackage(), 'bin', 'node'), 0o755);
      },
    },
  ]);
}

async function installHost(host, { say, log }) {
  const place = hostFolder(host);
  const inner = (folder) => path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  const env = { ...process.env, ...headersSetting(), npm_config_ignore_scripts: 'false' };
  await install(place, `VS Code ${host.vscode} (${host.name})`, say, [
    {
      name: 'code-server',
      work: async (folder) => {
        fs.rmSync(path.join(folder, 'node_modules'), remains);
        const args = ['install', '--ignore-scripts', '--force', `code-server@${host.codeServer}`];
        await npm(args, { cwd: folder, log });
      },
    },
    {
      name: 'modules of VS Code',
      work: async (folder) => {
        fs.rmSync(path.join(inner(folder), 'node_modules'), remains);
        await npm(['install', '--omit=dev', '--ignore-scripts', '--force'], { cwd: inner(folder), log });
      },
    },
    {
      name: 'native modules',
      work: async (folder) => {
        await npm(['rebuild', '--ignore-scripts=false', ...host.rebuild], { cwd: inner(folder), env, log });
      },
    },
    {
      name: 'modules of the built-in extensions',
      work: async (folder) => {
        const cwd = path.join(inner(folder), 'extensions');
        fs.rmSync(path.join(cwd, 'node_modules'), remains);
        await npm(['install', '--omit=dev', '--ignore-scripts'], { cwd, log });
        if (host.ripgrep)
          await addRipgrep(folder, path.join(inner(folder), 'node_modules'), host.ripgrep, log);
        dropSourceMaps(folder);
      },
    },
  ]);
}

/**
 * Native modules are compiled against Node's headers. They often lie beside the running Node, and need not come from
 * the network then; a person's own setting comes first.
 */
function headersSetting() {
  if (Object.keys(process.env).some((name) => name.toLowerCase() === 'npm_config_nodedir')) return {};
  const folder = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  const read = (name) => {
    const file = path.join(folder, 'include', 'node', name);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  };
  const [, major] = /^#define NODE_MAJOR_VERSION (\d+)/m.exec(read('node_version.h')) ?? [];
  if (major !== process.versions.node.split('.')[0] || !read('node_api.h')) return {};
  const { stdout } = spawnSync('npm', ['config', 'get', 'nodedir'], { encoding: 'utf8' });
  return ['undefined', 'null', ''].includes((stdout ?? '').trim()) ? { npm_config_nodedir: folder } : {};
}

// Without it, opening a file by name and `workspace.findFiles` find nothing.
async function addRipgrep(folder, modules, version, log) {
  const cwd = path.join(folder, 'ripgrep');
  fs.mkdirSync(cwd, { recursive: true });
  fs.writeFileSync(path.join(cwd, 'package.json'), '{ "private": true }\n');
  const name = `@vscode/ripgrep-${process.platform}-${process.arch}`;
  await npm(['install', '--ignore-scripts', `${name}@${version}`], { cwd, log });
  const from = path.join(cwd, 'node_modules', name, 'bin');
  const to = path.join(modules, '@vscode', 'ripgrep', 'bin');
  fs.cpSync(from, to, { recursive: true });
  for (const file of fs.readdirSync(to)) fs.chmodSync(path.join(to, file), 0o755);
}

// Half of the disk that a host takes is source maps, which nothing here reads.
function dropSourceMaps(folder) {
  for (const file of fs.readdirSync(folder, { recursive: true })) {
    if (file.endsWith('.map')) fs.rmSync(path.join(folder, file), { force: true });
  }
}

/** Runs the stages in `PLACE.partial`, each once, and renames the folder into its place at the end. */
async function install(place, title, say, stages) {
  if (isReady(place)) return;
  const partial = `${place}.partial`;
  const record = path.join(partial, 'stages.json');
  const started = Date.now();
  fs.rmSync(place, remains);
  let state = { recipe, done: [] };
  try {
    const before = JSON.parse(fs.readFileSync(record, 'utf8'));
    if (before.recipe === recipe) state = before;
  } catch {
    // No install was begun.
  }
  if (state.done.length === 0) fs.rmSync(partial, remains);
  fs.mkdirSync(partial, { recursive: true });
  fs.writeFileSync(path.join(partial, 'package.json'), '{ "private": true }\n');
  for (const [index, stage] of stages.entries()) {
    if (state.done.includes(stage.name)) continue;
    say(`${title}: ${stage.name} (${index + 1} of ${stages.length})`);
    await stage.work(partial);
    state.done.push(stage.name);
    fs.writeFileSync(record, JSON.stringify(state));
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  fs.writeFileSync(path.join(partial, 'ready.json'), JSON.stringify({ recipe, seconds }));
  fs.renameSync(partial, place);
  say(`${title}: ready after ${seconds} s`);
}

if (isMain) {
  const args = process.argv.slice(2);
  const names = args.filter((argument) => !argument.startsWith('-'));
  try {
    const chosen = names.length > 0 ? names : hostNames;
    const chromium = await setUpHosts(chosen);
    if (args.includes('--verify')) {
      const { verifyHosts } = await import('./verify.mjs');
      await verifyHosts(chosen, chromium, sayOnStderr);
    }
    sayOnStderr(`${chosen.join(' and ')} ready in ${cacheFolder()}; Chromium is ${chromium}`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

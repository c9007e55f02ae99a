// Brings a clone to where its scripts can run: packages installed as package-lock.json says, bundles built from the
// sources that are there. Both look first and do nothing when nothing is to do. Only Node's own modules are used,
// because nothing else may be there yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './hosts/lock.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Makes sure that node_modules is what package-lock.json says; takes milliseconds when it is. */
export async function setUp() {
  checkNode();
  if (hasPackages()) return;
  await withLock(
    path.join(root, '.cache', 'setup.lock'),
    async () => {
      if (hasPackages()) return;
      say('Installing packages (npm ci), once for this clone.');
      // The native package brings its own binaries; its install script would look for others on the network.
      const skip = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
      await run('npm', ['ci'], skip).catch(() => {
        // Some npm refuse a lock file that leaves out another platform's programs; this takes the same versions.
        say('npm ci did not succeed; trying npm install.');
        return run('npm', ['install', '--no-save'], skip);
      });
      if (!hasPackages())
        throw new Error('The install ended well, and node_modules still differs from package-lock.json.');
    },
    () => say('Another process installs packages here; waiting for it.'),
  );
}

/** Makes sure that `dist` was built from the sources as they are. */
export async function build() {
  const state = sourceState();
  const stamp = path.join(root, 'dist', '.built');
  const isBuilt = () => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === state;
  if (isBuilt()) return;
  await withLock(path.join(root, '.cache', 'build.lock'), async () => {
    if (isBuilt()) return;
    say('Building (webpack).');
    fs.rmSync(stamp, { force: true });
    const started = Date.now();
    const webpack = path.join(root, 'node_modules', 'webpack-cli', 'bin', 'cli.js');
    await run(process.execPath, [webpack, '--mode', 'production', '--no-output-compare-before-emit']);
    dropOlder(path.join(root, 'dist'), started);
    fs.writeFileSync(stamp, state);
  });
}

// What an earlier build left under another name must not get into a package. (The build writes every file anew.)
function dropOlder(folder, time) {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    if (fs.statSync(file).mtimeMs < time) fs.rmSync(file, { recursive: true, force: true });
  }
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new Error(`Skiplens needs Node 20 or newer; this is Node ${process.versions.node}.`);
}

/** Whether every package of the lock file lies in node_modules in its version, and no other. */
function hasPackages() {
  try {
    const wanted = readPackages('package-lock.json');
    const found = readPackages('node_modules/.package-lock.json');
    for (const [place, entry] of Object.entries(wanted)) {
      if (place === '' || entry.link) continue;
      const version = found[place]?.version;
      if (version !== entry.version && !(version === undefined && (entry.optional || entry.peer)))
        return false;
    }
    return Object.keys(found).every((place) => place in wanted);
  } catch {
    return false;
  }
}

function readPackages(file) {
  return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;
}

/** A digest of the names, sizes and times of everything that goes into the bundles. */
function sourceState() {
  const hash = createHash('sha256');
  const inputs = ['src', 'webview', 'webpack.config.mjs', 'tsconfig.json', 'package-lock.json'];
  for (const input of inputs) {
    const place = path.join(root, input);
    if (!fs.existsSync(place)) continue;
    const isFolder = fs.statSync(place).isDirectory();
    const files = isFolder ? fs.readdirSync(place, { recursive: true }).sort() : [''];
    for (const file of files) {
      const { size, mtimeMs } = fs.statSync(path.join(place, file));
      hash.update(`${input}/${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function run(program, args, added = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...added },
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32' && program === 'npm',
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(`${path.basename(program)} ${args.join(' ')} ended with ${signal ?? `code ${code}`}.`),
        );
    });
  });
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

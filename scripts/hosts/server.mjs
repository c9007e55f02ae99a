// Starts and stops a VS Code server of an installed host, each with server data of its own. The server runs under
// `guard.mjs` in a process group of its own, and carries a mark in its environment by which every process that it
// or an extension started can be found at the end, whatever group that process put itself into.
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addFolder, installPackages } from './extensions.mjs';
import { hostNamed, nodeProgram, vscodeFolder } from './hosts.mjs';

const markName = 'SKIPLENS_SERVER_MARK';
const startTimeoutMs = 60_000;
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);

/**
 * Starts the server of host `name` ("floor" or "current") and resolves when it listens.
 * `extensions`: folders and `.vsix` files that count as installed; `extensionsDir`: a folder of extensions that is
 * there already; `trust`: keep workspace trust (a folder starts restricted until the person trusts it); `token`: ask
 * for a random connection token, as for a person; `port`: 0 takes a free one; `dataDir`: server data to go on with,
 * else a fresh folder that `stop` deletes; `settings`: settings of VS Code for every window; `env`: variables added
 * for the server and its extensions (undefined takes one away); `testMode`: VS Code's smoke test driver, which loads
 * extension tests but refuses dialogs and shows no notifications.
 */
export async function startServer(name, options = {}) {
  const {
    extensions = [],
    trust = false,
    token = false,
    port = 0,
    env = {},
    settings = {},
    testMode = false,
  } = options;
  const host = hostNamed(name);
  const isOwnData = options.dataDir === undefined;
  const dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'skiplens-server-'));
  const extensionsDir = options.extensionsDir ?? path.join(dataDir, 'extensions');
  fs.mkdirSync(dataDir, { recursive: true });
  writeSettings(dataDir, settings);
  const packages = extensions.filter((extension) => extension.endsWith('.vsix'));
  await installPackages(name, packages, extensionsDir);
  for (const folder of extensions.filter((extension) => !packages.includes(extension)))
    addFolder(folder, extensionsDir);

  const mark = randomUUID();
  // A test waits for no training that happens to run elsewhere on this machine.
  const alone = isOwnData ? { SKIPLENS_LOCK_FOLDER: path.join(dataDir, 'locks') } : {};
  const environment = serverEnvironment(host, { ...alone, ...env, [markName]: mark });
  const entry = path.join(vscodeFolder(host), 'out', 'server-main.js');
  const secret = token ? randomBytes(18).toString('hex') : undefined;
  const secretFile = path.join(dataDir, 'token');
  if (secret) fs.writeFileSync(secretFile, secret, { mode: 0o600 });
  const args = [
    entry,
    ...['--host', '127.0.0.1', '--port', String(port), '--accept-server-license-terms'],
    ...(secret ? ['--connection-token-file', secretFile] : ['--without-connection-token']),
    ...(trust ? [] : ['--disable-workspace-trust']),
    ...(testMode ? ['--enable-smoke-test-driver'] : []),
    ...['--telemetry-level', 'off', '--server-data-dir', dataDir, '--extensions-dir', extensionsDir],
  ];
  const child = spawn(process.execPath, [path.join(here, 'guard.mjs'), nodeProgram(host), ...args], {
    cwd: dataDir,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  child.stdin.on('error', () => {});
  const lines = [];
  const keep = (chunk) => lines.push(...String(chunk).split('\n').filter(Boolean));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // A run that ends in the middle still takes its data along; the guard ends the server.
  const forgetData = () => isOwnData && fs.rmSync(dataDir, { recursive: true, force: true });
  process.once('exit', forgetData);

  let stopping;
  const stop = () => {
    stopping ??= (async () => {
      child.stdin.end();
      await ended;
      await endMarked(mark);
      process.removeListener('exit', forgetData);
      if (isOwnData) await removeFolder(dataDir);
      else fs.rmSync(secretFile, { force: true });
    })();
    return stopping;
  };

  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const listening = lines.join('\n').match(/Extension host agent listening on (\d+)/);
    if (listening) {
      const base = `http://localhost:${listening[1]}/`;
      return {
        host,
        port: Number(listening[1]),
        token: secret,
        dataDir,
        /** Changes settings while windows are open; what is not named stays. */
        changeSettings: (changes) => writeSettings(dataDir, changes),
        /** The address of the workbench, with the folder that it opens (none: an empty window). */
        address: (folder, payload) => address(base, folder, payload, secret),
        /** Resolves when the server ended, by `stop` or by itself. */
        ended,
        /** What the server wrote so far, one line an item. */
        output: () => [...lines],
        /** Ids of the processes that this server and its extensions started and that still run. */
        processes: () => markedProcesses(mark),
        stop,
      };
    }
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(
        `The server of ${host.name} did not start. It said:\n  ${lines.slice(-15).join('\n  ')}`,
      );
    }
    await sleep(50);
  }
}

// What would cover the views under test, or look something up on the network.
const quiet = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'files.autoSave': 'off',
};

function writeSettings(dataDir, changes) {
  const file = path.join(dataDir, 'data', 'Machine', 'settings.json');
  let before = quiet;
  if (fs.existsSync(file)) before = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify({ ...before, ...changes }, undefined, 2)}\n`);
}

function serverEnvironment(host, added) {
  const environment = { ...process.env, ...added };
  // A VS Code terminal or an npm script around us must not change how the server behaves.
  for (const key of Object.keys(environment)) {
    if (/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$)/.test(key) || environment[key] === undefined)
      delete environment[key];
  }
  environment.PATH = [path.dirname(nodeProgram(host)), process.env.PATH ?? ''].join(path.delimiter);
  if (added.PATH !== undefined) environment.PATH = added.PATH;
  return environment;
}

function address(base, folder, payload, secret) {
  const url = new URL(base);
  if (secret) url.searchParams.set('tkn', secret);
  if (folder) url.searchParams.set('folder', folder);
  else url.searchParams.set('ew', 'true');
  if (payload) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** Processes with the mark in their environment; empty where /proc does not tell. */
function markedProcesses(mark) {
  if (process.platform !== 'linux') return [];
  const wanted = `${markName}=${mark}`;
  return fs
    .readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted);
      } catch {
        return false;
      }
    });
}

async function endMarked(mark) {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const left = markedProcesses(mark);
    if (left.length === 0) return;
    // A trainer ends by itself when its input closes: it gets a second to do so.
    if (attempt >= 10) {
      for (const pid of left) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended meanwhile.
        }
      }
    }
    await sleep(100);
  }
}

async function removeFolder(folder) {
  await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

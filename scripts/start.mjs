// `npm start`: opens a real VS Code in the browser with Skiplens installed from its package, on a sample workspace.
// Sets up what is missing first. `--open` opens the browser, `--folder PATH` opens another folder, `--port N` takes
// that port, `--vsix FILE` installs another package, `--data PATH` keeps the server's data elsewhere. The server
// listens on this machine only, asks for a random token, keeps workspace trust, and ends with Ctrl-C.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from './hosts/hosts.mjs';
import { startServer } from './hosts/server.mjs';
import { setUpHosts } from './hosts/setUp.mjs';
import { build, setUp } from './setup.mjs';

try {
  await start(readOptions());
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function start(options) {
  const say = (sentence) => process.stderr.write(`${sentence}\n`);
  await setUp();
  const vsix = options.vsix ? path.resolve(options.vsix) : await packageSkiplens(say);
  await setUpHosts(['current'], { browser: false, say });
  const folder = options.folder ? path.resolve(options.folder) : sampleFolder();
  if (!fs.existsSync(folder)) throw new Error(`There is no folder ${folder}.`);
  const dataDir = path.resolve(options.data ?? path.join(projectRoot, '.cache', 'start'));
  // What was installed by an earlier start is replaced, so that no old version stays.
  fs.rmSync(path.join(dataDir, 'extensions'), { recursive: true, force: true });
  const server = await startServer('current', {
    extensions: [vsix],
    trust: true,
    token: true,
    port: options.port,
    settings: { 'git.enabled': true },
    dataDir,
  });
  const address = server.address(folder);
  process.stdout.write(`\nVS Code with Skiplens is at\n\n  ${address}\n\n`);
  process.stdout.write(
    'Trust the folder ("Restricted Mode", at the bottom left), then press F1 and type "Skiplens: Train...".\n',
  );
  process.stdout.write('Ctrl-C here ends it.\n');
  if (options.open) openBrowser(address);
  await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
    server.ended.then(resolve);
  });
  await server.stop();
  process.stdout.write('\nVS Code has ended.\n');
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      open: { type: 'boolean', default: false },
      folder: { type: 'string' },
      port: { type: 'string', default: '0' },
      vsix: { type: 'string' },
      data: { type: 'string' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`"${values.port}" is no port.`);
  return { ...values, port };
}

async function packageSkiplens(say) {
  await build();
  say('Packaging the extension.');
  const { packageExtension } = await import('./package.mjs');
  return packageExtension();
}

/** A copy of the sample that the person may change; it stays from one start to the next. */
function sampleFolder() {
  const folder = path.join(projectRoot, '.cache', 'sample');
  if (!fs.existsSync(folder)) {
    fs.cpSync(path.join(projectRoot, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
  }
  return folder;
}

function openBrowser(address) {
  const [program, args] = {
    darwin: ['open', [address]],
    win32: ['cmd', ['/c', 'start', '""', address.replaceAll('&', '^&')]],
  }[process.platform] ?? ['xdg-open', [address]];
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write('No browser could be opened; open the address above.\n'));
  child.unref();
}

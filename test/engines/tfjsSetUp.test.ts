/** Setting up TensorFlow.js, with a stand-in for npm that installs a stand-in for the package. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hasGpuBuild, packageNames } from '../../src/engines/tfjs/library';
import { findNpm } from '../../src/engines/tfjs/npm';
import {
  installedIn,
  removeTfjs,
  type SetUpOptions,
  type SetUpProgress,
  setUpTfjs,
} from '../../src/engines/tfjs/setUp';
import { createTfjsEngine } from '../../src/engines/tfjs/tfjsEngine';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'skiplens-setup-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folder = '';
let count = 0;
beforeEach(() => {
  folder = path.join(scratch, String(count++), 'tfjs');
});

/** An npm that notes its calls; `install` writes the package, `run install` what `script` says. */
function fakeNpm(script: string, isGpu = false, sums = [512, 3888, 3888]): SetUpOptions['npm'] {
  const file = path.join(scratch, `npm${count}.cjs`);
  const library = `
    let call = 0;
    const sums = ${JSON.stringify(sums)};
    if (!require('node:fs').existsSync(__dirname + '/native')) throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: x');
    module.exports = {
      ones: () => ({}), matMul: () => ({}), conv2d: () => ({}), engine: () => ({ runKernel: () => ({}) }),
      sum: () => ({ dataSync: () => [sums[call++]] }),
      backend: () => ({ isUsingGpuDevice: ${isGpu} }),
    };`;
  writeFileSync(
    file,
    `const fs = require('node:fs');
    const path = require('node:path');
    const list = process.argv.slice(2);
    console.log('npm ' + list.join(' ') + ' in ' + path.basename(process.cwd()));
    if (list[0] === 'install') {
      const wanted = list.at(-1);
      const name = wanted.slice(0, wanted.lastIndexOf('@'));
      const root = path.join('node_modules', name);
      fs.mkdirSync(root, { recursive: true });
      fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name, version: wanted.slice(name.length + 1), main: 'index.js' }));
      fs.writeFileSync(path.join(root, 'index.js'), ${JSON.stringify(library)});
    } else { ${script} }`,
  );
  return [process.execPath, file];
}

const works = "fs.writeFileSync('native', '');";
const agree = () => true;

describe('setting up', () => {
  it('says what it will do before it does anything, and does nothing without consent', async () => {
    const asked: string[] = [];
    const outcome = await setUpTfjs({
      folder,
      flavour: 'cpu',
      npm: fakeNpm(works),
      consent: (offer) => {
        asked.push(...offer.sentences);
        return false;
      },
    });
    expect(outcome).toEqual({ outcome: 'declined' });
    expect(existsSync(folder)).toBe(false);
    expect(asked.join(' ')).toContain(
      `tfjs-node 4.22.0 with TensorFlow 2.9.1 will be installed in ${folder}.`,
    );
    expect(asked.join(' ')).toMatch(/About \d+ MB are downloaded and about \d+ MB stay on disk\./);
    expect(asked.join(' ')).toContain('storage.googleapis.com');
  });

  it.skipIf(!hasGpuBuild())('names CUDA and cuDNN for the GPU', async () => {
    const asked: string[] = [];
    const consent: SetUpOptions['consent'] = ({ sentences }) => {
      asked.push(...sentences);
      return false;
    };
    await setUpTfjs({ folder, npm: fakeNpm(works), consent });
    expect(asked.join(' ')).toMatch(/NVIDIA GPU.*CUDA 11\.2 and cuDNN 8\.1/);
  });

  it('installs without scripts, runs the one that is needed, checks the numbers, and can be undone', async () => {
    const said: SetUpProgress[] = [];
    const outcome = await setUpTfjs({
      folder,
      flavour: 'cpu',
      npm: fakeNpm(works),
      consent: agree,
      onProgress: (progress) => said.push(progress),
    });
    expect(outcome).toMatchObject({ outcome: 'ready', device: { id: 'tfjs-cpu', available: true } });
    expect([...new Set(said.map((p) => p.phase))]).toEqual(['packages', 'library', 'check']);
    const calls = said.map((p) => p.message).filter((m) => m.startsWith('npm ') && m.includes(' in '));
    expect(calls[0]).toMatch(/^npm install --ignore-scripts .*@tensorflow\/tfjs-node@4\.22\.0 in tfjs$/);
    expect(calls[1]).toBe('npm run install in tfjs-node');
    expect(await installedIn(folder)).toEqual({ packageName: packageNames.cpu, version: '4.22.0' });

    const engine = createTfjsEngine(() => ({ configured: scratch, workspace: scratch, setUp: folder }));
    expect((await engine.probe())[1].available).toBe(true);
    expect(await removeTfjs(folder)).toBe(true);
    expect(existsSync(folder)).toBe(false);
    expect(await removeTfjs(folder)).toBe(false);
    expect((await engine.probe())[1].available).toBe(false);
  });

  it.skipIf(!hasGpuBuild())('keeps an installation that finds no GPU, and says so', async () => {
    const outcome = await setUpTfjs({ folder, npm: fakeNpm(works), consent: agree });
    expect(outcome).toMatchObject({ outcome: 'ready', device: { id: 'tfjs-gpu', available: false } });
    expect(outcome.outcome === 'ready' && outcome.device.reason).toMatch(/found no NVIDIA GPU/);
    expect(await installedIn(folder)).not.toBeNull();
    const again = await setUpTfjs({ folder, npm: fakeNpm(works, true), consent: agree });
    expect(again).toMatchObject({ device: { available: true } });
  });

  it.each([
    [
      'the script fails',
      "throw new Error('getaddrinfo ENOTFOUND storage')",
      'tfjs/npmFailed',
      /"npm run install" failed \(getaddrinfo ENOTFOUND storage\)/,
    ],
    [
      'npm fails',
      "console.error('npm error code E1\\nnpm error no space left'); process.exit(1)",
      'tfjs/npmFailed',
      /no space left/,
    ],
    ['nothing is downloaded', '', 'tfjs/setUpFailed', /lacks its native part/],
  ] as const)('leaves nothing where %s', async (_, script, code, message) => {
    const run = setUpTfjs({ folder, flavour: 'cpu', npm: fakeNpm(script), consent: agree });
    await expect(run).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(existsSync(folder)).toBe(false);
  });

  it('leaves nothing where the numbers are wrong', async () => {
    const npm = fakeNpm(works, false, [512, 3888, 0]);
    const run = setUpTfjs({ folder, flavour: 'cpu', npm, consent: agree });
    await expect(run).rejects.toMatchObject({
      message: expect.stringMatching(/computes wrong numbers \(512, 3888, 0\)/),
    });
    expect(existsSync(folder)).toBe(false);
  });

  it('ends npm and its scripts when cancelled, and leaves nothing', async () => {
    const control = new AbortController();
    const pidFile = path.join(scratch, 'script.pid');
    const script = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      fs.writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
      console.log('downloading');
      setInterval(() => {}, 1000);`;
    const outcome = await setUpTfjs({
      folder,
      flavour: 'cpu',
      npm: fakeNpm(script),
      consent: agree,
      signal: control.signal,
      onProgress: ({ message }) => {
        if (message === 'downloading') control.abort();
      },
    });
    expect(outcome).toEqual({ outcome: 'cancelled' });
    expect(existsSync(folder)).toBe(false);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  });

  it('keeps its hands off a folder with other files', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'thesis.txt'), 'mine');
    const run = setUpTfjs({ folder, flavour: 'cpu', npm: fakeNpm(works), consent: agree });
    await expect(run).rejects.toMatchObject({ code: 'tfjs/folderInUse' });
    await expect(removeTfjs(folder)).rejects.toMatchObject({ code: 'tfjs/folderInUse' });
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
  });

  it('refuses a folder that is a file', async () => {
    mkdirSync(path.dirname(folder), { recursive: true });
    writeFileSync(folder, '');
    const run = setUpTfjs({ folder, flavour: 'cpu', npm: fakeNpm(works), consent: agree });
    await expect(run).rejects.toMatchObject({ code: 'tfjs/folder' });
  });

  it('finds the npm of the Node that runs', () => {
    expect(findNpm(process.execPath)?.length).toBeGreaterThan(0);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A child that nobody waits for stays a zombie: it runs no more.
    const status = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    return !/\) Z/.test(status);
  } catch {
    return false;
  }
}

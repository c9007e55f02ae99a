/** Every way in which the native TensorFlow.js can be missing or broken is told apart, on each Node there is. */
import { execFile } from 'node:child_process';
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
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webpack from 'webpack';
import type { Device } from '../../src/engines/engine';
import { deviceOf } from '../../src/engines/tfjs/devices';
import { inspectPackage } from '../../src/engines/tfjs/inspection';
import {
  findPackage,
  hasGpuBuild,
  packageNames,
  placeWindowsLibrary,
  restoreUtil,
} from '../../src/engines/tfjs/library';
import { createTfjsEngine } from '../../src/engines/tfjs/tfjsEngine';
import { exampleCases, exampleGraph } from '../ops/examples';
import { exampleDifference } from './exampleDifference';
import { kernelsUsed, tfjsOnCpu } from './tfjsOnCpu';
import { installRealPackage, installStandIn, nodes, type StandIn } from './tfjsPackages';

const real = await installRealPackage();
if ('missing' in real) console.info(`skipped: loading the real package. ${real.missing}`);
const program = nodes();
if (program.length === 1) console.info('skipped: loading on Node 24, which a whole `npm test` brings.');

const scratch = mkdtempSync(path.join(os.tmpdir(), 'skiplens-tfjs-'));
const standInFolders: string[] = [];
afterAll(() => {
  for (const folder of [scratch, ...standInFolders]) rmSync(folder, { recursive: true, force: true });
}, 60_000);

function standIn(kind: StandIn): string {
  const folder = installStandIn((real as { folder: string }).folder, kind);
  standInFolders.push(folder);
  return folder;
}

const somewhere = { configured: scratch, workspace: scratch, setUp: scratch };

describe('without the package', () => {
  it('reports both devices with what to install', async () => {
    const [gpu, cpu] = await createTfjsEngine(() => somewhere).probe();
    expect([gpu.id, gpu.kind, gpu.available]).toEqual(['tfjs-gpu', 'gpu', false]);
    expect([cpu.id, cpu.kind, cpu.available]).toEqual(['tfjs-cpu', 'cpu', false]);
    if (hasGpuBuild()) expect(gpu.reason).toMatch(/tfjs-node-gpu is not installed; run "Skiplens: Set Up/);
    expect(cpu.reason).toMatch(/tfjs-node is not installed; run "npm install/);
  });

  it('refuses to compile for a device that is not there, with the reason, and takes no other', async () => {
    const engine = createTfjsEngine(() => somewhere);
    const { graph } = exampleGraph(exampleCases()[0]);
    await expect(engine.compile(graph, { device: 'tfjs-gpu', threads: 1 })).rejects.toMatchObject({
      code: 'device/unavailable',
      message: expect.stringMatching(/tfjs-gpu cannot be used: .*(not installed|no GPU build)/),
    });
    await expect(engine.compile(graph, { device: 'cpu', threads: 1 })).rejects.toMatchObject({
      code: 'device/unknown',
    });
  });

  it('knows which machines have a GPU build', () => {
    expect(hasGpuBuild('linux', 'x64')).toBe(true);
    expect(hasGpuBuild('win32', 'x64')).toBe(true);
    for (const [platform, arch] of [
      ['darwin', 'x64'],
      ['darwin', 'arm64'],
      ['linux', 'arm64'],
    ] as const)
      expect(hasGpuBuild(platform, arch)).toBe(false);
  });
});

describe('before the package is loaded', () => {
  it('puts back what newer Nodes removed from util and leaves what is there', () => {
    const isArray = () => true;
    const util: Record<string, unknown> = { isArray };
    restoreUtil(util);
    const check = util.isNullOrUndefined as (value: unknown) => boolean;
    expect([undefined, null, 0, ''].map(check)).toEqual([true, true, false, false]);
    expect(util.isArray).toBe(isArray);
  });

  it('copies the Windows library beside the native part, once it is downloaded', async () => {
    const root = path.join(scratch, 'windows');
    const binding = path.join(root, 'lib/napi-v8');
    mkdirSync(path.join(root, 'lib/napi-v10'), { recursive: true });
    mkdirSync(binding, { recursive: true });
    writeFileSync(path.join(binding, 'tfjs_binding.node'), 'binding');
    await placeWindowsLibrary(root, 'win32');
    expect(readdirSync(binding)).toEqual(['tfjs_binding.node']);
    mkdirSync(path.join(root, 'deps/lib'), { recursive: true });
    writeFileSync(path.join(root, 'deps/lib/tensorflow.dll'), 'library');
    await placeWindowsLibrary(root, 'linux');
    expect(existsSync(path.join(binding, 'tensorflow.dll'))).toBe(false);
    await placeWindowsLibrary(root, 'win32');
    expect(readFileSync(path.join(binding, 'tensorflow.dll'), 'utf8')).toBe('library');
    expect(readdirSync(path.join(root, 'lib/napi-v10'))).toEqual([]);
  });
});

describe.skipIf('missing' in real || !hasGpuBuild())('the real package', () => {
  const folder = 'folder' in real ? real.folder : '';

  /** The GPU's device, as the person sees it, and how it came about. */
  async function deviceIn(at: string, node: string, timeout?: number): Promise<Device & { kind: string }> {
    const found = findPackage(packageNames.gpu, [at])!;
    const inspection = await inspectPackage(found, { node, timeout });
    return { ...deviceOf('gpu', found, inspection), kind: inspection.kind } as Device & { kind: never };
  }

  describe.each(program)('on $name', ({ program: node }) => {
    it('without its native part is told from a missing package', async () => {
      const device = await deviceIn(folder, node);
      expect(device.kind).toBe('bindingMissing');
      expect(device.reason).toMatch(/lacks its native part.*npm run install/);
    });

    it.each([
      ['noLibrary', 'librariesMissing', /libtensorflow\.so\.2 is missing/],
      ['oldGlibc', 'failed', /GLIBC_2\.29' not found/],
      [
        'noCudnn',
        'noGpu',
        /could not load libcudnn\.so\.8, libcusolver\.so\.11; install CUDA 11\.2 and cuDNN 8\.1/,
      ],
      ['noDevice', 'noGpu', /CUDA_ERROR_NO_DEVICE.*nvidia-smi/],
      ['silent', 'noGpu', /found no NVIDIA GPU/],
      ['crashes', 'crashed', /ended its process \(SIGSEGV\)/],
    ] as const)('with a native part that %s is reported as %s', async (kind, expected, sentence) => {
      const device = await deviceIn(standIn(kind), node);
      expect(device.kind).toBe(expected);
      expect(device.available).toBe(false);
      expect(device.reason).toMatch(sentence);
    });

    it('with a GPU is available under its name', async () => {
      const device = await deviceIn(standIn('gpu'), node);
      expect(device).toMatchObject({
        kind: 'gpu',
        available: true,
        title: 'GPU · Tesla T4 · TensorFlow.js 4.22.0',
      });
      expect(device.reason).toBeUndefined();
    });
  });

  it('that hangs is given up', async () => {
    const device = await deviceIn(standIn('hangs'), process.execPath, 3000);
    expect(device.reason).toMatch(/took longer than 3 seconds and was given up/);
  });

  it('can be inspected no longer once that is cancelled', async () => {
    const found = findPackage(packageNames.gpu, [standIn('hangs')])!;
    const signal = AbortSignal.timeout(500);
    await expect(inspectPackage(found, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('works on the processor with either package, and says so', async () => {
    const engine = createTfjsEngine(() => ({ ...somewhere, setUp: standIn('silent') }));
    const [gpu, cpu] = await engine.probe();
    expect([gpu.available, cpu.available]).toEqual([false, true]);
    expect(cpu.title).toBe('CPU · TensorFlow.js 4.22.0');
  });

  it('has every kernel that the engine calls', async () => {
    for (const example of exampleCases()) await exampleDifference(tfjsOnCpu, '', example);
    const kernels = path.join(folder, 'node_modules', packageNames.gpu, 'dist/kernels');
    const native = new Set(readdirSync(kernels).map((file) => file.replace(/\.js$/, '')));
    expect(kernelsUsed.size).toBeGreaterThan(20);
    expect([...kernelsUsed].filter((name) => !native.has(name))).toEqual([]);
  });
});

/** The engine bundled as the trainer is, in a process that ends with the test. */
describe.skipIf('missing' in real || !hasGpuBuild())('the engine in a process of its own', () => {
  const bundle = path.join(scratch, 'engine.cjs');
  beforeAll(async () => {
    const entry = path.join(scratch, 'engine.ts');
    const source = path.resolve(import.meta.dirname, '../../src');
    writeFileSync(
      entry,
      `import { createTfjsEngine } from '${source}/engines/tfjs/tfjsEngine';
      import { newBuilder } from '${source}/ops';
      const [setUp, device] = process.argv.slice(2);
      const engine = createTfjsEngine(() => ({ configured: setUp, workspace: setUp, setUp }));
      const b = newBuilder('doubled');
      const x = b.input('x', { dtype: 'float32', shape: [2] });
      b.output('y', b.op('Add', [x, x]));
      engine.compile(b.finish(), { device, threads: 1 }).then(
        async (program) => {
          const { y } = await program.evaluate({ x: Float32Array.of(1, 2) });
          console.log('doubled: ' + y);
        },
        (error) => console.log(error.code + ': ' + error.message),
      );`,
    );
    const configuration = pathToFileURL(path.resolve(import.meta.dirname, '../../webpack.config.mjs')).href;
    const { default: all } = (await import(configuration)) as { default: webpack.Configuration[] };
    const trainer = all.find(({ name }) => name === 'trainer');
    const output = { path: scratch, filename: 'engine.cjs', libraryTarget: 'commonjs2' };
    const plugins: [] = [];
    const stats = await new Promise<webpack.Stats>((resolve, reject) =>
      webpack({ ...trainer, mode: 'development', devtool: false, entry, output, plugins }, (error, built) =>
        built ? resolve(built) : reject(error),
      ),
    );
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    expect([...errors!, ...warnings!]).toEqual([]);
  }, 120_000);
  const compile = async (kind: StandIn | 'none', device: string, node: string) => {
    const folder = kind === 'none' ? (real as { folder: string }).folder : standIn(kind);
    return (await promisify(execFile)(node, [bundle, folder, device])).stdout.trim();
  };

  it.each(program)(
    'loads the package on $name and computes on the device asked for',
    async ({ program: node }) => {
      expect(await compile('gpu', 'tfjs-gpu', node)).toBe('doubled: 2,4');
      expect(await compile('silent', 'tfjs-cpu', node)).toBe('doubled: 2,4');
      expect(await compile('noCudnn', 'tfjs-gpu', node)).toMatch(
        /^device\/unavailable: The device tfjs-gpu cannot be used: .*libcudnn\.so\.8/,
      );
      expect(await compile('none', 'tfjs-gpu', node)).toMatch(
        /^device\/unavailable: .*lacks its native part/,
      );
      expect(await compile('noLibrary', 'tfjs-cpu', node)).toMatch(
        /^device\/unavailable: .*libtensorflow\.so\.2/,
      );
    },
  );
});

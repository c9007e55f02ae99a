/**
 * Installations of TensorFlow.js to load: the real package without its install script (so without its native part),
 * and copies of it with a stand-in for that part which fails, or finds a GPU, in the ways of the real one. The real
 * package is fetched once into the project's cache; where no registry answers, tests say so and are skipped.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { libraryVersions, packageNames } from '../../src/engines/tfjs/library';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const cache = path.join(projectRoot, '.cache', 'tfjs');

/** The folder with the real package in its node_modules, or the sentence that says why there is none. */
export async function installRealPackage(): Promise<{ folder: string } | { missing: string }> {
  const folder = path.join(cache, libraryVersions.package);
  if (existsSync(path.join(folder, 'installed'))) return { folder };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  const wanted = `${packageNames.gpu}@${libraryVersions.package}`;
  const options = ['--ignore-scripts', '--fetch-retries=1', '--no-audit', '--no-fund', '--no-package-lock'];
  try {
    await promisify(execFile)('npm', ['install', ...options, wanted], { cwd: folder, timeout: 300_000 });
  } catch (error) {
    const [line] = String((error as { stderr?: string }).stderr ?? error).split('\n');
    return { missing: `${wanted} could not be installed: ${line}` };
  }
  writeFileSync(path.join(folder, 'installed'), '');
  return { folder };
}

/** Nodes to load it with: the running one, and the next that VS Code ships, where the test hosts brought it. */
export function nodes(): { name: string; program: string }[] {
  const hosts = path.resolve(process.env.SKIPLENS_HOSTS || path.join(projectRoot, '.cache', 'hosts'));
  const other = path.join(
    hosts,
    'node-24/node_modules',
    `node-${process.platform}-${process.arch}`,
    'bin/node',
  );
  const running = { name: `Node ${process.versions.node}`, program: process.execPath };
  return existsSync(other) ? [running, { name: 'Node 24', program: other }] : [running];
}

/** What the stand-in for the native part does when it is loaded. */
export const standIns = {
  gpu: binding(true, [
    'Created device /job:localhost/replica:0/task:0/device:GPU:0 with 14000 MB memory:  -> device: 0, name: Tesla T4, pci bus id: 0000:00:04.0, compute capability: 7.5',
  ]),
  noCudnn: binding(false, [
    "Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file: No such file or directory",
    "Could not load dynamic library 'libcusolver.so.11'; dlerror: libcusolver.so.11: cannot open shared object file: No such file or directory",
    "Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file: No such file or directory",
    'Cannot dlopen some GPU libraries. Skipping registering GPU devices...',
  ]),
  noDevice: binding(false, [
    'failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected',
  ]),
  silent: binding(false, []),
  noLibrary: `const error = new Error('libtensorflow.so.2: cannot open shared object file: No such file or directory');
error.code = 'ERR_DLOPEN_FAILED';
throw error;`,
  oldGlibc: `const error = new Error("/lib/x86_64-linux-gnu/libm.so.6: version \`GLIBC_2.29' not found (required by libtensorflow.so.2)");
error.code = 'ERR_DLOPEN_FAILED';
throw error;`,
  crashes: `process.kill(process.pid, 'SIGSEGV');
for (;;) {}`,
  hangs: 'for (;;) {}',
} satisfies Record<string, string>;

export type StandIn = keyof typeof standIns;

/** A folder whose node_modules hold a copy of the real package with this stand-in as its native part. */
export function installStandIn(real: string, standIn: StandIn): string {
  mkdirSync(path.join(real, 'cases'), { recursive: true });
  const folder = mkdtempSync(path.join(real, 'cases', `${standIn}-`));
  const root = path.join(folder, 'node_modules', packageNames.gpu);
  cpSync(path.join(real, 'node_modules', packageNames.gpu), root, { recursive: true });
  // A folder with an index.js loads under a native module's name as well as a native module does.
  const native = path.join(root, 'lib', 'napi-v8', 'tfjs_binding.node');
  mkdirSync(native, { recursive: true });
  writeFileSync(path.join(native, 'index.js'), standIns[standIn]);
  return folder;
}

/** A native part that adds numbers and insists on an environment in which it may take GPU memory as it needs it. */
function binding(hasGpu: boolean, log: readonly string[]): string {
  const lines = log.map((line) => `2026-01-01 00:00:00.000000: W tensorflow/device.cc:64] ${line}\n`);
  return `process.stderr.write(${JSON.stringify(lines.join(''))});
if (process.env.TF_FORCE_GPU_ALLOW_GROWTH !== 'true') throw new Error('all GPU memory would be taken');
const tensors = [];
const tensor = (shape, dtype, data) => ({ id: tensors.push(data) - 1, shape, dtype });
module.exports = {
  TF_FLOAT: 1, TF_INT32: 3, TF_BOOL: 10, TF_COMPLEX64: 8, TF_STRING: 7, TF_RESOURCE: 20, TF_INT64: 9, TF_UINT8: 4,
  TF_ATTR_STRING: 0, TF_ATTR_INT: 1, TF_ATTR_FLOAT: 2, TF_ATTR_BOOL: 3, TF_ATTR_TYPE: 4, TF_ATTR_SHAPE: 5,
  isUsingGpuDevice: () => ${hasGpu},
  createTensor: (shape, dtype, data) => tensor(shape, dtype, data).id,
  deleteTensor: () => {},
  tensorDataSync: (id) => tensors[id],
  executeOp: (name, attributes, [a, b]) => {
    if (name !== 'Add' && name !== 'AddV2') throw new Error('the stand-in does not know ' + name);
    return [tensor([tensors[a].length], 1, tensors[a].map((v, i) => v + tensors[b][i]))];
  },
};`;
}

/**
 * What is known of the native library before it is loaded: its packages and versions, for which machines it is
 * built, and what its process needs. `@tensorflow/tfjs-node(-gpu)` 4.22.0 (October 2024) is the newest there is.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { copyFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

export type Flavour = 'gpu' | 'cpu';

export const packageNames = {
  gpu: '@tensorflow/tfjs-node-gpu',
  cpu: '@tensorflow/tfjs-node',
} as const satisfies Record<Flavour, string>;

export type PackageName = (typeof packageNames)[Flavour];

export const libraryVersions = {
  package: '4.22.0',
  tensorflow: '2.9.1',
  cuda: '11.2',
  cudnn: '8.1',
} as const;

/** Google built the GPU library for these only; on the others there is no binary to install. */
export function hasGpuBuild(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): boolean {
  return arch === 'x64' && (platform === 'linux' || platform === 'win32');
}

export interface FoundPackage {
  readonly name: PackageName;
  readonly version: string;
  /** The folder that its package.json lies in. */
  readonly root: string;
}

/**
 * Looks for an installed package, from each folder upwards as Node does; null where no folder leads to it. Node's
 * own search remembers what it found, and would still find what has been removed.
 */
export function findPackage(name: PackageName, folders: readonly string[]): FoundPackage | null {
  for (const folder of folders)
    for (let at = path.resolve(folder); ; at = path.dirname(at)) {
      const root = path.join(at, 'node_modules', name);
      try {
        const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
        return { name, version: String(version), root: realpathSync(root) };
      } catch {
        // Not installed there.
      }
      if (path.dirname(at) === at) break;
    }
  return null;
}

/**
 * What the environment of a process that loads the library must hold, where the person has not set it: GPU memory
 * as needed instead of all of it, full float32 in products and convolutions (TF32 keeps 10 bits, too few to compare
 * engines by), and room in the driver's cache for the kernels that it compiles.
 */
export const libraryEnvironment: Readonly<Record<string, string>> = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  NVIDIA_TF32_OVERRIDE: '0',
  CUDA_CACHE_MAXSIZE: '4294967296',
};

/** No GPU is visible with this: how the GPU package is made to work on the processor. */
export const noGpuEnvironment: Readonly<Record<string, string>> = { CUDA_VISIBLE_DEVICES: '-1' };

/**
 * Puts back what newer Nodes removed from `util` (23 removed most of it) and 4.22.0 still calls (tfjs#8609). Refers
 * to nothing outside itself: its text also runs in the process that inspects an installation.
 */
export function restoreUtil(util: Record<string, unknown>): void {
  const checks: Record<string, (value: unknown) => boolean> = {
    isArray: (v) => Array.isArray(v),
    isBoolean: (v) => typeof v === 'boolean',
    isFunction: (v) => typeof v === 'function',
    isNull: (v) => v === null,
    isNullOrUndefined: (v) => v === null || v === undefined,
    isNumber: (v) => typeof v === 'number',
    isObject: (v) => typeof v === 'object' && v !== null,
    isString: (v) => typeof v === 'string',
    isUndefined: (v) => v === undefined,
  };
  for (const [name, check] of Object.entries(checks)) util[name] ??= check;
}

/**
 * On Windows the installer puts the library beside the binding of the running Node's own N-API version, which from
 * 9 on has no binding: copies it to where the binding is. Does nothing where it lies there or was not downloaded.
 */
export async function placeWindowsLibrary(
  root: string,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (platform !== 'win32') return;
  const library = path.join(root, 'deps', 'lib', 'tensorflow.dll');
  const folders = await readdir(path.join(root, 'lib')).catch(() => []);
  for (const folder of folders) {
    const binding = path.join(root, 'lib', folder, 'tfjs_binding.node');
    const beside = path.join(root, 'lib', folder, 'tensorflow.dll');
    if ((await exists(binding)) && (await exists(library)) && !(await exists(beside)))
      await copyFile(library, beside);
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/**
 * Installs the native TensorFlow.js into a folder of its own, once the person has read what that means and agreed:
 * npm fetches the package, the package's own script downloads TensorFlow, a process that is thrown away checks the
 * numbers. Knows neither editor nor settings. Install scripts are off by default in newer npms, so the one that is
 * needed is run by name.
 */
import { mkdir, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SkiplensError, systemCode } from '../../base/errors';
import { t } from '../../base/localize';
import type { Device } from '../engine';
import { deviceOf } from './devices';
import { forgetInspections, inspectPackage } from './inspection';
import { type Flavour, findPackage, hasGpuBuild, libraryVersions, packageNames } from './library';
import { findNpm, runNpm } from './npm';

/** What a person agrees to, as whole sentences and as figures. */
export interface SetUpOffer {
  readonly folder: string;
  readonly packageName: string;
  readonly version: string;
  /** Roughly, for what is downloaded and for what then lies in the folder. */
  readonly downloadMegabytes: number;
  readonly diskMegabytes: number;
  /** What is installed, how much, whence, and what it needs: one sentence each. */
  readonly sentences: readonly string[];
}

export interface SetUpProgress {
  readonly phase: 'packages' | 'library' | 'check';
  /** One sentence for people. */
  readonly message: string;
}

export interface SetUpOptions {
  /** Made where it does not exist; must be empty or an earlier set-up's. */
  readonly folder: string;
  readonly flavour?: Flavour;
  readonly consent: (offer: SetUpOffer) => boolean | Promise<boolean>;
  readonly onProgress?: (progress: SetUpProgress) => void;
  readonly signal?: AbortSignal;
  /** The person's Node, which npm and the check run with; the running one by default. */
  readonly node?: string;
  /** The program and first arguments that run npm; the one that belongs to `node` by default. */
  readonly npm?: readonly string[];
}

/**
 * `ready` with the device as it now is (a GPU that is not found makes it unavailable, with the reason), or what the
 * person decided instead.
 */
export type SetUpOutcome =
  | { readonly outcome: 'ready'; readonly device: Device }
  | { readonly outcome: 'declined' }
  | { readonly outcome: 'cancelled' };

/** Marks a folder as ours to fill and to remove. */
const markFile = 'skiplens-tfjs.json';

/** Megabytes, rounded up: the packages as measured, TensorFlow 2.9.1 by the size of its other builds. */
const sizes = {
  gpu: { downloadMegabytes: 600, diskMegabytes: 2000 },
  cpu: { downloadMegabytes: 250, diskMegabytes: 1000 },
} satisfies Record<Flavour, object>;

export function offerFor(folder: string, flavour: Flavour): SetUpOffer {
  const { package: version, tensorflow, cuda, cudnn } = libraryVersions;
  const packageName = packageNames[flavour];
  const { downloadMegabytes, diskMegabytes } = sizes[flavour];
  const sentences = [
    t('{0} {1} with TensorFlow {2} will be installed in {3}.', packageName, version, tensorflow, folder),
    t('About {0} MB are downloaded and about {1} MB stay on disk.', downloadMegabytes, diskMegabytes),
    t(
      'The packages come from your npm registry, TensorFlow and the native part from storage.googleapis.com, where their makers put them; their install script runs on this machine.',
    ),
    ...(flavour === 'gpu'
      ? [
          t(
            'It uses an NVIDIA GPU, and needs its driver, CUDA {0} and cuDNN {1}, which you install yourself.',
            cuda,
            cudnn,
          ),
        ]
      : []),
    t('Removing the folder undoes it.'),
  ];
  return { folder, packageName, version, downloadMegabytes, diskMegabytes, sentences };
}

/** Installs and checks; leaves nothing behind where it fails or is cancelled. */
export async function setUpTfjs(options: SetUpOptions): Promise<SetUpOutcome> {
  const { folder, flavour = 'gpu', consent, signal, node = process.execPath } = options;
  if (flavour === 'gpu' && !hasGpuBuild()) throw noGpuBuild();
  const npm = options.npm ?? findNpm(node);
  if (!npm) throw noNpm(node);
  await checkFolder(folder);
  const offer = offerFor(folder, flavour);
  if (!(await consent(offer))) return { outcome: 'declined' };
  await checkDisk(folder, offer);
  try {
    signal?.throwIfAborted();
    await claim(folder, offer);
    return { outcome: 'ready', device: await install(options, npm, offer) };
  } catch (error) {
    // What removal cannot remove, the next set-up or removal of this folder will.
    await removeTfjs(folder).catch(() => {});
    if (signal?.aborted) return { outcome: 'cancelled' };
    throw error;
  }
}

/** Removes what set-up installed; true where there was something. A folder that is not set-up's own is refused. */
export async function removeTfjs(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch(() => null);
  if (!entries) return false;
  if (!entries.includes(markFile)) {
    if (entries.length === 0) return false;
    throw folderInUse(folder);
  }
  // Marked to the last: a removal that is interrupted can be repeated.
  for (const entry of entries.filter((e) => e !== markFile))
    await rm(path.join(folder, entry), { recursive: true, force: true, maxRetries: 3 });
  await rm(folder, { recursive: true, force: true });
  return true;
}

/** What set-up installed in a folder, or null where it did not or did not finish. */
export async function installedIn(folder: string): Promise<{ packageName: string; version: string } | null> {
  try {
    const mark = JSON.parse(await readFile(path.join(folder, markFile), 'utf8'));
    return mark.ready === true ? { packageName: mark.packageName, version: mark.version } : null;
  } catch {
    return null;
  }
}

async function install(
  { folder, flavour = 'gpu', onProgress, signal, node = process.execPath }: SetUpOptions,
  npm: readonly string[],
  { packageName, version }: SetUpOffer,
): Promise<Device> {
  const report = (phase: SetUpProgress['phase'], message: string) => onProgress?.({ phase, message });
  const run = async (cwd: string, list: readonly string[], phase: 'packages' | 'library') => {
    const onLine = (line: string) => report(phase, line);
    const { code, lines } = await runNpm({ npm, arguments: list, cwd, node, onLine, signal });
    if (code !== 0) throw npmFailed(list, lines);
  };

  report('packages', t('npm installs {0} {1}.', packageName, version));
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock'];
  await run(folder, ['install', '--ignore-scripts', ...quiet, `${packageName}@${version}`], 'packages');
  const found = findPackage(packageNames[flavour], [folder]);
  if (!found) throw npmFailed(['install'], [t('npm ended well, but {0} is not there.', packageName)]);

  report('library', t('Downloading TensorFlow {0}.', libraryVersions.tensorflow));
  const stop = watchSize(path.join(found.root, 'deps'), (megabytes) =>
    report('library', t('Downloading TensorFlow: {0} MB so far.', megabytes)),
  );
  try {
    await run(found.root, ['run', 'install'], 'library');
  } finally {
    stop();
  }

  report(
    'check',
    flavour === 'gpu'
      ? t('A small computation checks the installation; on a GPU newer than TensorFlow this takes minutes.')
      : t('A small computation checks the installation.'),
  );
  const inspection = await inspectPackage(found, { node, work: true, timeout: 30 * 60_000, signal });
  const device = deviceOf(flavour, found, inspection);
  // Without a GPU everything is in its place, and what is missing is named; anything else is a failed installation.
  if (inspection.kind !== 'gpu' && inspection.kind !== 'noGpu')
    throw new SkiplensError('tfjs/setUpFailed', device.reason ?? '');
  await mark(folder, { packageName, version, ready: true });
  forgetInspections();
  return device;
}

async function checkDisk(folder: string, { diskMegabytes }: SetUpOffer): Promise<void> {
  let existing = path.resolve(folder);
  while (!(await readdir(existing).catch(() => null)) && path.dirname(existing) !== existing)
    existing = path.dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < diskMegabytes)
    throw new SkiplensError(
      'tfjs/diskFull',
      t(
        '{0} has {1} MB free, and about {2} MB are needed; choose a folder on another disk.',
        existing,
        free,
        diskMegabytes,
      ),
    );
}

async function claim(folder: string, { packageName, version }: SetUpOffer): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await mark(folder, { packageName, version, ready: false });
    // npm installs into the nearest folder with a package.json.
    await writeFile(path.join(folder, 'package.json'), `${JSON.stringify({ private: true }, null, 2)}\n`);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

function mark(folder: string, content: object): Promise<void> {
  return writeFile(path.join(folder, markFile), `${JSON.stringify(content, null, 2)}\n`);
}

async function checkFolder(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error) => {
    if (systemCode(error) === 'ENOENT') return [] as string[];
    throw unwritable(folder, error);
  });
  if (entries.length > 0 && !entries.includes(markFile)) throw folderInUse(folder);
}

/** Calls back every two seconds with the megabytes that lie under a folder; ends with the function it returns. */
function watchSize(folder: string, onSize: (megabytes: number) => void): () => void {
  let isOver = false;
  const look = async () => {
    const size = await folderSize(folder);
    if (!isOver && size > 0) onSize(Math.round(size / 1e6));
  };
  const timer = setInterval(() => void look(), 2000);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}

/** Bytes of all files under a folder; what vanishes meanwhile does not count. */
async function folderSize(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) sum += await folderSize(inside);
    else if (entry.isFile())
      sum += await stat(inside).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return sum;
}

const noGpuBuild = () =>
  new SkiplensError(
    'tfjs/noGpuBuild',
    t(
      'TensorFlow.js has no GPU build for {0} {1}, only for Linux and Windows on x64; nothing was installed.',
      process.platform,
      process.arch,
    ),
  );

const noNpm = (node: string) =>
  new SkiplensError(
    'tfjs/noNpm',
    t('No npm was found beside {0} or on the PATH; install Node with npm, and try again.', node),
  );

const folderInUse = (folder: string) =>
  new SkiplensError(
    'tfjs/folderInUse',
    t('The folder {0} holds other files; choose an empty one, so that it can be removed again.', folder),
  );

const unwritable = (folder: string, cause: unknown) =>
  new SkiplensError(
    'tfjs/folder',
    t(
      'The folder {0} cannot be used ({1}); choose another.',
      folder,
      systemCode(cause) ?? (cause instanceof Error ? cause.message : String(cause)),
    ),
    { cause },
  );

function npmFailed(list: readonly string[], lines: readonly string[]): SkiplensError {
  const own = /^npm (?:ERR!|error) ?/;
  const isForm = /^(code|errno|syscall|path|command|A complete log|For more)\b/;
  const said = lines.filter((line) => own.test(line)).map((line) => line.replace(own, ''));
  // A script says itself what went wrong; npm only that the script did.
  const scripts = lines.filter((line) => !/^npm /.test(line));
  const thrown =
    scripts.find((line) => /^\w*Error: /.test(line)) ?? scripts.find((l) => /error|failed/i.test(l));
  const telling = (list[0] === 'run' ? thrown : undefined) ?? said.find((line) => !isForm.test(line));
  return new SkiplensError(
    'tfjs/npmFailed',
    t(
      '"npm {0}" failed ({1}); check the network and npm\'s settings, and try again.',
      list.slice(0, 2).join(' '),
      (telling ?? lines.at(-1) ?? '').replace(/^Error: /, '').trim(),
    ),
    { cause: lines.join('\n') },
  );
}

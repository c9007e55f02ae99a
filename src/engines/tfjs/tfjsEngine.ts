/**
 * TensorFlow.js on its native library: `tfjs-gpu` where there is an NVIDIA GPU that it can use, `tfjs-cpu` on the
 * processor. Nothing of it is part of Skiplens: it is loaded, in the trainer process only, from wherever the person
 * has it. What asks for the GPU and does not get it is an error; nothing falls back to the processor.
 */
import Module from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { verify } from '../../ops';
import type { CompileOptions, Device, Engine } from '../engine';
import { deviceIds, deviceOf } from './devices';
import type { Tf } from './deviceValue';
import { inspectOnce, judgeFailure } from './inspection';
import {
  type Flavour,
  type FoundPackage,
  findPackage,
  hasGpuBuild,
  libraryEnvironment,
  noGpuEnvironment,
  packageNames,
  placeWindowsLibrary,
  restoreUtil,
} from './library';
import { foldersOf, type TfjsPlaces } from './places';
import { TfjsProgram } from './tfjsProgram';

const flavours = ['gpu', 'cpu'] as const satisfies readonly Flavour[];

/** An engine that looks in the given places, asked again each time. */
export function createTfjsEngine(places: () => TfjsPlaces): Engine {
  const find = (flavour: Flavour): FoundPackage | null => {
    const folders = foldersOf(places());
    if (flavour === 'gpu') return hasGpuBuild() ? findPackage(packageNames.gpu, folders) : null;
    // The GPU package works on the processor too, with every GPU hidden from it.
    return findPackage(packageNames.cpu, folders) ?? findPackage(packageNames.gpu, folders);
  };
  const probe = async (flavour: Flavour): Promise<Device> => {
    const found = find(flavour);
    return deviceOf(flavour, found, found && (await inspectOnce(found, flavour === 'cpu')));
  };
  return {
    id: 'tfjs',

    probe: () => Promise.all(flavours.map(probe)),

    async compile(graph, { device, threads, onNotice }: CompileOptions) {
      verify(graph);
      const flavour = flavours.find((f) => deviceIds[f] === device);
      if (!flavour)
        throw new SkiplensError('device/unknown', t('TensorFlow.js has no device called "{0}".', device));
      const found = find(flavour);
      if (!found) throw unusable(deviceOf(flavour, null, null));
      const tf = await load(flavour, found, threads);
      // The library says only in its log that it uses no GPU; the log is read in a process of its own.
      if (flavour === 'gpu' && !usesGpu(tf)) throw unusable(await probe('gpu'));
      return new TfjsProgram(tf, graph, { onFirstRun: flavour === 'gpu' ? untilReady(onNotice) : undefined });
    },
  };
}

let places: TfjsPlaces = {};

/** Says where to look from now on; the trainer calls it with the settings that came with a job. */
export function useTfjsPlaces(given: TfjsPlaces): void {
  places = given;
}

export const tfjsEngine: Engine = createTfjsEngine(() => places);

let isReady = false;

/** Kernels are compiled once a process: after one first step, those of other programs are nothing to speak of. */
function untilReady(onNotice: CompileOptions['onNotice']): CompileOptions['onNotice'] {
  if (!onNotice || isReady) return undefined;
  return (notice) => {
    if (isReady) return;
    isReady = notice.code === 'firstRun/finished';
    onNotice(notice);
  };
}

let loaded: { readonly flavour: Flavour; readonly tf: Tf } | undefined;

/** Loads the library into this process, once: two of them, or one in two moods, cannot be. */
async function load(flavour: Flavour, found: FoundPackage, threads: number): Promise<Tf> {
  if (loaded) {
    if (loaded.flavour === flavour) return loaded.tf;
    throw new SkiplensError(
      'tfjs/loadedOtherwise',
      t(
        'TensorFlow.js works on {0} in this process already, and cannot change; reload the VS Code window to use {1}.',
        deviceIds[loaded.flavour],
        deviceIds[flavour],
      ),
    );
  }
  await placeWindowsLibrary(found.root);
  const environment = {
    ...libraryEnvironment,
    TF_CPP_MIN_LOG_LEVEL: '1',
    // Two engines that agree are what this device is for: oneDNN rounds two or three times as coarsely.
    ...(flavour === 'cpu' && { TF_NUM_INTRAOP_THREADS: String(threads), TF_ENABLE_ONEDNN_OPTS: '0' }),
  };
  for (const [name, value] of Object.entries(environment)) process.env[name] ??= value;
  if (flavour === 'cpu') Object.assign(process.env, noGpuEnvironment);
  restoreUtil(util as unknown as Record<string, unknown>);
  try {
    // Through the module object: webpack takes a createRequire that is imported by name for its own business.
    const tf = Module.createRequire(path.join(found.root, 'package.json'))(found.root) as Tf;
    loaded = { flavour, tf };
    return tf;
  } catch (error) {
    const judged = judgeFailure(error instanceof Error ? error : new Error(String(error)));
    throw unusable(deviceOf(flavour, found, judged), error);
  }
}

function usesGpu(tf: Tf): boolean {
  return (tf.backend() as unknown as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}

function unusable({ id, reason }: Device, cause?: unknown): SkiplensError {
  return new SkiplensError(
    'device/unavailable',
    t('The device {0} cannot be used: {1}', id, reason ?? t('no reason is known.')),
    { cause },
  );
}

/** An inspection as a device with one sentence for people: what is the matter and what to do about it. */
import { t } from '../../base/localize';
import type { Device } from '../engine';
import type { Inspection } from './inspection';
import { type Flavour, type FoundPackage, hasGpuBuild, libraryVersions, packageNames } from './library';

export const deviceIds = { gpu: 'tfjs-gpu', cpu: 'tfjs-cpu' } as const satisfies Record<Flavour, string>;

export function deviceOf(
  flavour: Flavour,
  found: FoundPackage | null,
  inspection: Inspection | null,
): Device {
  const version = found?.version ?? libraryVersions.package;
  const gpuName = inspection?.kind === 'gpu' ? inspection.name : null;
  const title =
    flavour === 'cpu'
      ? t('CPU · TensorFlow.js {0}', version)
      : gpuName
        ? t('GPU · {0} · TensorFlow.js {1}', gpuName, version)
        : t('GPU · TensorFlow.js {0}', version);
  const device = { id: deviceIds[flavour], title, kind: flavour } as const;
  const reason = reasonOf(flavour, found, inspection);
  return reason === null ? { ...device, available: true } : { ...device, available: false, reason };
}

/** Why a flavour cannot be used, or null where it can. */
function reasonOf(
  flavour: Flavour,
  found: FoundPackage | null,
  inspection: Inspection | null,
): string | null {
  if (flavour === 'gpu' && !hasGpuBuild())
    return t(
      'TensorFlow.js has no GPU build for {0} {1}, only for Linux and Windows on x64; choose another device.',
      process.platform,
      process.arch,
    );
  if (!found || !inspection) return notInstalled(flavour);
  return explain(flavour, found, inspection);
}

function notInstalled(flavour: Flavour): string {
  return flavour === 'gpu'
    ? t(
        'The package {0} is not installed; run "Skiplens: Set Up TensorFlow.js GPU Engine..." in VS Code, or "npm install {0}" in this folder.',
        packageNames.gpu,
      )
    : t(
        'The package {0} is not installed; run "npm install {0}" in this folder, or choose the device cpu.',
        packageNames.cpu,
      );
}

/** What an inspection of an installed package means for a flavour, or null where all is well. */
export function explain(flavour: Flavour, found: FoundPackage, inspection: Inspection): string | null {
  const { name, root } = found;
  switch (inspection.kind) {
    case 'gpu':
      return null;
    case 'noGpu':
      return flavour === 'cpu' ? null : explainNoGpu(found, inspection.missing, inspection.cause);
    case 'bindingMissing':
      return t(
        'The package {0} lacks its native part, because npm did not run its install script; run "npm run install" in {1}.',
        name,
        root,
      );
    case 'librariesMissing':
      return t(
        '{0} could not be loaded, because {1} is missing or lacks a library of its own; run "npm run install" in {2}, which downloads TensorFlow {3}.',
        name,
        inspection.missing.join(', '),
        root,
        libraryVersions.tensorflow,
      );
    case 'wrong':
      return t('{0} loads but computes wrong numbers ({1}); install it again.', name, inspection.message);
    case 'failed':
      return t('{0} could not be loaded on Node {1}: {2}', name, process.version, inspection.message);
    case 'crashed':
      return t(
        'Loading {0} ended its process ({1}); check the GPU driver, or install the package again in {2}.',
        name,
        inspection.how,
        root,
      );
    case 'timedOut':
      return t(
        'Loading {0} took longer than {1} seconds and was given up; check the GPU driver, and start again.',
        name,
        inspection.seconds,
      );
  }
}

function explainNoGpu({ name }: FoundPackage, missing: readonly string[], cause: string | null): string {
  const { cuda, cudnn, tensorflow } = libraryVersions;
  if (name === packageNames.cpu) return notInstalled('gpu');
  if (missing.length > 0)
    return t(
      'TensorFlow found no GPU that it can use, because it could not load {0}; install CUDA {1} and cuDNN {2}, and name their folder in {3}.',
      missing.join(', '),
      cuda,
      cudnn,
      process.platform === 'win32' ? 'PATH' : 'LD_LIBRARY_PATH',
    );
  if (cause)
    return t(
      'TensorFlow found no GPU ({0}); check with nvidia-smi that the NVIDIA driver works and sees the GPU.',
      cause,
    );
  return t(
    'TensorFlow {0} found no NVIDIA GPU on this machine; check with nvidia-smi that the driver sees one.',
    tensorflow,
  );
}

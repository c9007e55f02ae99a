/**
 * The weights of a run's newest checkpoint, a safetensors file a network, by their public names (torchvision's where
 * the network is torchvision's). Optimizer slots stay behind.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { stepOf } from './checkpoints';
import type { RunReader } from './runReader';
import { readSafetensors, writeSafetensors } from './safetensors';

/** Writes `<folder>/<network>.safetensors`; returns the files. Fails with `run/noCheckpoint` where none was kept. */
export async function exportWeights(run: RunReader, folder: string): Promise<string[]> {
  // Read network by network: together they may be larger than the memory that there is.
  const checkpoint = await run.checkpoint({ wants: () => false });
  if (!checkpoint)
    throw new SkiplensError(
      'run/noCheckpoint',
      t('The run {0} has no checkpoint, so there are no weights to write.', run.id),
    );
  mkdirSync(folder, { recursive: true });
  return run.description.networks.map(({ name }) => {
    const prefix = `${name}/`;
    // Slots are `<network>/<slot>/<parameter>`; parameters have no slash in their names.
    const isParameter = (key: string) => key.startsWith(prefix) && !key.slice(prefix.length).includes('/');
    const { tensors } = readSafetensors(checkpoint.file, { wants: isParameter });
    const own = new Map([...tensors].map(([key, tensor]) => [key.slice(prefix.length), tensor]));
    const file = path.join(folder, `${name}.safetensors`);
    writeSafetensors(file, own, { format: 'pt', step: String(stepOf(checkpoint, name)), run: run.id });
    return file;
  });
}

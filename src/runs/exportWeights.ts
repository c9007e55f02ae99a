/**
 * The weights of a run's newest checkpoint, a safetensors file a network, by their public names (torchvision's where
 * the network is torchvision's). Optimizer slots stay behind.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import type { RunReader } from './runReader';
import { type Tensor, writeSafetensors } from './safetensors';

/** Writes `<folder>/<network>.safetensors`; returns the files. Fails with `run/noCheckpoint` where none was kept. */
export async function exportWeights(run: RunReader, folder: string): Promise<string[]> {
  const checkpoint = await run.checkpoint();
  if (!checkpoint)
    throw new SkiplensError(
      'run/noCheckpoint',
      t('The run {0} has no checkpoint, so there are no weights to write.', run.id),
    );
  mkdirSync(folder, { recursive: true });
  return run.description.networks.map(({ name }) => {
    const prefix = `${name}/`;
    const own = new Map<string, Tensor>();
    for (const [key, tensor] of checkpoint.contents.tensors) {
      const parameter = key.slice(prefix.length);
      // Slots are `<network>/<slot>/<parameter>`; parameters have no slash in their names.
      if (key.startsWith(prefix) && !parameter.includes('/')) own.set(parameter, tensor);
    }
    const file = path.join(folder, `${name}.safetensors`);
    writeSafetensors(file, own, { format: 'pt', step: String(checkpoint.step), run: run.id });
    return file;
  });
}

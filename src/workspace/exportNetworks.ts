/** Every network of a run, with the weights of its newest checkpoint, as ONNX or as TensorFlow.js models. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { NetworkDescription } from '../protocol/description';
import type { NetworkSettings } from '../protocol/settings';
import type { ExportRequest } from '../protocol/trainer';
import { exportWeights } from '../runs/exportWeights';
import { replicatedNetworks } from '../runs/replicas';
import type { RunReader } from '../runs/runReader';
import { asDescribed } from './asDescribed';

/** `ask` is the trainer's `network/export`; answers the files, several seeds apart. */
export async function exportNetworks(
  run: RunReader,
  format: ExportRequest['format'],
  folder: string,
  ask: (request: ExportRequest) => Promise<{ files: readonly string[] }>,
): Promise<string[]> {
  const chosen = run.description.settings.networks as unknown as readonly NetworkSettings[];
  const aside = await mkdtemp(path.join(os.tmpdir(), 'skiplens-weights-'));
  try {
    const weights = await exportWeights(run, aside);
    const files: string[] = [];
    for (const [i, { description, replicas }] of replicatedNetworks(run.description).entries()) {
      const network = asDescribed(chosen[i], description as unknown as NetworkDescription);
      for (const { name, place, seed } of replicas) {
        const safe = name.replace(/[^\w.-]+/g, '-');
        const output = path.join(folder, format === 'onnx' ? `${safe}.onnx` : safe);
        files.push(...(await ask({ network, format, weights: weights[place], seed, output })).files);
      }
    }
    return files;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

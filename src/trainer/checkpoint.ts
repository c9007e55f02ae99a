/** What of the networks in training goes into a checkpoint, and back: tensors by name, and their loss scales. */
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { fitWeights } from '../networks/weights';
import type { RunSettings } from '../protocol/settings';
import { hasCheckpoint, isOfOneStep, stepKey } from '../runs/checkpoints';
import { runningRun } from '../runs/errors';
import { openRun } from '../runs/runReader';
import type { RunWriter } from '../runs/runWriter';
import { readSafetensors, type Tensor } from '../runs/safetensors';
import { recordedSettings } from '../workspace/recordedSettings';
import type { TrainedNetwork } from './trainedNetwork';

/** A network from one seed, under the name that the record has for it. */
export interface TrainedReplica {
  /** Index among the run's networks. */
  readonly network: number;
  readonly seed: number;
  readonly name: string;
  readonly trained: TrainedNetwork;
}

/**
 * Tensors go by `<replica>/<parameter>`, optimizer slots by `<replica>/<slot>/<parameter>`. `steps` are the replicas'
 * own, where they are not all at `step`.
 */
export async function saveCheckpoint(
  { step, steps }: { readonly step: number; readonly steps?: readonly number[] },
  replicas: readonly TrainedReplica[],
  writer: RunWriter,
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  const metadata: Record<string, string> = { step: String(step) };
  for (const [i, { name, trained }] of replicas.entries()) {
    if (steps) metadata[stepKey(name)] = String(steps[i]);
    for (const [key, tensor] of await trained.readTensors()) tensors.set(`${name}/${key}`, tensor);
    metadata[`lossScale/${name}`] = String(trained.lossScale);
  }
  writer.writeCheckpoint(step, tensors, metadata);
}

export interface Resumable {
  readonly settings: RunSettings;
  readonly step: number;
  /** The checkpoint. */
  readonly file: string;
}

/** Fails with `run/running`, with `run/noCheckpoint`, or as opening the run does. */
export async function readResumable(folder: string): Promise<Resumable> {
  const reader = await openRun(folder);
  // Whoever trains it replaces its checkpoints; it is told before anything is read or compiled.
  if ((await reader.status()).status === 'running') throw runningRun(reader.id);
  const checkpoint = await reader.checkpoint({ wants: () => false, accepts: isOfOneStep });
  if (!checkpoint)
    throw new SkiplensError(
      'run/noCheckpoint',
      hasCheckpoint(reader.folder)
        ? t(
            'The run {0} cannot go on: one of its networks diverged, and the weights that were kept are of different steps; start it again with a smaller learning rate.',
            reader.id,
          )
        : t('The run {0} has no checkpoint to go on from; start it again with its settings.', reader.id),
    );
  return {
    settings: recordedSettings(reader.description),
    step: checkpoint.step,
    file: checkpoint.file,
  };
}

/**
 * Answers the step that the checkpoint was taken after. Fails with `weights/mismatch` where a network is not the one
 * that it was taken of: the source file of a model may have been edited since.
 */
export async function restore(
  { file, step }: Resumable,
  replicas: readonly TrainedReplica[],
): Promise<number> {
  for (const { name, trained } of replicas) {
    const prefix = `${name}/`;
    const { tensors, metadata } = readSafetensors(file, { wants: (key) => key.startsWith(prefix) });
    const own = new Map([...tensors].map(([key, tensor]) => [key.slice(prefix.length), tensor]));
    const { network, training } = trained;
    const parameters = [...training.parameters.entries, ...training.statistics.entries];
    const names = new Set(parameters.map((entry) => entry.name));
    const slots = [...own].filter(([key]) => key.includes('/') && !names.has(key));
    for (const [key] of slots) own.delete(key);
    const fitted = fitWeights(
      network.title,
      path.basename(file),
      parameters.map((entry) => entry.parameter),
      own,
    );
    await trained.writeTensors(
      new Map([...fitted, ...slots.map(([key, { data }]) => [key, data as Float32Array] as const)]),
    );
    const scale = Number(metadata[`lossScale/${name}`]);
    if (scale > 0) trained.lossScale = scale;
  }
  return step;
}

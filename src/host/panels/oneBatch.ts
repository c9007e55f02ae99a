/**
 * One batch to measure a network with that was never trained: the built-in images in the size that the network
 * takes, with its own number of classes, so that what is measured is what is shown. A network that takes no square
 * colour images gets noise of its shape instead.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { randomStream } from '../../base/random';
import type { Network } from '../../networks/network';
import type { NetworkSettings } from '../../protocol/settings';
import type { ProbeRequest, ProbeResult } from '../../protocol/trainer';
import { type Tensor, writeSafetensors } from '../../runs/safetensors';
import { chooseNetwork, isSourceName } from '../../workspace/chooseNetwork';

/** Large images take memory: this many pixels a batch are enough to see a gradient. */
const pixelsABatch = 16 * 64 * 64;

type Probe = (request: Omit<ProbeRequest, 'device' | 'threads' | 'seed'>) => Promise<ProbeResult>;

/** Probes with such a batch; files that it needs are gone afterwards. */
export async function probeOneBatch(settings: NetworkSettings, probe: Probe): Promise<ProbeResult> {
  const network = chooseNetwork(settings);
  const [channels, height, width] = network.inputShape;
  const batchSize = Math.max(4, Math.min(16, Math.floor(pixelsABatch / (height * width))));
  const keepsClasses = !isSourceName(settings.network) && 'classes' in network.options;
  const asked: NetworkSettings = keepsClasses
    ? { ...settings, options: { ...settings.options, classes: network.classes } }
    : settings;
  if (channels === 3 && height === width)
    return probe({
      network: asked,
      data: 'drawn',
      dataOptions: { subset: 64, validationSubset: 16, resize: height },
      batchSize,
    });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'skiplens-batch-'));
  try {
    const batch = path.join(folder, 'noise.safetensors');
    writeSafetensors(batch, noise(network, batchSize), {});
    return await probe({ network: asked, batch });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Standard normal pixels and labels of any class, always the same ones. */
function noise({ inputShape, classes }: Network, batchSize: number): Map<string, Tensor> {
  const random = randomStream(1, 'noise');
  const pixels = inputShape.reduce((product, size) => product * size, batchSize);
  const input = Float32Array.from({ length: pixels }, () => random.normal());
  const labels = BigInt64Array.from({ length: batchSize }, () => BigInt(random.below(classes)));
  return new Map<string, Tensor>([
    ['input', { shape: [batchSize, ...inputShape], data: input }],
    ['labels', { shape: [batchSize], data: labels }],
  ]);
}

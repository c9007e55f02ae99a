/** A small training without process or disk: ResNet-8 with few filters on a few random images. */
import type { ImageSplit, LoadedData } from '../../src/datasets/dataset';
import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { findNetwork } from '../../src/networks';
import { type RunSettings, readSettings } from '../../src/protocol/settings';
import { LoopControl, type LoopEvent, trainingLoop } from '../../src/trainer/loop';
import { TrainedNetwork } from '../../src/trainer/trainedNetwork';
import { hashUniform } from '../hashUniform';

export const shape = [3, 8, 8] as const;

function randomSplit(name: string, count: number): ImageSplit {
  const size = 3 * 8 * 8;
  const all = Float32Array.from(hashUniform(name, count * size));
  return {
    count,
    shape,
    labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
    read: (i, target, offset) => target.set(all.subarray(i * size, (i + 1) * size), offset),
    pixels: () => new Uint8Array(size),
  };
}

export const data: LoadedData = {
  id: 'random',
  title: 'Random images',
  classes: Array.from({ length: 10 }, (_, i) => `class ${i}`),
  shape,
  train: randomSplit('train', 40),
  validation: randomSplit('validation', 12),
  normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
  stored: { shape, train: 40, validation: 12 },
};

export function settings(given: Partial<RunSettings> = {}): RunSettings {
  return {
    ...readSettings({ steps: 6, batchSize: 8, warmUpSteps: 0, evaluateEvery: 0, checkpointEvery: 1000 }),
    networks: [],
    data: 'random',
    device: 'cpu',
    ...given,
  };
}

export async function compile(name: string, plan: RunSettings, options = {}): Promise<TrainedNetwork> {
  const network = findNetwork(name, { options: { width: 4, ...options }, input: [...shape] });
  const placement = { engine: onnxEngine, device: 'cpu', threads: 1 };
  return TrainedNetwork.compile(network, network.build(plan.batchSize, 'training'), plan, placement);
}

export async function collect(
  networks: readonly TrainedNetwork[],
  plan: RunSettings,
  {
    firstStep = 0,
    control = new LoopControl(),
    seeds = networks.map(() => plan.seed) as readonly number[],
    onEvent = (_: LoopEvent) => {},
  } = {},
): Promise<LoopEvent[]> {
  const events: LoopEvent[] = [];
  const loop = trainingLoop(
    { settings: plan, data, augmentation: 'cropFlip', networks, seeds, firstStep, now: () => 0 },
    control,
  );
  for await (const event of loop) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

export const losses = (events: readonly LoopEvent[]) =>
  events.flatMap((e) => (e.type === 'step' ? [e.results.map((r) => r.loss)] : []));

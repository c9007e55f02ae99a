/** Times a network on this machine: compilation, steps with and without measurements in turn, memory. */
import { randomStream } from '../base/random';
import type { BenchRequest, BenchResult } from '../protocol/trainer';
import { chooseNetwork } from '../workspace/chooseNetwork';
import { place } from './place';
import { type LabelledBatch, TrainedNetwork } from './trainedNetwork';

const warmUps = 3;

export async function bench(request: BenchRequest): Promise<BenchResult> {
  const { batchSize, steps } = request;
  const placed = await place(request.device, request.threads);
  const network = chooseNetwork(request.network);
  const settings = { optimizer: 'momentum', batchSize, seed: 1 } as const;
  const start = performance.now();
  const measured = await TrainedNetwork.compile(
    network,
    network.build(batchSize, 'training'),
    settings,
    placed,
  );
  const compileSeconds = (performance.now() - start) / 1000;
  const bare = await TrainedNetwork.compile(network, network.build(batchSize, 'training'), settings, placed, {
    record: false,
  });
  try {
    const batch = randomBatch(network.inputShape, batchSize, network.classes);
    const [times, bareTimes]: [number[], number[]] = [[], []];
    for (let i = 0; i < steps + warmUps; i++) {
      for (const [trained, list] of [
        [measured, times],
        [bare, bareTimes],
      ] as const) {
        const before = performance.now();
        await trained.time(batch, i + 1);
        if (i >= warmUps) list.push((performance.now() - before) / 1000);
      }
    }
    const stepSeconds = spread(times);
    return {
      title: network.title,
      device: { id: placed.device, title: placed.title },
      threads: placed.threads,
      batchSize,
      graphNodes: measured.training.graph.nodes.length,
      compileSeconds,
      stepSeconds,
      bareStepSeconds: spread(bareTimes),
      imagesPerSecond: batchSize / stepSeconds.median,
      memory: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    await measured.dispose();
    await bare.dispose();
  }
}

function randomBatch(shape: readonly number[], size: number, classes: number): LabelledBatch {
  const random = randomStream(1, 'bench');
  const images = new Float32Array(size * shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < images.length; i++) images[i] = random.normal();
  return { images, labels: BigInt64Array.from({ length: size }, (_, i) => BigInt(i % classes)) };
}

function spread(times: readonly number[]): BenchResult['stepSeconds'] {
  const sorted = [...times].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], least: sorted[0], most: sorted[sorted.length - 1] };
}

/** What a run says in the end is of one step: seeds that were evaluated at different ones are not put together. */
import { describe, expect, it } from 'vitest';
import { readSummaries } from '../../src/cli/summaryTable';
import { findNetwork } from '../../src/networks';
import { describeNetwork } from '../../src/networks/describe';
import { describeReplicas } from '../../src/runs/replicas';
import type { NewRun } from '../../src/runs/run';
import { createRun } from '../../src/runs/runWriter';
import { sampleRun } from '../runs/sampleRun';
import { temporaryFolder } from '../temporaryFolder';

/** Two seeds with so many steps each, evaluated as `[seed, step, accuracy]` says. */
async function summaryOf(steps: number, evaluations: readonly (readonly [number, number, number])[]) {
  const network = describeNetwork(findNetwork('resnet8'), {
    activationGradientNorm: ['stage1/block1/'],
  } as never);
  const networks = describeReplicas([network], [1, 2]) as unknown as NewRun['networks'];
  const writer = createRun(temporaryFolder(), { ...sampleRun, networks });
  for (let step = 1; step <= steps; step++)
    for (const { name } of networks)
      writer.recordStep(name, {
        step,
        loss: 1,
        accuracy: 0.5,
        learningRate: 0.1,
        batchSeconds: 0.1,
        vectors: { activationGradientNorm: Float32Array.of(1) },
      });
  for (const [seed, step, accuracy] of evaluations)
    writer.recordEvent({
      type: 'evaluation',
      step,
      network: `resnet8-seed${seed}`,
      split: 'validation',
      epoch: 0,
      loss: 1 - accuracy,
      accuracy,
      count: 10,
    });
  writer.end('stopped');
  const [summary] = await readSummaries(writer.folder);
  return summary;
}

describe('the validation figures of a run', () => {
  it('are of the newest step that every seed was evaluated at', async () => {
    const { bands } = await summaryOf(6, [
      [1, 3, 0.2],
      [2, 3, 0.4],
      // Broken off before the second seed had its turn.
      [1, 6, 0.9],
    ]);
    expect(bands.validationAccuracy).toMatchObject({ low: 0.2, high: 0.4 });
    expect(bands.validationLoss).toMatchObject({ low: 0.6, high: 0.8 });
  });

  it('are those of the later life where a run went on and evaluated a step again', async () => {
    const { validationAccuracy } = await summaryOf(3, [
      [1, 3, 0.2],
      [2, 3, 0.4],
      [1, 3, 0.6],
      [2, 3, 0.8],
    ]);
    expect(validationAccuracy).toBeCloseTo(0.7, 12);
  });

  it('are left out where no step has all seeds', async () => {
    expect((await summaryOf(6, [[1, 3, 0.2]])).validationAccuracy).toBeNull();
  });

  it('are never of a step that is taken back: a run that went on from before it, to before it', async () => {
    const { validationAccuracy } = await summaryOf(5, [
      [1, 3, 0.2],
      [2, 3, 0.4],
      [1, 6, 0.9],
      [2, 6, 0.9],
    ]);
    expect(validationAccuracy).toBeCloseTo(0.3, 12);
  });
});

/**
 * A network whose loss and gradients PyTorch has computed in float64, from parameters and images that both sides make by
 * the hash of test/golden/README.md: the float64 reference must give the same loss, and the same gradient norm of every
 * parameter, under its name.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { readMeasurements } from '../src/autodiff/measurements';
import { pack } from '../src/autodiff/parameterLayout';
import { trainingGraph } from '../src/autodiff/trainingGraph';
import { referenceEngine } from '../src/engines/reference/referenceEngine';
import { sizeOf } from '../src/ir/tensorType';
import { losses } from '../src/losses';
import type { Network } from '../src/networks/network';
import { optimizers } from '../src/optimizers';
import { goldenParameters } from './golden/golden';
import { hashUniform } from './hashUniform';

export interface Computed {
  readonly loss: number;
  /** L2 norms by parameter. */
  readonly gradients: Readonly<Record<string, number>>;
}

/** One JSON object a line. */
export function readComputed<C extends Computed>(file: string): readonly C[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const labels = BigInt64Array.of(0n, 2n, 1n, 2n);

export async function expectPyTorch(network: Network, { loss, gradients }: Computed): Promise<void> {
  const training = trainingGraph(network.build(4, 'training'), {
    loss: losses['cross-entropy'],
    optimizer: optimizers.sgd,
    optimizerOptions: { momentum: 0, weightDecay: 0 },
  });
  const { parameters, statistics } = training;
  const program = await referenceEngine.compile(training.graph, { device: 'reference', threads: 1 });
  const state = new Map([['parameters', pack(parameters, goldenParameters(parameters))]]);
  if (statistics.size > 0) state.set('statistics', new Float32Array(statistics.size));
  await program.writeState(state);
  const n = 4 * sizeOf(network.inputShape);
  const results = await program.evaluate({
    input: Float32Array.from(hashUniform('input', n), (v) => v * Math.sqrt(3)),
    labels,
    learningRate: Float32Array.of(0),
    step: Float32Array.of(1),
    lossScale: Float32Array.of(1),
  });
  expect(Math.abs(results.loss[0] - loss) / loss).toBeLessThan(1e-6);
  const { weightGradientNorm } = readMeasurements(training, results, 1);
  expect(parameters.entries.map((e) => e.name).sort()).toEqual(Object.keys(gradients).sort());
  // A bias in front of batch norm has no gradient but rounding's.
  const floor = 1e-9 * Math.max(...Object.values(gradients));
  parameters.entries.forEach(({ name: parameter }, i) => {
    const want = gradients[parameter];
    const error = Math.abs(weightGradientNorm[i] - want);
    expect(want < floor ? weightGradientNorm[i] - floor : error / want, parameter).toBeLessThan(1e-6);
  });
}

/**
 * What skips do to gradients before anything is trained: the ratios of facts/networks.md, section 2 (gradient at the
 * first block's input over gradient at the last block's output; MLPs of width and batch 128, median of 5 seeds).
 */
import { describe, expect, it } from 'vitest';
import { readMeasurements } from '../../src/autodiff/measurements';
import { pack } from '../../src/autodiff/parameterLayout';
import { trainingGraph } from '../../src/autodiff/trainingGraph';
import { randomStream } from '../../src/base/random';
import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { losses } from '../../src/losses';
import { findNetwork, type NetworkChoice } from '../../src/networks';
import { optimizers } from '../../src/optimizers';
import { initialValues } from '../../src/trainer/initialize';

const batch = 128;
const lossScale = 2 ** 20;

async function ratios(name: string, options: NetworkChoice['options']): Promise<number> {
  const network = findNetwork(name, { options, input: [128, 1, 1] });
  const training = trainingGraph(network.build(batch, 'training'), {
    loss: losses['cross-entropy'],
    optimizer: optimizers.sgd,
    optimizerOptions: { momentum: 0, weightDecay: 0 },
  });
  const { parameters, statistics, points } = training;
  const program = await onnxEngine.compile(training.graph, { device: 'cpu', threads: 1 });
  const last = points.findLastIndex((p) => p.kind === 'block');
  // The stem's activation is the first block's input.
  const first = points.findIndex((p) => p.scope === 'relu' || p.scope === 'sigmoid');
  const measured: number[] = [];
  for (let seed = 1; seed <= 5; seed++) {
    const state = new Map([
      [
        'parameters',
        pack(parameters, new Map(parameters.entries.map((e) => [e.name, initialValues(e.parameter, seed)]))),
      ],
    ]);
    if (statistics.size > 0) state.set('statistics', new Float32Array(statistics.size));
    await program.writeState(state);
    const random = randomStream(seed, 'images');
    const results = await program.evaluate({
      input: Float32Array.from({ length: batch * 128 }, () => random.normal()),
      labels: BigInt64Array.from({ length: batch }, () => BigInt(random.below(10))),
      learningRate: Float32Array.of(0),
      step: Float32Array.of(1),
      lossScale: Float32Array.of(lossScale),
    });
    const { activationGradientNorm } = readMeasurements(training, results, lossScale);
    measured.push(activationGradientNorm[first] / activationGradientNorm[last]);
  }
  await program.dispose();
  return measured.sort((a, b) => a - b)[2];
}

describe('gradients at initialisation', () => {
  it.each([
    [
      'plain, Glorot, no norm, vanishes',
      'mlp-plain',
      { init: 'glorot-uniform', norm: 'none' },
      2.0e-3,
      1.2e-8,
    ],
    ['plain, batch norm, explodes', 'mlp-plain', {}, 19, 1.7e4],
    ['residual, He, no norm, explodes', 'mlp-resnet', { norm: 'none' }, 23, 3.8e4],
    ['residual, He, 1/sqrt(L), stays flat', 'mlp-resnet', { norm: 'none', scaling: '1/sqrt(L)' }, 1.1, 1.0],
    ['residual, batch norm, grows mildly', 'mlp-resnet', {}, 7.2, 26],
    [
      'residual, Glorot, sigmoid, vanishes despite skips',
      'mlp-resnet',
      { init: 'glorot-uniform', norm: 'none', activation: 'sigmoid' },
      1.4e-6,
      3.2e-18,
    ],
  ] as const)('%s', async (_, name, options, at9, at27) => {
    const small = await ratios(name, { ...options, blocks: 9 });
    const large = await ratios(name, { ...options, blocks: 27 });
    const decades = (got: number, want: number) => Math.abs(Math.log10(got / want));
    // The stem decides the constant, the blocks the growth; seeds differ by some percent of its logarithm.
    const constant = 0.3 + 0.03 * Math.abs(Math.log10(at9));
    expect(decades(small, at9), `9 blocks: ${small}, not about ${at9}`).toBeLessThan(constant);
    const growth = at27 / at9;
    const scatter = 0.15 + 0.03 * Math.abs(Math.log10(growth));
    expect(decades(large / small, growth), `27 blocks: ${large}, not about ${at27}`).toBeLessThan(scatter);
  });
});

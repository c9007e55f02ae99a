/**
 * Networks whose gradients PyTorch has computed too (pytorch/networks.py, float64; its results are kept beside it):
 * the float64 reference must give the same loss and the same gradient norm of every parameter, under its name.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMeasurements } from '../../src/autodiff/measurements';
import { pack } from '../../src/autodiff/parameterLayout';
import { trainingGraph } from '../../src/autodiff/trainingGraph';
import { referenceEngine } from '../../src/engines/reference/referenceEngine';
import { sizeOf } from '../../src/ir/tensorType';
import { losses } from '../../src/losses';
import { findNetwork, type NetworkChoice } from '../../src/networks';
import { optimizers } from '../../src/optimizers';
import { goldenParameters } from '../golden/golden';
import { hashUniform } from '../hashUniform';

type Options = NonNullable<NetworkChoice['options']>;

interface Computed {
  readonly case: string;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, number>>;
}

const computed: readonly Computed[] = readFileSync(
  path.join(import.meta.dirname, 'pytorch', 'gradients.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

const cifar = (options: Options) =>
  findNetwork('resnet8', { input: [3, 8, 8], options: { width: 4, classes: 3, groups: 4, ...options } });
const large = (name: string, options: Options = {}) =>
  findNetwork(name, { input: [3, 64, 64], options: { width: 4, classes: 3, ...options } });
const noDropout = { units: 8, dropout: 0, classes: 3, width: 4 };

const units: Readonly<Record<string, string>> = {
  'relu-only': 'relu-only-preactivation',
  full: 'full-preactivation',
};

/** How a person asks for the network of a case. */
function networkOf(name: string) {
  const [word, rest] = name.split(/[ /](.*)/s);
  switch (word) {
    case 'skip':
      return cifar({ skip: rest });
    case 'activation':
      return cifar({ activation: rest });
    case 'norm':
      return cifar({ norm: rest });
    case 'scaling':
      return cifar({ scaling: rest, branchScale: 0.25, ...(rest === 'fixup' && { norm: 'none' }) });
    case 'keras':
      return large(`${{ v1: 'keras-resnet50', v2: 'resnet50v2', next: 'keras-resnext50' }[rest]}`);
    case 'resnext50-4x16d':
    case 'wide-resnet50-2':
    case 'resnet18':
    case 'resnet50':
      return large(word);
    case 'vgg16':
    case 'vgg16-bn':
      return findNetwork(word, { input: [3, 32, 32], options: noDropout });
    case 'alexnet':
      return findNetwork(word, { input: [3, 64, 64], options: noDropout });
    case 'mlp-resnet':
    case 'mlp-plain':
      return findNetwork(word, { input: [3, 4, 4], options: { blocks: 2, width: 6, classes: 3 } });
    case 'keras-blocks':
      return findNetwork(word, {
        input: [3, 15, 18],
        options: { blocks: 2, filters: 4, projection: true, classes: 3 },
      });
    default:
      return cifar({ unit: units[word] ?? word, shortcut: rest });
  }
}

const labels = BigInt64Array.of(0n, 2n, 1n, 2n);

describe('PyTorch and the reference agree in float64', () => {
  it.each(computed)('$case', async ({ case: name, loss, gradients }) => {
    const network = networkOf(name);
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
  });
});

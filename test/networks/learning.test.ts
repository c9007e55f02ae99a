/** Every setting that changes how a network learns still learns: thirty steps on one small batch lower the loss. */
import { describe, expect, it } from 'vitest';
import { drawNoises } from '../../src/autodiff/noises';
import { pack } from '../../src/autodiff/parameterLayout';
import { trainingGraph } from '../../src/autodiff/trainingGraph';
import { readOptions } from '../../src/base/options';
import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { sizeOf } from '../../src/ir/tensorType';
import { losses } from '../../src/losses';
import type { Regularization } from '../../src/losses/regularization';
import { findNetwork, type NetworkChoice } from '../../src/networks';
import { type OptimizerId, optimizers } from '../../src/optimizers';
import type { Optimizer } from '../../src/optimizers/optimizer';
import { initialValues } from '../../src/trainer/initialize';
import { hashUniform } from '../hashUniform';

interface Learning {
  readonly network?: string;
  readonly options?: NetworkChoice['options'];
  readonly optimizer?: OptimizerId;
  readonly learningRate?: number;
  readonly labelSmoothing?: number;
  readonly regularization?: Partial<Regularization>;
}

const batch = 16;
const steps = 30;

async function lossesOf(given: Learning): Promise<number[]> {
  const { network: name = 'resnet8', optimizer: id = 'momentum', learningRate = 0.05 } = given;
  const size = name.startsWith('mlp') ? 4 : 8;
  const network = findNetwork(name, {
    input: [3, size, size],
    options: { width: 8, classes: 4, ...given.options },
  });
  const optimizer: Optimizer = optimizers[id];
  const training = trainingGraph(network.build(batch, 'training'), {
    loss: losses['cross-entropy'],
    lossOptions: { labelSmoothing: given.labelSmoothing ?? 0 },
    optimizer,
    optimizerOptions: readOptions(id, optimizer.options, {}),
    regularization: given.regularization,
  });
  const { parameters, statistics, slots, graph } = training;
  const program = await onnxEngine.compile(graph, { device: 'cpu', threads: 1 });
  const start = new Map(parameters.entries.map((e) => [e.name, initialValues(e.parameter, 1)]));
  const state = new Map([['parameters', pack(parameters, start)]]);
  for (const slot of slots) state.set(slot, new Float32Array(parameters.size));
  if (statistics.size > 0) state.set('statistics', new Float32Array(statistics.size));
  await program.writeState(state);
  const input = Float32Array.from(hashUniform('input', batch * sizeOf(network.inputShape)), (v) => 1.7 * v);
  const labels = BigInt64Array.from({ length: batch }, (_, i) => BigInt(i % 4));
  const seen: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const results = await program.step({
      input,
      labels,
      learningRate: Float32Array.of(learningRate),
      step: Float32Array.of(step),
      lossScale: Float32Array.of(1024),
      ...drawNoises(graph.noises, 1, step),
    });
    seen.push(results.loss[0]);
  }
  await program.dispose();
  return seen;
}

const cases: readonly (readonly [string, Learning])[] = [
  ['SGD', { optimizer: 'sgd', learningRate: 0.1 }],
  ['SGD with momentum', {}],
  ['Nesterov', { optimizer: 'nesterov' }],
  ['Adam', { optimizer: 'adam', learningRate: 0.005 }],
  ['AdamW', { optimizer: 'adamw', learningRate: 0.005 }],
  ['RMSprop', { optimizer: 'rmsprop', learningRate: 0.002 }],
  ['group norm', { options: { norm: 'group' } }],
  ['no norm', { options: { norm: 'none' }, learningRate: 0.01 }],
  ...['sigmoid', 'tanh', 'leaky-relu', 'elu', 'gelu', 'silu'].map(
    (activation): readonly [string, Learning] => [activation, { options: { activation } }],
  ),
  ['Fixup', { options: { scaling: 'fixup', norm: 'none' } }],
  ['SkipInit without norm', { options: { scaling: 'skipinit', norm: 'none' } }],
  ['ReZero', { options: { scaling: 'rezero' } }],
  ['1/sqrt(L)', { options: { scaling: '1/sqrt(L)' } }],
  ['zero-gamma', { options: { zeroGamma: true } }],
  ['stochastic depth', { options: { survival: 0.7 } }],
  ['dropout', { options: { dropout: 0.2 } }],
  ['exclusive gates', { options: { skip: 'exclusive-gate' } }],
  ['dropout on the skip', { options: { skip: 'dropout', skipDropout: 0.2 } }],
  ['full pre-activation', { network: 'preact-resnet8' }],
  ['bottlenecks', { network: 'cifar-resnet11', options: { block: 'bottleneck', shortcut: 'projection' } }],
  ['label smoothing', { labelSmoothing: 0.1 }],
  ['penalties', { regularization: { l1: 1e-4, l2: 1e-3 } }],
  ['clipping', { regularization: { clipNorm: 1, clipValue: 0.5 } }],
  ['an MLP', { network: 'mlp-resnet', options: { blocks: 2, width: 32 } }],
];

describe('one batch is learnt', () => {
  it.each(cases)('%s', async (_, given) => {
    const seen = await lossesOf(given);
    expect(seen.every(Number.isFinite)).toBe(true);
    // The mean of the last five, since noise makes single steps jump.
    const end = seen.slice(-5).reduce((a, b) => a + b, 0) / 5;
    expect(end, `from ${seen[0]} to ${end}`).toBeLessThan(0.7 * seen[0]);
  });
});

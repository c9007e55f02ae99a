/**
 * The option space at small sizes: every value of every option of every family builds in both modes, types,
 * differentiates and takes a step, or is refused with a reason; so does a seeded sample of combinations.
 */
import { describe, expect, it } from 'vitest';
import { drawNoises } from '../../src/autodiff/noises';
import { pack } from '../../src/autodiff/parameterLayout';
import { evaluationGraph, type TrainingGraph, trainingGraph } from '../../src/autodiff/trainingGraph';
import { SkiplensError } from '../../src/base/errors';
import type { OptionSpec, OptionValue } from '../../src/base/options';
import { randomStream } from '../../src/base/random';
import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { sizeOf } from '../../src/ir/tensorType';
import { losses } from '../../src/losses';
import { families, findNetwork } from '../../src/networks';
import type { Family, ImageShape, Network } from '../../src/networks/network';
import { optimizers } from '../../src/optimizers';
import { goldenParameters } from '../golden/golden';
import { hashUniform } from '../hashUniform';

type Options = Readonly<Record<string, OptionValue>>;

/** The smallest network of each family that still has every kind of layer. */
const small: Readonly<Record<keyof typeof families, { name: string; input: ImageShape; options: Options }>> =
  {
    'cifar-resnet': { name: 'resnet8', input: [3, 8, 8], options: { width: 4, classes: 3 } },
    'imagenet-resnet': { name: 'resnet18', input: [3, 32, 32], options: { width: 4, classes: 3 } },
    'keras-resnet': { name: 'keras-resnet50', input: [3, 32, 32], options: { width: 4, classes: 3 } },
    'd2l-resnet': { name: 'd2l-resnet18', input: [1, 32, 32], options: { width: 4, classes: 3 } },
    'keras-blocks': {
      name: 'keras-blocks',
      input: [3, 16, 16],
      options: { blocks: 2, filters: 4, projection: true, classes: 3 },
    },
    'sequential-cnn': {
      name: 'sequential-cnn',
      input: [3, 24, 24],
      options: { blocks: 2, filters: 4, units: 8, classes: 3 },
    },
    vgg: { name: 'vgg16', input: [3, 32, 32], options: { width: 4, units: 8, classes: 3 } },
    alexnet: { name: 'alexnet', input: [3, 64, 64], options: { width: 4, units: 8, classes: 3 } },
    mlp: { name: 'mlp-resnet', input: [1, 4, 4], options: { width: 4, blocks: 2, classes: 3 } },
  };

/** Sizes up to which an option's upper end is built, so that nothing takes gigabytes. */
const affordable = 64;

function candidates(spec: OptionSpec): OptionValue[] {
  switch (spec.kind) {
    case 'choice':
      return [...spec.values];
    case 'flag':
      return [true, false];
    case 'integer':
      return [spec.min, Math.min(spec.max, spec.min + 2), Math.min(spec.max, affordable)];
    case 'number':
      return [spec.min, spec.max, (spec.min + spec.max) / 2];
  }
}

/** Builds everything that a step needs; a refusal is a sentence. */
function construct(network: Network): TrainingGraph | string {
  try {
    const inference = network.build(2, 'inference');
    expect(inference.noises).toEqual([]);
    evaluationGraph(inference);
    return trainingGraph(network.build(2, 'training'), {
      loss: losses['cross-entropy'],
      optimizer: optimizers.sgd,
      optimizerOptions: { momentum: 0.9, weightDecay: 1e-4 },
    });
  } catch (error) {
    if (error instanceof SkiplensError || (error instanceof Error && error.name === 'ShapeError'))
      return error.message;
    throw error;
  }
}

function expectReason(sentence: string) {
  expect(sentence).toMatch(/^[A-Z].{20,}[.:]/);
  expect(sentence).not.toMatch(/internal|undefined|NaN/);
}

function networkOf(id: keyof typeof families, options: Options): Network | string {
  const { name, input, options: own } = small[id];
  try {
    return findNetwork(name, { input, options: { ...own, ...options } });
  } catch (error) {
    if (error instanceof SkiplensError) return error.message;
    throw error;
  }
}

async function takeStep(training: TrainingGraph, network: Network) {
  const program = await onnxEngine.compile(training.graph, { device: 'cpu', threads: 1 });
  const { parameters, statistics, graph } = training;
  const state = new Map([['parameters', pack(parameters, goldenParameters(parameters))]]);
  for (const slot of training.slots) state.set(slot, new Float32Array(parameters.size));
  if (statistics.size > 0) state.set('statistics', new Float32Array(statistics.size));
  await program.writeState(state);
  const results = await program.step({
    input: Float32Array.from(hashUniform('input', 2 * sizeOf(network.inputShape))),
    labels: BigInt64Array.of(0n, 1n),
    learningRate: Float32Array.of(0.01),
    step: Float32Array.of(1),
    lossScale: Float32Array.of(1024),
    ...drawNoises(graph.noises, 1, 1),
  });
  const after = (await program.readState()).get('parameters')!;
  await program.dispose();
  expect(Number.isFinite(results.loss[0]), `a loss of ${results.loss[0]}`).toBe(true);
  expect(results.updateSquares.some((s) => s > 0)).toBe(true);
  expect(after.every(Number.isFinite)).toBe(true);
}

/** Options whose values take a step each: all that change what a graph is made of, once a family that has them. */
const stepped: Partial<Record<keyof typeof families, RegExp>> = {
  'cifar-resnet': /^(activation|norm|unit|skip|scaling|shortcut|block|dropout|survival)$/,
  'imagenet-resnet': /^(shortcut|unit|strideIn)$/,
  'keras-resnet': /^(version|pooling)$/,
  'd2l-resnet': /^shortcut$/,
  'keras-blocks': /^(projection|shortcut)$/,
  'sequential-cnn': /^(kernel|dropout)$/,
  vgg: /^norm$/,
  alexnet: /^dropout$/,
  mlp: /^(layers|skip|scaling|norm|shortcut)$/,
};

describe.each(Object.keys(families) as (keyof typeof families)[])('%s', (id) => {
  const family: Family = families[id];

  it.each(Object.keys(family.options))(
    '%s: every value builds and differentiates, or is refused',
    async (name) => {
      for (const value of candidates(family.options[name])) {
        const network = networkOf(id, { [name]: value });
        if (typeof network === 'string') {
          expectReason(network);
          continue;
        }
        const training = construct(network);
        if (typeof training === 'string') {
          expectReason(training);
          continue;
        }
        expect(training.graph.states.length).toBeGreaterThan(0);
        if (stepped[id]?.test(name)) await takeStep(training, network);
      }
    },
  );

  it('combinations build and differentiate, or are refused', () => {
    const random = randomStream(5, id);
    const choices = Object.entries(family.options).filter(([name]) => !/Depth|depth|blocks/.test(name));
    let built = 0;
    for (let i = 0; i < 60; i++) {
      const options: Record<string, OptionValue> = {};
      for (const [name, spec] of choices) {
        if (random.uniform() > 0.25 || name in small[id].options) continue;
        const values = candidates(spec);
        options[name] = values[random.below(values.length)];
      }
      const network = networkOf(id, options);
      const training = typeof network === 'string' ? network : construct(network);
      if (typeof training === 'string') expectReason(training);
      else built++;
    }
    expect(built).toBeGreaterThan(10);
  });
});

/** What a step says of every layer's and block's output is so: against its own numbers, one by one in float64. */
import { expect, it } from 'vitest';
import { readMeasurements, vectorNames } from '../../src/autodiff/measurements';
import { trainingGraph } from '../../src/autodiff/trainingGraph';
import { interpret } from '../../src/engines/reference/referenceEngine';
import { sizeOf } from '../../src/ir/tensorType';
import { losses } from '../../src/losses';
import { findNetwork } from '../../src/networks';
import { optimizers } from '../../src/optimizers';
import { hashUniform } from '../hashUniform';

it.each([
  ['resnet8', {}],
  ['resnet8', { shortcut: 'projection' }],
  ['resnet8', { norm: 'none' }],
  ['resnet8', { unit: 'full-preactivation' }],
  ['resnet8', { unit: 'bn-after-addition' }],
  ['resnet8', { unit: 'relu-before-addition' }],
  ['plain8', {}],
])('mean, deviation and norm of every output of %s with %o', (name, options) => {
  const network = findNetwork(name, { options: { width: 2, classes: 4, ...options }, input: [3, 8, 8] });
  const training = trainingGraph(network.build(3, 'training'), {
    loss: losses['cross-entropy'],
    optimizer: optimizers.sgd,
    optimizerOptions: { momentum: 0, weightDecay: 0 },
  });
  const { graph, points } = training;
  const given = new Map<string, ArrayLike<number>>(
    graph.inputs.map(({ name, type }) => [name, hashUniform(name, sizeOf(type.shape)).map((v) => v + 0.25)]),
  );
  given.set('labels', [0, 1, 2]).set('lossScale', [1]).set('step', [1]);
  const values = interpret(graph, given);
  const results = Object.fromEntries(
    graph.outputs.map(({ name, value }) => [name, Float32Array.from(values.get(value.name)!.data)]),
  );
  const measured = readMeasurements(training, results, 1);
  expect(vectorNames(training).activationMean).toHaveLength(points.length);
  for (const [i, { scope, value }] of points.entries()) {
    const data = Array.from(values.get(value.name)!.data, Number);
    const squares = data.reduce((sum, v) => sum + v * v, 0);
    const mean = data.reduce((sum, v) => sum + v, 0) / data.length;
    const std = Math.sqrt(squares / data.length - mean ** 2);
    const size = Math.sqrt(squares / data.length);
    const close = (
      kind: 'activationMean' | 'activationStd' | 'activationNorm',
      direct: number,
      unit: number,
    ) => expect(Math.abs(measured[kind][i] - direct) / unit, `${kind} of ${scope}`).toBeLessThan(2e-5);
    close('activationMean', mean, size);
    close('activationStd', std, size);
    close('activationNorm', Math.sqrt(squares), Math.sqrt(squares));
  }
});

/** A network of hundreds of layers: its model leaves the shapes out, and its step is bit by bit the same. */
import { describe, expect, it } from 'vitest';
import { trainingGraph } from '../../src/autodiff/trainingGraph';
import { createOnnxEngine } from '../../src/engines/onnx/onnxEngine';
import { spellGraph } from '../../src/engines/onnx/spellGraph';
import { losses } from '../../src/losses';
import { findNetwork } from '../../src/networks';
import { runSteps, sgd, tiny } from './steps';

const deep = { ...tiny, ...sgd, title: 'deep', network: 'resnet350', options: { width: 2, classes: 4 } };

function spell(name: string) {
  const { batch, input, options, optimizer, optimizerOptions } = deep;
  const network = findNetwork(name, { options, input: [...input] }).build(batch, 'training');
  const loss = losses['cross-entropy'];
  return spellGraph(trainingGraph(network, { loss, optimizer, optimizerOptions }).graph, 'cpu');
}

describe('shapes told at run time', () => {
  it('are those of very deep graphs only', () => {
    expect(spell('resnet110').shapes).toBeUndefined();
    expect(spell('resnet350').shapes?.length).toBeGreaterThan(10);
  });

  it('change nothing in what a step computes', async () => {
    const [told, known] = await Promise.all(
      [true, false].map((tells) => runSteps(createOnnxEngine('plain', tells), 'cpu', deep, 2)),
    );
    expect(told.steps).toEqual(known.steps);
    expect(told.state).toEqual(known.state);
  });
});

/**
 * Models of source files whose gradients PyTorch has computed from the very same files (pytorch/networks.py, float64;
 * its results are kept beside it): the lowered network must give the same loss and the same gradient norm of every
 * parameter, under its name in the state_dict.
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
import { inspect } from '../../src/networks/inspection';
import { optimizers } from '../../src/optimizers';
import { type Analysis, analyze, lowerToNetwork } from '../../src/source';
import { goldenParameters } from '../golden/golden';
import { hashUniform } from '../hashUniform';

interface Computed {
  readonly file: string;
  readonly network: string;
  readonly input: readonly number[];
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

const families = path.resolve(import.meta.dirname, '../fixtures/source/families');
const analyses = new Map<string, Analysis>();

function modelOf(file: string, name: string) {
  const text = () => readFileSync(path.join(families, file), 'utf8');
  const known = analyses.get(file) ?? analyze(text(), { file, language: 'python' });
  analyses.set(file, known);
  return known.models.find((model) => model.name === name)!;
}

const labels = BigInt64Array.of(0n, 2n, 1n, 2n);

describe('PyTorch and the network that is read agree in float64', () => {
  it.each(computed)('$file: $network', async ({ file, network: name, input, loss, gradients }) => {
    const model = modelOf(file, name);
    const network = lowerToNetwork(model, file);
    expect(network.inputShape).toEqual(input);
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

  it('counts the parameters that the reading counts', () => {
    for (const { file, network } of computed) {
      const model = modelOf(file, network);
      const { parameters } = inspect(network, lowerToNetwork(model, file).build(1, 'inference'));
      expect([network, parameters]).toEqual([network, model.parameters]);
    }
  });
});

/**
 * Models of source files whose gradients PyTorch has computed from the very same files (pytorch/networks.py, float64;
 * its results are kept beside it): the lowered network must give the same loss and the same gradient norm of every
 * parameter, under its name in the state_dict.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/networks/inspection';
import { type Analysis, analyze, lowerToNetwork } from '../../src/source';
import { type Computed, expectPyTorch, readComputed } from '../againstPyTorch';

interface Case extends Computed {
  readonly file: string;
  readonly network: string;
  readonly input: readonly number[];
}

const computed = readComputed<Case>(path.join(import.meta.dirname, 'pytorch', 'gradients.jsonl'));

const families = path.resolve(import.meta.dirname, '../fixtures/source/families');
const analyses = new Map<string, Analysis>();

function modelOf(file: string, name: string) {
  const text = () => readFileSync(path.join(families, file), 'utf8');
  const known = analyses.get(file) ?? analyze(text(), { file, language: 'python' });
  analyses.set(file, known);
  return known.models.find((model) => model.name === name)!;
}

describe('PyTorch and the network that is read agree in float64', () => {
  it.each(computed)('$file: $network', async (one) => {
    const network = lowerToNetwork(modelOf(one.file, one.network), one.file);
    expect(network.inputShape).toEqual(one.input);
    await expectPyTorch(network, one);
  });

  it('counts the parameters that the reading counts', () => {
    for (const { file, network } of computed) {
      const model = modelOf(file, network);
      const { parameters } = inspect(network, lowerToNetwork(model, file).build(1, 'inference'));
      expect([network, parameters]).toEqual([network, model.parameters]);
    }
  });
});

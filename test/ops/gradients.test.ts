/**
 * Every gradient rule against central differences in float64. The loss is a fixed random projection of the
 * outputs, so that no symmetry hides a wrong sign.
 */
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/autodiff/differentiate';
import { interpret } from '../../src/engines/reference/referenceEngine';
import { Builder } from '../../src/ir/builder';
import type { Value } from '../../src/ir/graph';
import { rules, verify } from '../../src/ops';
import { hashUniform } from '../hashUniform';
import { exampleCases, exampleGraph } from './examples';

const step = 1e-5;

describe('gradients agree with finite differences', () => {
  const cases = exampleCases().filter(({ operator }) => typeof operator.gradient === 'function');

  it.each(cases)('$title', (example) => {
    const { graph, inputs, outputs, given } = exampleGraph(example);
    const wanted = inputs.filter(
      (v, i) => v.type.dtype === 'float32' && !(example.operator.name === 'BatchNormalization' && i > 2),
    );
    const b = Builder.from(graph, rules);
    const numbers = new Map(given);
    // Only outputs that gradients flow through: the statistics of batch norm and the log-probabilities are not.
    const flowing = ['BatchNormalizationTraining', 'SoftmaxCrossEntropyLoss'].includes(example.operator.name)
      ? outputs.slice(0, 1)
      : outputs;
    const terms = flowing.map((output, i): Value => {
      const weights = b.input(`weights${i}`, output.type);
      const size = output.type.shape.reduce((a, c) => a * c, 1);
      numbers.set(weights.name, hashUniform(`${example.title}/weights${i}`, size));
      return b.op('ReduceSum', [b.op('Mul', [output, weights])], { keepdims: false });
    });
    const loss = terms.reduce((sum, term) => b.op('Add', [sum, term]));
    const seed = b.constant({ dtype: 'float32', shape: [] }, [1]);
    const forward = b.finish();
    const withLoss = { ...forward, nodes: [...forward.nodes] };
    const gradients = differentiate(b, withLoss, loss, seed, wanted);
    const computed = wanted.map((v) => gradients.of(v));
    const full = verify(b.finish());
    const values = interpret(full, numbers);
    const lossAt = (name: string, i: number, delta: number) => {
      const moved = new Map(numbers);
      const data = numbers.get(name)!.slice();
      data[i] += delta;
      moved.set(name, data);
      return interpret(withLoss, moved).get(loss.name)!.data[0];
    };
    wanted.forEach((input, k) => {
      const gradient = computed[k];
      expect(gradient, `no gradient for input ${input.name}`).not.toBeNull();
      const analytic = values.get(gradient!.name)!.data;
      const size = analytic.length;
      const stride = Math.max(1, Math.floor(size / 24));
      for (let i = 0; i < size; i += stride) {
        const numeric = (lossAt(input.name, i, step) - lossAt(input.name, i, -step)) / (2 * step);
        const scale = Math.max(1, Math.abs(numeric));
        expect(Math.abs(analytic[i] - numeric) / scale, `${input.name}[${i}]`).toBeLessThan(1e-6);
      }
    });
  });
});

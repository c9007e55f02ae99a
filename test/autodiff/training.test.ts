/** What stands between a loss and an optimizer: label smoothing, penalties, clipping, and reproducible noise. */
import { describe, expect, it } from 'vitest';
import { drawNoises } from '../../src/autodiff/noises';
import { layOut } from '../../src/autodiff/parameterLayout';
import { regularize } from '../../src/autodiff/regularize';
import { trainingGraph } from '../../src/autodiff/trainingGraph';
import { interpret } from '../../src/engines/reference/referenceEngine';
import { float32, int64 } from '../../src/ir/tensorType';
import { losses } from '../../src/losses';
import type { Regularization } from '../../src/losses/regularization';
import { findNetwork } from '../../src/networks';
import { newBuilder, verify } from '../../src/ops';
import { optimizers } from '../../src/optimizers';

describe('label smoothing', () => {
  const lossOf = (labelSmoothing: number) => {
    const b = newBuilder('loss');
    const logits = b.input('logits', float32(2, 3));
    const labels = b.input('labels', int64(2));
    const loss = losses['cross-entropy'].build(b, logits, labels, { labelSmoothing });
    const values = interpret(
      verify(b.finish()),
      new Map([
        ['logits', [1, 2, 3, 0, -1, 4]],
        ['labels', [2, 0]],
      ]),
    );
    return values.get(loss.name)!.data[0];
  };

  it('spreads a share of the target over all classes', () => {
    const logSoftmax = (row: number[]) =>
      row.map((v) => v - Math.log(row.reduce((s, u) => s + Math.exp(u), 0)));
    const rows = [logSoftmax([1, 2, 3]), logSoftmax([0, -1, 4])];
    const smoothed = (s: number) => {
      const each = rows.map((row, i) => {
        const label = [2, 0][i];
        return -row.reduce((sum, v, c) => sum + v * ((c === label ? 1 - s : 0) + s / 3), 0);
      });
      return (each[0] + each[1]) / 2;
    };
    expect(lossOf(0)).toBeCloseTo(smoothed(0), 6);
    expect(lossOf(0.1)).toBeCloseTo(smoothed(0.1), 6);
  });
});

describe('between gradient and optimizer', () => {
  /** A weight of shape [1, 2] and a bias of shape [3]. */
  const regularized = (options: Partial<Regularization>) => {
    const b = newBuilder('regularize');
    const zeros = { kind: 'zeros' } as const;
    const layout = layOut([
      b.parameter('w.weight', float32(1, 2), 'weight', zeros),
      b.parameter('w.bias', float32(3), 'bias', zeros),
    ]);
    const owner = newBuilder('packed');
    const parameters = owner.input('parameters', float32(5));
    const gradient = owner.input('gradient', float32(5));
    const result = regularize(owner, gradient, parameters, layout, options);
    const values = interpret(
      verify(owner.finish()),
      new Map([
        ['parameters', [2, -4, 1, 1, 1]],
        ['gradient', [3, 0, -4, 0, 12]],
      ]),
    );
    return Array.from(values.get(result.name)!.data, (v) => Number(v.toFixed(6)));
  };

  it('leaves the gradient alone unless something is asked for', () => {
    expect(regularized({})).toEqual([3, 0, -4, 0, 12]);
  });

  it('penalises weights, not biases', () => {
    expect(regularized({ l1: 0.5 })).toEqual([3.5, -0.5, -4, 0, 12]);
    expect(regularized({ l2: 0.1 })).toEqual([3.2, -0.4, -4, 0, 12]);
  });

  it('clips every element, or the whole by its norm of 13', () => {
    expect(regularized({ clipValue: 3.5 })).toEqual([3, 0, -3.5, 0, 3.5]);
    expect(regularized({ clipNorm: 6.5 })).toEqual([1.5, 0, -2, 0, 6]);
    expect(regularized({ clipNorm: 14 })).toEqual([3, 0, -4, 0, 12]);
  });
});

describe('noise', () => {
  const graph = findNetwork('resnet8', { options: { survival: 0.5, dropout: 0.25, width: 4 } }).build(
    2,
    'training',
  );

  it('is an input a scope, and none at inference', () => {
    expect(graph.noises.map((n) => n.input.name)).toEqual([
      'random:stage1/block1/stochasticDepth',
      'random:stage2/block1/stochasticDepth',
      'random:stage3/block1/stochasticDepth',
      'random:dropout',
    ]);
    // Linear decay to a half over three blocks.
    expect(graph.noises.map((n) => Number(n.keep.toFixed(4)))).toEqual([0.8333, 0.6667, 0.5, 0.75]);
    for (const { input } of graph.noises) expect(graph.inputs).toContain(input);
    expect(findNetwork('resnet8', { options: { survival: 0.5 } }).build(2, 'inference').noises).toEqual([]);
  });

  it('depends on seed, step and scope, and on nothing else', () => {
    const first = drawNoises(graph.noises, 7, 3);
    expect(drawNoises(graph.noises, 7, 3)).toEqual(first);
    const alone = drawNoises([graph.noises[3]], 7, 3);
    expect(alone['random:dropout']).toEqual(first['random:dropout']);
    expect(drawNoises(graph.noises, 7, 4)).not.toEqual(first);
    expect(drawNoises(graph.noises, 8, 3)).not.toEqual(first);
  });

  it('keeps the share that it says, at the value that it says', () => {
    const dropout = graph.noises[3];
    let kept = 0;
    let drawn = 0;
    for (let step = 1; step <= 500; step++) {
      const mask = drawNoises([dropout], 1, step)['random:dropout'];
      drawn += mask.length;
      kept += mask.filter((v) => v > 0).length;
      for (const v of mask) expect([0, Math.fround(4 / 3)]).toContain(v);
    }
    // 16,000 draws: a standard deviation of 0.0034.
    expect(kept / drawn).toBeGreaterThan(0.735);
    expect(kept / drawn).toBeLessThan(0.765);
  });
});

describe('the graph of a step', () => {
  it('grows by the same few nodes a block, however deep the network', () => {
    const nodesOf = (depth: number) => {
      const network = findNetwork(`cifar-resnet${depth}`, { options: { width: 4 }, input: [3, 8, 8] });
      return trainingGraph(network.build(2, 'training'), {
        loss: losses['cross-entropy'],
        optimizer: optimizers.sgd,
        optimizerOptions: { momentum: 0.9, weightDecay: 1e-4 },
      }).graph.nodes.length;
    };
    const [a, b, c] = [20, 38, 56].map(nodesOf);
    // One node more or less: measurements are joined forty-eight at a time.
    expect(Math.abs(c - b - (b - a))).toBeLessThanOrEqual(1);
    // Nine blocks more: two convolutions, two norms, two activations and an addition each, and their gradients.
    expect((b - a) / 9).toBeLessThan(45);
  });
});

/** Every optimizer against its formula in plain numbers, over steps with changing gradients, in float64. */
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../src/base/options';
import { interpret } from '../../src/engines/reference/referenceEngine';
import { float32 } from '../../src/ir/tensorType';
import { newBuilder, verify } from '../../src/ops';
import { type OptimizerId, optimizers } from '../../src/optimizers';
import type { Optimizer } from '../../src/optimizers/optimizer';

const start = [0.5, -1.25, 2];
const gradients = [
  [0.1, -0.2, 0.3],
  [-0.05, 0.4, 0.25],
  [0.2, 0.2, -0.6],
];
const eta = 0.05;

/** Runs the optimizer's graph over the gradients; returns the weights behind every step. */
function run(id: OptimizerId, given: Record<string, number | boolean>): number[][] {
  const optimizer: Optimizer = optimizers[id];
  const options = readOptions(id, optimizer.options, given);
  const b = newBuilder(id);
  const vector = float32(start.length);
  const names = optimizer.slots(options);
  const inputs = {
    parameters: b.input('parameters', vector),
    gradient: b.input('gradient', vector),
    learningRate: b.input('learningRate', float32()),
    step: b.input('step', float32()),
    slots: Object.fromEntries(names.map((s) => [s, b.input(s, vector)])),
  };
  const next = optimizer.build(b, inputs, options);
  const graph = verify(b.finish());
  let weights: ArrayLike<number> = start;
  let slots: Record<string, ArrayLike<number>> = Object.fromEntries(names.map((s) => [s, [0, 0, 0]]));
  return gradients.map((gradient, i) => {
    const given = new Map<string, ArrayLike<number>>(
      Object.entries({ parameters: weights, gradient, learningRate: [eta], step: [i + 1], ...slots }),
    );
    const values = interpret(graph, given);
    weights = values.get(next.parameters.name)!.data;
    slots = Object.fromEntries(names.map((s) => [s, values.get(next.slots[s].name)!.data]));
    return Array.from(weights);
  });
}

type Update = (w: number, g: number, step: number, memory: number[]) => number;

/** The same in plain numbers, an element at a time; `memory` starts at zeros. */
const plainly = (update: Update): number[][] => {
  const weights = [...start];
  const memories = start.map(() => [0, 0]);
  return gradients.map((gradient, i) => {
    gradient.forEach((g, k) => {
      weights[k] = update(weights[k], g, i + 1, memories[k]);
    });
    return [...weights];
  });
};

const adamStep = (g: number, step: number, memory: number[]) => {
  memory[0] = 0.9 * memory[0] + 0.1 * g;
  memory[1] = 0.999 * memory[1] + 0.001 * g * g;
  return memory[0] / (1 - 0.9 ** step) / (Math.sqrt(memory[1] / (1 - 0.999 ** step)) + 1e-8);
};

const cases: readonly [string, OptimizerId, Record<string, number | boolean>, Update][] = [
  ['plain SGD', 'sgd', { momentum: 0, weightDecay: 0 }, (w, g) => w - eta * g],
  [
    'SGD with momentum and weight decay',
    'sgd',
    { momentum: 0.9, weightDecay: 0.01 },
    (w, g, _, m) => w - eta * (m[0] = 0.9 * m[0] + g + 0.01 * w),
  ],
  [
    'Nesterov',
    'nesterov',
    { momentum: 0.9, weightDecay: 0.01 },
    (w, g, _, m) => {
      const d = g + 0.01 * w;
      m[0] = 0.9 * m[0] + d;
      return w - eta * (d + 0.9 * m[0]);
    },
  ],
  ['Adam', 'adam', {}, (w, g, step, m) => w - eta * adamStep(g, step, m)],
  [
    'Adam with an L2 penalty',
    'adam',
    { weightDecay: 0.1 },
    (w, g, step, m) => w - eta * adamStep(g + 0.1 * w, step, m),
  ],
  ['AdamW', 'adamw', {}, (w, g, step, m) => w - eta * 0.01 * w - eta * adamStep(g, step, m)],
  [
    'RMSprop, epsilon outside the root',
    'rmsprop',
    { epsilon: 0.01 },
    (w, g, _, m) => {
      m[0] = 0.9 * m[0] + 0.1 * g * g;
      return w - (eta * g) / (Math.sqrt(m[0]) + 0.01);
    },
  ],
  [
    'RMSprop, epsilon inside the root, with momentum',
    'rmsprop',
    { epsilon: 0.01, epsilonInside: true, momentum: 0.5 },
    (w, g, _, m) => {
      m[0] = 0.9 * m[0] + 0.1 * g * g;
      m[1] = 0.5 * m[1] + g / Math.sqrt(m[0] + 0.01);
      return w - eta * m[1];
    },
  ],
];

describe('optimizers follow their formulas', () => {
  it.each(cases)('%s', (_, id, options, update) => {
    const want = plainly(update);
    run(id, options).forEach((weights, step) => {
      weights.forEach((w, i) => {
        // Constants of a graph are float32.
        expect(Math.abs(w - want[step][i]), `weight ${i} behind step ${step + 1}`).toBeLessThan(2e-7);
      });
    });
  });

  it('says what each is and where it comes from', () => {
    for (const [id, optimizer] of Object.entries<Optimizer>(optimizers)) {
      expect(optimizer.id).toBe(id);
      expect(optimizer.citation).toMatch(/\d{4}/);
    }
  });
});

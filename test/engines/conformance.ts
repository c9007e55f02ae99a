/**
 * One body for all engines and all of their devices: every operator example and whole training steps against the
 * float64 reference, and what a program promises about its states. A device that cannot be used is named.
 */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { interpret, referenceEngine } from '../../src/engines/reference/referenceEngine';
import { optimizers } from '../../src/optimizers';
import type { Optimizer } from '../../src/optimizers/optimizer';
import { difference, exampleCases, exampleGraph } from '../ops/examples';
import { expectAgreement, prepareSteps, runSteps, type StepCase } from './steps';

/** Everything that an engine must do, on each device that it has here. */
export async function engineConformance(engine: Engine): Promise<void> {
  for (const device of await engine.probe()) {
    if (device.available) {
      operatorConformance(engine, device.id);
      stepConformance(engine, device.id);
      stateConformance(engine, device.id);
    } else {
      console.info(`skipped: ${engine.id} on ${device.id}. ${device.reason}`);
      describe(`${engine.id} on ${device.id}`, () => {
        it.skip(`not here: ${device.reason}`, () => {});
      });
    }
  }
}

export function operatorConformance(engine: Engine, device: string): void {
  describe(`${engine.id} on ${device} agrees with the reference`, () => {
    it.each(exampleCases())('$title', async (example) => {
      const { graph, outputs, given } = exampleGraph(example);
      const expected = interpret(graph, given);
      const program = await engine.compile(graph, { device, threads: 1 });
      const feeds = Object.fromEntries(
        graph.inputs.map((v) => {
          const data = given.get(v.name)!;
          return [
            v.name,
            v.type.dtype === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data),
          ];
        }),
      );
      const results = await program.evaluate(feeds);
      await program.dispose();
      outputs.forEach((output, k) => {
        const want = expected.get(output.name)!.data;
        const got = results[`output${k}`];
        expect(got.length).toBe(want.length);
        const worst = want.reduce((worst, v, i) => Math.max(worst, difference(v, got[i])), 0);
        expect(worst, `output ${k}`).toBeLessThan(1e-4);
      });
    });
  });
}

const sgd = { optimizer: optimizers.sgd, optimizerOptions: { momentum: 0.9, weightDecay: 1e-3 } };
const tiny = { network: 'resnet8', batch: 4, input: [3, 8, 8], learningRate: 0.05 } as const;

/** Both shortcuts, the plain twin, and every optimizer with its defaults. */
function stepCases(): StepCase[] {
  const options = { width: 2, classes: 4 };
  return [
    { ...tiny, ...sgd, title: 'a residual network with padded shortcuts', options },
    {
      ...tiny,
      ...sgd,
      title: 'a residual network with projections',
      options: { ...options, shortcut: 'projection' },
    },
    { ...tiny, ...sgd, title: 'a plain network', network: 'plain8', options },
    ...Object.entries<Optimizer>(optimizers).map(([id, optimizer]): StepCase => {
      const defaults = Object.entries(optimizer.options).map(([name, option]) => [name, option.default]);
      return {
        ...tiny,
        title: `a residual network under ${id}`,
        options,
        optimizer,
        optimizerOptions: Object.fromEntries(defaults),
        learningRate: 0.01,
      };
    }),
  ];
}

/** Three steps of tiny networks: the loss, every measurement, the weights and the optimizer's own states. */
export function stepConformance(engine: Engine, device: string): void {
  describe(`${engine.id} on ${device} trains as the reference does`, () => {
    it.each(stepCases())('$title', async (spec) => {
      const want = await runSteps(referenceEngine, 'reference', spec, 3);
      expect(want.steps.every(({ loss }) => Number.isFinite(loss))).toBe(true);
      expectAgreement(await runSteps(engine, device, spec, 3), want);
    });
  });
}

/** What a program promises about its states. */
export function stateConformance(engine: Engine, device: string): void {
  const spec = { ...tiny, ...sgd, title: 'states', options: { width: 2, classes: 4 } };

  describe(`${engine.id} on ${device} keeps its states`, () => {
    it('leaves them alone while evaluating and when a step is refused', async () => {
      const { program, feeds } = await prepareSteps(engine, device, spec);
      const before = await program.readState();
      const evaluated = await program.evaluate(feeds(1));
      const refused = await program.step(feeds(1), ({ loss }) => loss[0] < 0);
      expect(await program.readState()).toEqual(before);
      const accepted = await program.step(feeds(1), ({ loss }) => loss[0] > 0);
      expect(await program.readState()).not.toEqual(before);
      expect(refused.loss).toEqual(evaluated.loss);
      expect(accepted.loss).toEqual(evaluated.loss);
      await program.dispose();
    });

    it('goes on from a state that was read and written back', async () => {
      const { program, feeds } = await prepareSteps(engine, device, spec);
      await program.step(feeds(1));
      const kept = await program.readState();
      const copy = new Map([...kept].map(([name, data]) => [name, data.slice()]));
      const first = await program.step(feeds(2));
      // What was read is the caller's own: later steps do not reach it.
      expect(kept).toEqual(copy);
      await program.writeState(kept);
      for (const data of kept.values()) data.fill(0);
      const again = await program.step(feeds(2));
      expect(again.loss).toEqual(first.loss);
      expect(again.weightSquares).toEqual(first.weightSquares);
      await program.dispose();
    });

    it('refuses feeds of the wrong size and goes on', async () => {
      const { program, feeds } = await prepareSteps(engine, device, spec);
      await expect(program.step({ ...feeds(1), input: new Float32Array(5) })).rejects.toThrow('5');
      expect((await program.step(feeds(1))).loss[0]).toBeGreaterThan(0);
      await program.dispose();
    });
  });
}

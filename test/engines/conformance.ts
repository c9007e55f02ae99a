/**
 * One body for all engines and all of their devices: every operator example and whole training steps against the
 * float64 reference, and what a program promises about its states. A device that cannot be used is named.
 */
import { describe, expect, it } from 'vitest';
import { evaluationGraph } from '../../src/autodiff/trainingGraph';
import type { Engine } from '../../src/engines/engine';
import { referenceEngine } from '../../src/engines/reference/referenceEngine';
import { findNetwork } from '../../src/networks';
import { hashUniform } from '../hashUniform';
import { exampleCases } from '../ops/examples';
import { exampleDifference } from './exampleDifference';
import { prepareSteps, runSteps, type StepRun, sgd, stepCases, tiny, worstDifference } from './steps';

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
      expect(await exampleDifference(engine, device, example)).toBeLessThan(1e-4);
    });
  });
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

export function expectAgreement(got: StepRun, want: StepRun, tolerance = 1e-4): void {
  const { what, difference } = worstDifference(got, want);
  expect(difference, what).toBeLessThan(tolerance);
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
      expectSame(refused.loss, evaluated.loss);
      expectSame(accepted.loss, evaluated.loss);
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
      expectSame(again.loss, first.loss);
      expectSame(again.weightSquares, first.weightSquares);
      await program.dispose();
    });

    it('has siblings with states of their own, each of which may go first', async () => {
      const { program, feeds } = await prepareSteps(engine, device, spec);
      const start = await program.readState();
      const alone = [await program.step(feeds(1)), await program.step(feeds(2))];
      const sibling = program.sibling();
      await program.writeState(start);
      await sibling.writeState(start);
      // Interleaved, and on batches of their own: neither moves the other.
      await program.step(feeds(3));
      const first = await sibling.step(feeds(1));
      await program.step(feeds(4));
      await program.dispose();
      const second = await sibling.step(feeds(2));
      expectSame(first.loss, alone[0].loss);
      expectSame(second.loss, alone[1].loss);
      expectSame(second.weightSquares, alone[1].weightSquares);
      await sibling.dispose();
    });

    it('evaluates with weights that were written once', async () => {
      const network = findNetwork('resnet8', spec);
      const graph = evaluationGraph(network.build(2, 'inference'));
      const images = Float32Array.from(hashUniform('images', 2 * 3 * 8 * 8));
      const written = new Map(
        graph.inputs
          .filter(({ name }) => name !== 'input')
          // Variances among them: above zero.
          .map(({ name, type }) => [
            name,
            Float32Array.from(hashUniform(name, type.shape[0]), (v) => 0.5 + 0.4 * v),
          ]),
      );
      const logits = async (by: Engine, on: string) => {
        const program = await by.compile(graph, { device: on, threads: 1 });
        await program.writeState(written);
        const first = await program.evaluate({ input: images });
        expectSame((await program.evaluate({ input: images })).logits, first.logits);
        await program.dispose();
        return first.logits;
      };
      const want = await logits(referenceEngine, 'reference');
      const got = await logits(engine, device);
      const largest = want.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      want.forEach((v, i) => {
        expect(Math.abs(got[i] - v) / largest).toBeLessThan(1e-4);
      });
    });

    it('refuses feeds of the wrong size and goes on', async () => {
      const { program, feeds } = await prepareSteps(engine, device, spec);
      await expect(program.step({ ...feeds(1), input: new Float32Array(5) })).rejects.toThrow('5');
      expect((await program.step(feeds(1))).loss[0]).toBeGreaterThan(0);
      await program.dispose();
    });
  });
}

/** The same up to the order in which a GPU's threads happen to add. */
function expectSame(got: Float32Array, want: Float32Array): void {
  expect(got.length).toBe(want.length);
  want.forEach((v, i) => {
    expect(Math.abs(got[i] - v) / Math.max(1, Math.abs(v))).toBeLessThan(1e-6);
  });
}

/** The golden values on any engine: one forward and backward pass, the fork figures, and the optimizers' runs. */
import { describe, expect, it } from 'vitest';
import { type Measurements, readMeasurements } from '../../src/autodiff/measurements';
import { pack } from '../../src/autodiff/parameterLayout';
import { type TrainingGraph, trainingGraph } from '../../src/autodiff/trainingGraph';
import { type OptionValue, readOptions } from '../../src/base/options';
import type { Engine, Program, Results } from '../../src/engines/engine';
import type { Graph } from '../../src/ir/graph';
import { losses } from '../../src/losses';
import { optimizers } from '../../src/optimizers';
import {
  type Golden,
  type GoldenRun,
  type GoldenSettings,
  goldenInput,
  goldenParameters,
  readGolden,
} from './golden';

const lossScale = 1024;

export interface GoldenCase {
  readonly golden: string;
  build(batch: number): Graph;
}

async function prepare(engine: Engine, device: string, golden: Golden, training: TrainingGraph) {
  const program = await engine.compile(training.graph, { device, threads: 2 });
  const state = new Map([['parameters', pack(training.parameters, goldenParameters(training.parameters))]]);
  for (const slot of training.slots) state.set(slot, new Float32Array(training.parameters.size));
  if (training.statistics.size > 0) state.set('statistics', new Float32Array(training.statistics.size));
  await program.writeState(state);
  const step = (number: number, learningRate: number): Promise<Results> =>
    program.step({
      input: goldenInput(golden),
      labels: BigInt64Array.from(golden.labels, BigInt),
      learningRate: Float32Array.of(learningRate),
      step: Float32Array.of(number),
      lossScale: Float32Array.of(lossScale),
    });
  return { program, step };
}

export function goldenConformance(engine: Engine, device: string, { golden: name, build }: GoldenCase): void {
  const golden = readGolden(name);
  /** The README's rule: the larger of 1e-4 and ten times PyTorch's own float32 error. */
  const tolerance = (kind: Kind) => Math.max(1e-4, 10 * golden.float32[kind]);
  const near: Near = (what, got, want, kind) =>
    expect(
      Math.abs(got - want) / Math.max(Math.abs(want), 1e-30),
      `${what}: ${got}, not ${want}`,
    ).toBeLessThan(tolerance(kind));

  describe(`${name} on ${engine.id} (${device})`, () => {
    const training = trainingGraph(build(golden.inputShape[0]), {
      loss: losses['cross-entropy'],
      optimizer: optimizers.sgd,
      optimizerOptions: { momentum: 0.9, weightDecay: 1e-4 },
    });

    it('gives the loss, logits, norms and fork figures', async () => {
      const { program, step } = await prepare(engine, device, golden, training);
      const results = await step(1, 0);
      await program.dispose();
      const measured = readMeasurements(training, results, lossScale);
      near('loss', results.loss[0], golden.loss, 'loss');
      const largest = Math.max(...golden.logits.flat().map(Math.abs));
      golden.logits.flat().forEach((logit, i) => {
        expect(Math.abs(results.logits[i] - logit) / largest, `logit ${i}`).toBeLessThan(1e-4);
      });
      compareParameters(golden, training, measured, near);
      compareBlocks(golden, training, measured, near);
    });

    for (const [id, run] of Object.entries(golden.optimisers ?? {})) {
      const { kind, lr, ...settings } = run.config;
      it(`trains four steps with ${id}`, async () => {
        const optimizer = optimizers[kind as keyof typeof optimizers];
        const optimizerOptions = readOptions(kind, optimizer.options, namedAsHere(settings));
        const spec = { loss: losses['cross-entropy'], optimizer, optimizerOptions };
        const graph = trainingGraph(build(golden.inputShape[0]), spec);
        const { program, step } = await prepare(engine, device, golden, graph);
        await followRun(run, golden.float32.optimisers![id], graph, program, (n) => step(n, lr));
      });
    }
  });
}

/** The files' words for settings that have other names here. */
function namedAsHere({ eps, epsOutsideSqrt, ...rest }: GoldenSettings): Record<string, OptionValue> {
  return {
    ...rest,
    ...(eps !== undefined && { epsilon: eps }),
    ...(epsOutsideSqrt !== undefined && { epsilonInside: !epsOutsideSqrt }),
  };
}

type Kind = 'loss' | 'gradientNorm' | 'activationNorm' | 'activationGradientNorm';
type Near = (what: string, got: number, want: number, kind: Kind) => void;

function compareParameters(
  golden: Golden,
  training: TrainingGraph,
  measured: Measurements,
  near: Near,
): void {
  const at = new Map(training.parameters.entries.map((e, i) => [e.name, i]));
  expect([...at.keys()].sort()).toEqual(golden.parameters.map((p) => p.name).sort());
  const floor = 1e-6 * Math.max(...golden.parameters.map((p) => p.gradientNorm));
  for (const { name, shape, weightNorm, gradientNorm } of golden.parameters) {
    const i = at.get(name)!;
    expect(training.parameters.entries[i].shape).toEqual(shape);
    near(`weight norm of ${name}`, measured.weightNorm[i], weightNorm, 'activationNorm');
    if (gradientNorm > floor)
      near(`gradient norm of ${name}`, measured.weightGradientNorm[i], gradientNorm, 'gradientNorm');
  }
}

function compareBlocks(golden: Golden, training: TrainingGraph, measured: Measurements, near: Near): void {
  for (const want of golden.blocks) {
    const block = training.points.findIndex((p) => p.name === want.name);
    expect(block, `a point called ${want.name}`).toBeGreaterThanOrEqual(0);
    expect(training.points[block].value.type.shape).toEqual(want.outputShape);
    near(`${want.name} norm`, measured.activationNorm[block], want.activationNorm, 'activationNorm');
    near(`${want.name} std`, measured.activationStd[block], want.activationStd, 'activationNorm');
    // A mean near zero has no relative error worth the name: it is held to the standard deviation's scale.
    expect(Math.abs(measured.activationMean[block] - want.activationMean) / want.activationStd).toBeLessThan(
      1e-4,
    );
    near(
      `${want.name} gradient`,
      measured.activationGradientNorm[block],
      want.activationGradientNorm,
      'activationGradientNorm',
    );
    const fork = training.forks.findIndex((f) => f.name === want.name);
    expect(fork >= 0).toBe(want.skip !== null);
    if (!want.skip) continue;
    near(`${want.name} skip`, measured.skipNorm[fork], want.skip.skipNorm, 'activationGradientNorm');
    near(`${want.name} branch`, measured.branchNorm[fork], want.skip.branchNorm, 'activationGradientNorm');
    near(`${want.name} cosine`, measured.forkCosine[fork], want.skip.cosine, 'activationGradientNorm');
  }
}

async function followRun(
  run: GoldenRun,
  own: { readonly loss: number[]; readonly weightNorm: number },
  training: TrainingGraph,
  program: Program,
  step: (number: number) => Promise<Results>,
): Promise<void> {
  for (const [i, want] of run.lossBeforeEachStep.entries()) {
    const { loss } = await step(i + 1);
    const tolerance = Math.max(1e-4, 10 * own.loss[i]);
    expect(Math.abs(loss[0] - want) / want, `loss before step ${i + 1}`).toBeLessThan(tolerance);
  }
  const weights = (await program.readState()).get('parameters')!;
  await program.dispose();
  const tolerance = Math.max(1e-4, 10 * own.weightNorm);
  for (const { name, offset, size } of training.parameters.entries) {
    const norm = Math.hypot(...weights.subarray(offset, offset + size));
    const want = run.weightNormAfter[name];
    expect(Math.abs(norm - want) / want, `norm of ${name} after step 4`).toBeLessThan(tolerance);
  }
}

/**
 * Whole training steps on an engine: which ones, how to run them, and how far two runs are apart in loss, measurements
 * and weights. Also bundled into what is packed for a machine with a GPU, so it knows no test runner.
 */
import { type Measurements, readMeasurements, vectorKinds } from '../../src/autodiff/measurements';
import { pack } from '../../src/autodiff/parameterLayout';
import { type TrainingGraph, trainingGraph } from '../../src/autodiff/trainingGraph';
import type { Engine, Feeds, Program } from '../../src/engines/engine';
import { sizeOf } from '../../src/ir/tensorType';
import { losses } from '../../src/losses';
import type { NetworkChoice } from '../../src/networks';
import { findNetwork } from '../../src/networks';
import { optimizers } from '../../src/optimizers';
import type { Optimizer } from '../../src/optimizers/optimizer';
import { goldenParameters } from '../golden/golden';
import { hashUniform } from '../hashUniform';

export interface StepCase extends NetworkChoice {
  readonly title: string;
  readonly network: string;
  readonly batch: number;
  readonly optimizer: Optimizer;
  readonly optimizerOptions: Readonly<Record<string, unknown>>;
  readonly learningRate: number;
}

export const sgd = { optimizer: optimizers.sgd, optimizerOptions: { momentum: 0.9, weightDecay: 1e-3 } };
export const tiny = { network: 'resnet8', batch: 4, input: [3, 8, 8], learningRate: 0.05 } as const;

/** Both shortcuts, the plain twin, and every optimizer with its defaults. */
export function stepCases(): StepCase[] {
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

export interface StepRecord {
  readonly loss: number;
  readonly logits: Float32Array;
  readonly measured: Measurements;
}

export interface StepRun {
  readonly steps: readonly StepRecord[];
  readonly state: ReadonlyMap<string, Float32Array>;
}

const lossScale = 256;

export interface PreparedSteps {
  readonly training: TrainingGraph;
  readonly program: Program;
  feeds(step: number): Feeds;
}

/** A compiled program with hashed weights; every step gets images of its own. */
export async function prepareSteps(engine: Engine, device: string, spec: StepCase): Promise<PreparedSteps> {
  const network = findNetwork(spec.network, spec);
  const training = trainingGraph(network.build(spec.batch, 'training'), {
    loss: losses['cross-entropy'],
    optimizer: spec.optimizer,
    optimizerOptions: spec.optimizerOptions,
  });
  const program = await engine.compile(training.graph, { device, threads: 2 });
  const { parameters, statistics, slots } = training;
  const state = new Map([['parameters', pack(parameters, goldenParameters(parameters))]]);
  for (const slot of slots) state.set(slot, new Float32Array(parameters.size));
  if (statistics.size > 0) state.set('statistics', new Float32Array(statistics.size));
  await program.writeState(state);
  const size = sizeOf([spec.batch, ...network.inputShape]);
  const feeds = (step: number): Feeds => ({
    input: Float32Array.from(hashUniform(`images ${step}`, size)),
    labels: BigInt64Array.from({ length: spec.batch }, (_, i) => BigInt((i + step) % network.classes)),
    learningRate: Float32Array.of(spec.learningRate),
    step: Float32Array.of(step),
    lossScale: Float32Array.of(lossScale),
  });
  return { training, program, feeds };
}

export async function runSteps(
  engine: Engine,
  device: string,
  spec: StepCase,
  count: number,
): Promise<StepRun> {
  const { training, program, feeds } = await prepareSteps(engine, device, spec);
  const steps: StepRecord[] = [];
  for (let step = 1; step <= count; step++) {
    const results = await program.step(feeds(step));
    steps.push({
      loss: results.loss[0],
      logits: results.logits,
      measured: readMeasurements(training, results, lossScale),
    });
  }
  const state = await program.readState();
  await program.dispose();
  return { steps, state };
}

/**
 * The largest difference of two runs, each number's relative to itself or, where it is small, to a thousandth of the
 * largest beside it: below that float32 has no digits left. Cosines and means have a scale of their own.
 */
export function worstDifference(got: StepRun, want: StepRun): { what: string; difference: number } {
  let worst = { what: 'nothing', difference: 0 };
  const compare = (what: string, a: ArrayLike<number>, b: ArrayLike<number>, scale?: ArrayLike<number>) => {
    if (a.length !== b.length) throw new Error(`${what}: ${a.length} numbers, not ${b.length}`);
    let largest = 0;
    for (let i = 0; i < b.length; i++) if (Math.abs(b[i]) > largest) largest = Math.abs(b[i]);
    for (let i = 0; i < b.length; i++) {
      if (Number.isNaN(a[i]) && Number.isNaN(b[i])) continue;
      const size = scale ? scale[i] : Math.max(Math.abs(b[i]), 1e-3 * largest, 1e-30);
      const difference = Math.abs(a[i] - b[i]) / size;
      if (!(difference <= worst.difference))
        worst = { what: `${what}[${i}]: ${a[i]}, not ${b[i]}`, difference };
    }
  };
  want.steps.forEach(({ loss, logits, measured }, i) => {
    const at = `step ${i + 1}`;
    compare(`${at} loss`, [got.steps[i].loss], [loss]);
    const largest = logits.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    compare(
      `${at} logits`,
      got.steps[i].logits,
      logits,
      logits.map(() => largest),
    );
    for (const kind of vectorKinds) {
      const own =
        kind === 'forkCosine'
          ? measured.forkCosine.map(() => 1)
          : kind === 'activationMean'
            ? measured.activationStd
            : // An update is a difference of weights, so it has their digits: 1e-7 of a weight's norm.
              kind === 'updateRatio'
              ? measured.updateRatio.map((ratio) => Math.max(ratio, 1e-3))
              : undefined;
      compare(`${at} ${kind}`, got.steps[i].measured[kind], measured[kind], own);
    }
  });
  const names = (run: StepRun) => [...run.state.keys()].sort().join();
  if (names(got) !== names(want)) throw new Error(`states ${names(got)}, not ${names(want)}`);
  for (const [name, data] of want.state) {
    const largest = data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    compare(
      name,
      got.state.get(name)!,
      data,
      data.map(() => largest),
    );
  }
  return worst;
}

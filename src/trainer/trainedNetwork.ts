/** One network in training: its compiled step, its evaluation, its state. Knows no run, no disk and no clock. */

import { gradientSquares, type Measurements, readMeasurements, vectorNames } from '../autodiff/measurements';
import { drawNoises } from '../autodiff/noises';
import { type ParameterLayout, pack, unpack } from '../autodiff/parameterLayout';
import { evaluationGraph, type TrainingGraph, trainingGraph } from '../autodiff/trainingGraph';
import { internal } from '../base/errors';
import { readOptions } from '../base/options';
import type { CompileOptions, Engine, Feeds, Program, Results } from '../engines/engine';
import type { Graph } from '../ir/graph';
import { losses } from '../losses';
import type { Network } from '../networks/network';
import { optimizers } from '../optimizers';
import type { Optimizer } from '../optimizers/optimizer';
import type { RunSettings } from '../protocol/settings';
import { initialValues } from './initialize';
import { betterLossScale, initialLossScale } from './lossScale';

export interface StepResult {
  /** Mean cross-entropy of the batch, nats. */
  readonly loss: number;
  /** Share of the batch whose largest logit is its label's. */
  readonly accuracy: number;
  readonly logits: Float32Array;
  readonly measurements: Measurements;
}

export interface LabelledBatch {
  readonly images: Float32Array;
  readonly labels: BigInt64Array;
}

export interface Placement extends CompileOptions {
  readonly engine: Engine;
}

/** What of a run's settings goes into the compiled step; penalties that are not given are none. */
export type CompileSettings = Pick<RunSettings, 'optimizer' | 'optimizerOptions' | 'batchSize' | 'seed'> &
  Partial<Pick<RunSettings, 'labelSmoothing' | 'l1' | 'l2' | 'clipValue' | 'clipNorm'>>;

/** How often one step may be measured anew with another loss scale. */
const attempts = 3;

export class TrainedNetwork {
  lossScale = initialLossScale;

  private constructor(
    readonly network: Network,
    readonly training: TrainingGraph,
    private readonly program: Program,
    private readonly placement: Placement,
    private readonly settings: CompileSettings,
    /** One for all replicas: it is handed the weights of whoever is evaluated. */
    private readonly evaluation: { program?: Promise<Program> } = {},
  ) {}

  static async compile(
    network: Network,
    graph: Graph,
    settings: CompileSettings,
    { onStage, ...placement }: Placement,
    { record = true }: { record?: boolean } = {},
  ): Promise<TrainedNetwork> {
    const optimizer: Optimizer = optimizers[settings.optimizer];
    const training = trainingGraph(graph, {
      loss: losses['cross-entropy'],
      optimizer,
      optimizerOptions: readOptions(optimizer.title, optimizer.options, settings.optimizerOptions ?? {}),
      lossOptions: { labelSmoothing: settings.labelSmoothing ?? 0 },
      regularization: settings,
      record,
    });
    await onStage?.(0.2);
    const program = await placement.engine.compile(training.graph, { ...placement, onStage });
    const trained = new TrainedNetwork(network, training, program, placement, settings);
    await trained.initialize(settings.seed);
    return trained;
  }

  /** The same compiled network from the initial weights of another seed, in a state of its own. */
  async replica(seed: number): Promise<TrainedNetwork> {
    const { network, training, placement, evaluation } = this;
    const settings = { ...this.settings, seed };
    const program = this.program.sibling();
    const replica = new TrainedNetwork(network, training, program, placement, settings, evaluation);
    await replica.initialize(seed);
    return replica;
  }

  /** Names of the elements of every recorded vector. */
  get vectorNames() {
    return vectorNames(this.training);
  }

  /** One optimizer step; where the loss is not a number, the state stays as it was before the step. */
  async step(batch: LabelledBatch, number: number, learningRate: number): Promise<StepResult> {
    return this.measure(batch, (feeds, accept) => this.program.step(feeds, accept), number, learningRate);
  }

  /** One step whose results nobody reads, with a learning rate of 0: for timing, with or without measurements. */
  async time({ images, labels }: LabelledBatch, number: number): Promise<void> {
    await this.program.step(this.feeds(images, labels, number, 0));
  }

  /** Forward, backward and all measurements; no state moves. */
  async probe(batch: LabelledBatch): Promise<StepResult> {
    return this.measure(
      batch,
      async (feeds, accept) => {
        const results = await this.program.evaluate(feeds);
        accept(results);
        return results;
      },
      1,
      0,
    );
  }

  /** Logits of `count` images with running statistics. */
  async logits(images: Float32Array, count: number): Promise<Float32Array> {
    const program = await this.evaluationProgram();
    const size = images.length / this.settings.batchSize;
    if (!Number.isInteger(size)) throw internal('evaluation batches are of one size');
    const { logits } = await program.evaluate({ input: images });
    return logits.subarray(0, (logits.length / this.settings.batchSize) * count);
  }

  /** Hands the current weights to the evaluation program. */
  async refreshEvaluation(): Promise<void> {
    const program = await this.evaluationProgram();
    const state = await this.program.readState();
    await program.writeState(
      new Map([...state].filter(([name]) => name === 'parameters' || name === 'statistics')),
    );
  }

  /** Every weight, running statistic and optimizer slot by name (`momentum/conv1.weight`), in row-major order. */
  async readTensors(): Promise<Map<string, { shape: readonly number[]; data: Float32Array }>> {
    const state = await this.program.readState();
    const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    const add = (layout: ParameterLayout, packed: Float32Array | undefined, prefix = '') => {
      if (!packed) return;
      const parts = unpack(layout, packed);
      for (const { name, shape } of layout.entries)
        tensors.set(prefix + name, { shape, data: parts.get(name)! });
    };
    add(this.training.parameters, state.get('parameters'));
    add(this.training.statistics, state.get('statistics'));
    for (const slot of this.training.slots) add(this.training.parameters, state.get(slot), `${slot}/`);
    return tensors;
  }

  /** The counterpart of `readTensors`; what is not given keeps its value. */
  async writeTensors(tensors: ReadonlyMap<string, ArrayLike<number>>): Promise<void> {
    const { parameters, statistics, slots } = this.training;
    const current = await this.readTensors();
    const merged = (layout: ParameterLayout, prefix = '') =>
      pack(
        layout,
        new Map(
          layout.entries.map(({ name }) => [
            name,
            tensors.get(prefix + name) ?? current.get(prefix + name)!.data,
          ]),
        ),
      );
    const state = new Map([['parameters', merged(parameters)]]);
    if (statistics.size > 0) state.set('statistics', merged(statistics));
    for (const slot of slots) state.set(slot, merged(parameters, `${slot}/`));
    await this.program.writeState(state);
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
    const { program } = this.evaluation;
    // The first replica to go takes it along; the others find none.
    this.evaluation.program = undefined;
    await (await program)?.dispose();
  }

  private async initialize(seed: number): Promise<void> {
    const { parameters, statistics, slots } = this.training;
    const fresh = (layout: ParameterLayout) =>
      pack(layout, new Map(layout.entries.map((e) => [e.name, initialValues(e.parameter, seed)])));
    const state = new Map([['parameters', fresh(parameters)]]);
    if (statistics.size > 0) state.set('statistics', fresh(statistics));
    for (const slot of slots) state.set(slot, new Float32Array(parameters.size));
    await this.program.writeState(state);
  }

  private async measure(
    { images, labels }: LabelledBatch,
    run: (feeds: Feeds, accept: (results: Results) => boolean) => Promise<Results>,
    number: number,
    learningRate: number,
  ): Promise<StepResult> {
    for (let attempt = 1; ; attempt++) {
      const scale = this.lossScale;
      let better: number | null = null;
      const results = await run(this.feeds(images, labels, number, learningRate), (results) => {
        if (!Number.isFinite(results.loss[0])) return false;
        better = attempt < attempts ? betterLossScale(gradientSquares(this.training, results), scale) : null;
        return better === null;
      });
      if (better !== null) {
        this.lossScale = better;
        continue;
      }
      return {
        loss: results.loss[0],
        accuracy: accuracyOf(results.logits, labels),
        logits: results.logits,
        measurements: readMeasurements(this.training, results, scale),
      };
    }
  }

  private feeds(images: Float32Array, labels: BigInt64Array, number: number, learningRate: number): Feeds {
    return {
      ...drawNoises(this.training.graph.noises, this.settings.seed, number),
      input: images,
      labels,
      learningRate: Float32Array.of(learningRate),
      step: Float32Array.of(number),
      lossScale: Float32Array.of(this.lossScale),
    };
  }

  private evaluationProgram(): Promise<Program> {
    const compile = () =>
      this.placement.engine.compile(
        evaluationGraph(this.network.build(this.settings.batchSize, 'inference')),
        this.placement,
      );
    return (this.evaluation.program ??= compile());
  }
}

/** Share of rows whose largest logit is at the label. */
export function accuracyOf(logits: Float32Array, labels: ArrayLike<number | bigint>): number {
  const classes = logits.length / labels.length;
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[i * classes + c] > logits[i * classes + best]) best = c;
    if (best === Number(labels[i])) right++;
  }
  return right / labels.length;
}

/** Sum over rows of -log softmax(logits)[label]. */
export function crossEntropySum(
  logits: Float32Array,
  labels: ArrayLike<number | bigint>,
  count: number,
): number {
  const classes = logits.length / count;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    let top = -Infinity;
    for (const v of row) top = Math.max(top, v);
    let total = 0;
    for (const v of row) total += Math.exp(v - top);
    sum += Math.log(total) + top - row[Number(labels[i])];
  }
  return sum;
}

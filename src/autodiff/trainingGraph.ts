/**
 * From a network to its training step: forward, loss, backward, every measurement, update. All of it is ordinary
 * nodes in one graph; what comes out beside the next state is a few packed vectors of sums of squares, which
 * `measurements.ts` turns into norms by name.
 *
 * The gradient is seeded with `lossScale` (a power of two, divided out again before the update), so that norms
 * of vanishing and exploding gradients stay inside float32 without a second pass over any tensor.
 */
import type { Builder } from '../ir/builder';
import { Builder as GraphBuilder } from '../ir/builder';
import type { Block, Graph, Node, Parameter, Value } from '../ir/graph';
import { float32, int64, sizeOf } from '../ir/tensorType';
import type { Loss } from '../losses/loss';
import type { Regularization } from '../losses/regularization';
import { rules, verify } from '../ops';
import type { Optimizer } from '../optimizers/optimizer';
import { differentiate } from './differentiate';
import {
  flatten,
  layOut,
  type ParameterLayout,
  packedTensors,
  packValues,
  squaresByParameter,
  unpackNodes,
} from './parameterLayout';
import { regularize } from './regularize';
import { addTaps, noTaps, type Taps } from './taps';

export interface TrainingSpec {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly optimizerOptions: Readonly<Record<string, unknown>>;
  /** Label smoothing and the like; defaults where nothing is given. */
  readonly lossOptions?: Readonly<Record<string, unknown>>;
  /** Penalties and clipping; none where nothing is given. */
  readonly regularization?: Partial<Regularization>;
  /** False leaves out every measurement, to tell what recording costs. */
  readonly record?: boolean;
}

/** A value that is measured: a layer's or a block's output, under its scope path. */
export interface Point {
  readonly scope: string;
  /** A block's public name (`layer1.0`); a layer's is its scope. */
  readonly name: string;
  readonly kind: 'layer' | 'block';
  readonly value: Value;
}

export interface TrainingGraph extends Taps {
  /**
   * Inputs `input`, `labels`, `learningRate`, `step`, `lossScale` and those of `graph.noises`; states `parameters`, `statistics` and the
   * optimizer's slots; outputs `loss`, `logits` and the vectors of `Recorded`.
   */
  readonly graph: Graph;
  readonly parameters: ParameterLayout;
  readonly statistics: ParameterLayout;
  readonly slots: readonly string[];
  readonly points: readonly Point[];
  readonly forks: readonly Block[];
}

/**
 * The graph that evaluates: inputs `input` and the packed `parameters` and `statistics`, output `logits`.
 * `network` is an inference-mode graph; the layouts are those of its training graph, so states carry over.
 */
export function evaluationGraph(network: Graph): Graph {
  const b = GraphBuilder.from({ ...network, nodes: [], outputs: [] }, rules);
  const unpacked = [true, false].flatMap((trainable) => {
    const layout = layOut(network.parameters.filter((p) => p.trainable === trainable));
    if (layout.size === 0) return [];
    const packed = b.input(trainable ? 'parameters' : 'statistics', float32(layout.size));
    return unpackNodes(b, packed, layout);
  });
  const { inputs, constants } = b.finish();
  return verify({ ...network, inputs, constants, parameters: [], nodes: [...unpacked, ...network.nodes] });
}

/** `network` is a training-mode graph with one input [N, ...] and the output `logits`. */
export function trainingGraph(network: Graph, spec: TrainingSpec): TrainingGraph {
  const record = spec.record ?? true;
  const parameters = layOut(network.parameters.filter((p) => p.trainable));
  const statistics = layOut(network.parameters.filter((p) => !p.trainable));
  const logits = network.outputs.find((o) => o.name === 'logits')!.value;

  const packer = GraphBuilder.from({ ...network, nodes: [], outputs: [] }, rules);
  const packedParameters = packer.input('parameters', float32(parameters.size));
  const unpacked = packer.under('', 'forward', () => unpackNodes(packer, packedParameters, parameters));
  const partial = packer.finish();
  const b = GraphBuilder.from({ ...partial, parameters: [], nodes: [...unpacked, ...network.nodes] }, rules);
  // A graph without batch norm has no running statistics and no state for them.
  const packedStatistics = statistics.size > 0 ? b.input('statistics', float32(statistics.size)) : null;
  const labels = b.input('labels', int64(logits.type.shape[0]));
  const learningRate = b.input('learningRate', float32());
  const step = b.input('step', float32());
  const lossScale = b.input('lossScale', float32());

  const loss = b.under('loss', 'forward', () => spec.loss.build(b, logits, labels, spec.lossOptions));
  b.output('loss', loss);
  b.output('logits', logits);

  const leaves = network.parameters.filter((p) => p.trainable).map((p) => p.value);
  const gradients = differentiate(b, b.finish(), loss, lossScale, leaves);
  const weightGradients = b.under('', 'update', () => {
    const values = new Map<string, Value>();
    for (const leaf of leaves) {
      const g = gradients.of(leaf);
      if (g) values.set(leaf.name, g);
    }
    return flatten(b, parameters, values);
  });
  const gradient = b.under('', 'update', () => packValues(b, parameters, weightGradients));

  const slots = spec.optimizer.slots(spec.optimizerOptions);
  const next = b.under('', 'update', () => {
    const slotInputs = Object.fromEntries(slots.map((s) => [s, b.input(s, float32(parameters.size))]));
    const unscaled = b.op('Div', [gradient, lossScale]);
    const { regularization = {} } = spec;
    const final = regularize(b, unscaled, packedParameters, parameters, regularization);
    const updated = spec.optimizer.build(
      b,
      { parameters: packedParameters, gradient: final, learningRate, step, slots: slotInputs },
      spec.optimizerOptions,
    );
    const packed = packedTensors(parameters);
    b.state(packedParameters, updated.parameters, packed);
    for (const slot of slots) b.state(slotInputs[slot], updated.slots[slot], packed);
    return updated.parameters;
  });
  if (packedStatistics)
    b.under('', 'update', () =>
      b.state(packedStatistics, nextStatistics(b, network, packedStatistics, statistics)),
    );

  const points: Point[] = [
    ...network.layers.map((l): Point => ({ scope: l.scope, name: l.scope, kind: 'layer', value: l.output })),
    ...network.blocks.map((k): Point => ({ scope: k.scope, name: k.name, kind: 'block', value: k.output })),
  ];
  const forks = network.blocks.filter((block) => block.fork !== null);
  const tapping = record
    ? b.under('', 'record', () => {
        b.output('weightSquares', squaresByParameter(b, packedParameters, parameters));
        b.output('gradientSquares', squaresByParameter(b, gradient, parameters));
        const update = b.op('Sub', [next, packedParameters]);
        b.output('updateSquares', squaresByParameter(b, update, parameters));
        return addTaps(b, { points, forks, gradients, weightGradients: weightGradients.values() });
      })
    : null;
  const built = b.finish();
  const graph = tapping ? { ...built, nodes: tapping.inOrder(built.nodes) } : built;
  return {
    graph: verify(graph),
    parameters,
    statistics,
    slots,
    points,
    forks,
    ...(tapping?.taps ?? noTaps),
  };
}

/** Running statistics move towards the batch's: a kept share of the old, the rest from the new. */
function nextStatistics(b: Builder, network: Graph, packed: Value, layout: ParameterLayout): Value {
  const fresh = new Map<string, Value>();
  const kept = new Array<number>(layout.size).fill(1);
  const taken = new Array<number>(layout.size).fill(0);
  const entries = new Map(layout.entries.map((e) => [e.name, e]));
  for (const layer of network.layers) {
    const node = layer.nodes.find((n: Node) => n.op === 'BatchNormalizationTraining');
    if (!node) continue;
    const momentum = Number(node.attributes.momentum);
    const [, mean, variance] = node.outputs;
    // What is normalised may be the layer's output in another shape.
    const { shape } = node.outputs[0].type;
    const count = sizeOf(shape) / shape[1];
    const take = (role: Parameter['role'], value: Value, factor: number) => {
      const { name, offset, size } = entries.get(layer.parameters.find((p) => p.role === role)!.value.name)!;
      fresh.set(name, value);
      kept.fill(momentum, offset, offset + size);
      taken.fill((1 - momentum) * factor, offset, offset + size);
    };
    take('runningMean', mean, 1);
    // As in PyTorch: the batch normalises with n, the running variance estimates with n - 1.
    take('runningVariance', variance, count > 1 ? count / (count - 1) : 1);
  }
  const type = float32(layout.size);
  const old = b.op('Mul', [packed, b.constant(type, kept)]);
  return b.op('Add', [old, b.op('Mul', [packValues(b, layout, fresh), b.constant(type, taken)])]);
}

/**
 * Two networks side by side without running them: parameters, multiply-adds, activations' memory, depth, and in
 * words why totals of the same architecture differ between frameworks.
 */
import { t } from '../base/localize';
import type { Graph, Value } from '../ir/graph';
import { sizeOf } from '../ir/tensorType';
import type { NetworkFigures, ParameterFigures } from '../protocol/networkFigures';
import { inspect } from './inspection';
import type { Network } from './network';

export interface NetworkComparison {
  readonly a: NetworkFigures;
  readonly b: NetworkFigures;
  /** b's figure divided by a's. */
  readonly ratios: Readonly<Record<'parameters' | 'macs' | 'activationBytes' | 'depth', number>>;
  /** Whole sentences for people. */
  readonly remarks: readonly string[];
}

export function compareNetworks(a: Network, b: Network): NetworkComparison {
  const [left, right] = [figuresOf(a), figuresOf(b)];
  return {
    a: left,
    b: right,
    ratios: {
      parameters: right.parameters.total / left.parameters.total,
      macs: right.macs / left.macs,
      activationBytes: right.activationBytes / left.activationBytes,
      depth: right.depth / left.depth,
    },
    remarks: explainTotals(left, right),
  };
}

export function figuresOf(network: Network): NetworkFigures {
  const graph = network.build(1, 'inference');
  const { name, title, inputShape } = network;
  return {
    name,
    title,
    inputShape,
    parameters: parameterFigures(graph),
    macs: inspect(name, graph).macs,
    activationBytes: 4 * graph.layers.reduce((sum, { output }) => sum + sizeOf(output.type.shape), 0),
    depth: depthOf(graph),
  };
}

function parameterFigures(graph: Graph): ParameterFigures {
  const isConvolution = (op: string) => op === 'Conv' || op === 'ConvTranspose';
  const convolutions = new Set(
    graph.layers.filter(({ op }) => isConvolution(op)).flatMap((l) => l.parameters),
  );
  const count = (wanted: (p: Graph['parameters'][number]) => boolean) =>
    graph.parameters.reduce((sum, p) => sum + (wanted(p) ? sizeOf(p.value.type.shape) : 0), 0);
  const trainable = count((p) => p.trainable);
  const nonTrainable = count((p) => !p.trainable);
  return {
    trainable,
    nonTrainable,
    total: trainable + nonTrainable,
    weights: count((p) => p.role === 'weight'),
    convolutionBiases: count((p) => p.role === 'bias' && convolutions.has(p)),
    denseBiases: count((p) => p.role === 'bias' && !convolutions.has(p)),
    normsAndScalars: count((p) => p.role === 'scale' || p.role === 'shift'),
  };
}

const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm']);

/** Convolutions and dense layers on the longest way to the logits. */
function depthOf(graph: Graph): number {
  const depths = new Map<Value, number>();
  // Windows of means and resizings are products with constants: no layer with weights.
  const fixed = new Set(graph.constants.map(({ value }) => value));
  for (const node of graph.nodes) {
    const before = node.inputs.reduce((most, v) => Math.max(most, depths.get(v) ?? 0), 0);
    const own = WEIGHTED.has(node.op) && !fixed.has(node.inputs[1]) ? 1 : 0;
    for (const output of node.outputs) depths.set(output, before + own);
  }
  return Math.max(...graph.outputs.map(({ value }) => depths.get(value) ?? 0));
}

/** Why two totals differ where only the way of counting does; empty where the networks do differ. */
export function explainTotals(a: NetworkFigures, b: NetworkFigures): string[] {
  const [p, q] = [a.parameters, b.parameters];
  if (p.total === q.total && p.trainable === q.trainable) return [];
  const core = (f: ParameterFigures) => f.trainable - f.convolutionBiases;
  const remarks: string[] = [];
  for (const { title, parameters } of [a, b])
    if (parameters.nonTrainable > 0)
      remarks.push(
        t(
          '{0}: {1} of {2} parameters are moving statistics of batch norm, which no gradient reaches; Keras counts them in its total, PyTorch does not.',
          title,
          parameters.nonTrainable.toLocaleString('en'),
          parameters.total.toLocaleString('en'),
        ),
      );
  if (p.convolutionBiases !== q.convolutionBiases)
    remarks.push(
      t(
        '{0} has {1} biases in its convolutions, {2} has {3}; before batch norm they have no effect.',
        a.title,
        p.convolutionBiases.toLocaleString('en'),
        b.title,
        q.convolutionBiases.toLocaleString('en'),
      ),
    );
  if (core(p) === core(q))
    remarks.push(
      t('Without those, both have {0} parameters: they are the same network.', core(p).toLocaleString('en')),
    );
  return remarks;
}

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
    strided: stridedConvolutions(graph),
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

/** Convolutions with a stride, counted by kernel, the largest kernel first. */
function stridedConvolutions(graph: Graph): Record<string, number> {
  const kernels = graph.nodes
    .filter(({ op, attributes }) => op === 'Conv' && (attributes.strides as number[]).some((s) => s > 1))
    .map(({ inputs }) => inputs[1].type.shape.slice(2))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
  const counts: Record<string, number> = {};
  for (const kernel of kernels) counts[kernel.join('x')] = (counts[kernel.join('x')] ?? 0) + 1;
  return counts;
}

/** Why figures of one architecture differ between frameworks; empty where the networks do differ. */
export function explainTotals(a: NetworkFigures, b: NetworkFigures): string[] {
  return [...explainParameters(a, b), ...explainMacs(a, b)];
}

function explainParameters(a: NetworkFigures, b: NetworkFigures): string[] {
  const [p, q] = [a.parameters, b.parameters];
  if (p.total === q.total && p.trainable === q.trainable) return [];
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
    remarks.push(t('Without those, both have the same {0} parameters.', core(p).toLocaleString('en')));
  return remarks;
}

/** The same parameters at work on pictures of other sizes, because the stride is in another convolution. */
function explainMacs(a: NetworkFigures, b: NetworkFigures): string[] {
  const strides = ({ strided }: NetworkFigures) =>
    Object.entries(strided)
      .map(([kernel, times]) => `${kernel} ×${times}`)
      .join(', ');
  const isOneNetwork = core(a.parameters) === core(b.parameters) && a.depth === b.depth;
  if (!isOneNetwork || a.macs === b.macs || strides(a) === strides(b)) return [];
  return [
    t(
      'Their multiply-adds differ because they take their strides in other convolutions: {0} in {1}; {2} in {3}.',
      a.title,
      strides(a),
      b.title,
      strides(b),
    ),
  ];
}

function core({ trainable, convolutionBiases }: ParameterFigures): number {
  return trainable - convolutionBiases;
}

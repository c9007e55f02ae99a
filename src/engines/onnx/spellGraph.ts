/**
 * A graph written as an ONNX model. Every node is written by its blocked kernel where there is one that covers
 * it, and otherwise by its operator's own spelling for the target, in the plain layout.
 */
import type { Graph, Node, PackedTensor, Value } from '../../ir/graph';
import { operatorOf } from '../../ops';
import type { Target } from '../../ops/spelling';
import { blockedKernelOf } from './blocked';
import { imageDots, reshape } from './blocked/nchwc';
import { Lowering } from './lowering';
import { OnnxModel } from './onnxModel';
import { findPackedWeights } from './packedStates';
import { innerProducts, isAlias, type Reading, read } from './reading';

export interface SpelledGraph {
  readonly model: Uint8Array;
  readonly nodeCount: number;
  /** Tensors that lie blocked inside the states, by state. */
  readonly packed: ReadonlyMap<string, readonly PackedTensor[]>;
  /** What the model's input `shapes` takes, where it has one: see `OnnxModel`. */
  readonly shapes?: BigInt64Array;
}

/** Graphs of more nodes tell their shapes at run time: ResNet-110 has 2,100 nodes, ResNet-1202 22,000. */
export const manyNodes = 6000;

/**
 * States become an input and an output each; the output of state `x` is called `next:x`. Parameters that are no
 * state are inputs too, so that one compiled model serves any weights. `block` is the block size of the layout;
 * 0 keeps everything plain.
 */
export function spellGraph(
  graph: Graph,
  target: Target,
  block = 0,
  tellsShapes = graph.nodes.length > manyNodes,
): SpelledGraph {
  const model = new OnnxModel(target, graph.name, tellsShapes);
  const reading = read(graph);
  const l = new Lowering(model, block, reading.uses);
  const packed = findPackedWeights(graph, reading, block);
  const products = block > 0 ? innerProducts(graph, reading) : new Map<Node, readonly [Value, Value]>();
  const flattened = new Set([...products.keys()].flatMap((node) => node.inputs.map(reading.producer)));

  for (const value of [...graph.inputs, ...graph.parameters.map((p) => p.value)]) {
    l.define(value, { plain: value.name });
    model.input(value.name, value.type);
  }
  for (const { value, data } of graph.constants)
    l.define(value, { plain: model.constant(value.type.dtype, value.type.shape, Array.from(data, Number)) });

  const writeNode = (node: Node): void => {
    const [out] = node.outputs;
    const images = products.get(node);
    if (isAlias(node)) l.alias(out, node.inputs[0]);
    else if (packed.unpacking.has(node))
      l.define(out, { weights: reshape(model, l.plain(node.inputs[0]), ...out.type.shape) });
    else if (packed.packing.has(node))
      l.define(out, { plain: reshape(model, l.weights(node.inputs[0]), -1) });
    else if (!(images && writeProduct(l, images, out)) && !(block > 0 && blockedKernelOf(node.op)?.(l, node)))
      writePlain(node);
  };
  const writePlain = (node: Node): void => {
    const images = products.get(node);
    const { onnx } = operatorOf(node.op);
    const site = {
      inputs: node.inputs,
      outputs: node.outputs,
      in: (i: number) =>
        images ? reshape(model, l.plain(images[i]), ...node.inputs[i].type.shape) : l.plain(node.inputs[i]),
    };
    const spelled = (onnx[target] ?? onnx.any)(model, site, node.attributes);
    for (const [i, output] of node.outputs.entries()) l.define(output, { plain: spelled[i] });
  };
  for (const node of graph.nodes) {
    if (flattened.has(node)) continue;
    // What is measured and packed is written where it stands: its order is the order in which tensors are freed.
    model.isPinning = node.phase === 'record' || packed.packing.has(node);
    writeNode(node);
    if (model.isPinning)
      for (const value of node.outputs) if (!isOnlyViewed(value, reading)) model.need(l.plain(value));
  }
  model.isPinning = true;
  // onnxruntime runs first what its last node needs: the graph's last output comes last.
  for (const { input, next } of graph.states) model.output(nextName(input.name), l.plain(next), next.type);
  for (const { name, value } of graph.outputs) model.output(name, l.plain(value), value.type);
  const { shapes } = model;
  return {
    model: model.finish(),
    nodeCount: model.nodeCount,
    packed: packed.byState,
    ...(shapes && { shapes: BigInt64Array.from(shapes, BigInt) }),
  };
}

/** Whether nothing but views are made of a value: then it needs no shape of its own. */
function isOnlyViewed(value: Value, reading: Reading): boolean {
  const readers = reading.readers(value);
  return (
    readers.length > 0 &&
    readers.length === reading.uses(value) &&
    readers.every(({ op }) => op === 'Reshape')
  );
}

/** The inner product of two images in the blocked layout; false where neither is in it. */
function writeProduct(l: Lowering, [a, b]: readonly [Value, Value], out: Value): boolean {
  if (!l.canBlock(a) || !(l.isBlocked(a) || l.isBlocked(b))) return false;
  const dots = imageDots(l.w, l.blocked(a), l.blocked(b), a.type.shape);
  l.define(out, { plain: reshape(l.w, l.w.node('ReduceSum', [dots], { keepdims: 0 })[0], 1, 1) });
  return true;
}

export function nextName(state: string): string {
  return `next:${state}`;
}

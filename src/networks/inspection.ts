/** What can be said of a network without running it: layers, shapes, parameters, multiply-adds. */
import type { Graph, Layer, Value } from '../ir/graph';
import { type Shape, sizeOf } from '../ir/tensorType';
import { operatorOf } from '../ops';

export interface InspectedLayer {
  readonly scope: string;
  /** ONNX operator. */
  readonly op: string;
  /** Shapes without the batch: C, H, W. */
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  /** Trainable parameters of this layer. */
  readonly parameters: number;
  /** Multiply-adds for one image: convolutions and dense layers. */
  readonly macs: number;
}

export interface Inspection {
  readonly network: string;
  readonly inputShape: Shape;
  readonly parameters: { readonly trainable: number; readonly nonTrainable: number };
  readonly macs: number;
  readonly layers: readonly InspectedLayer[];
}

/** Reads an inspection off a graph that was built for a batch of one. */
export function inspect(network: string, graph: Graph): Inspection {
  // A window of means or a resizing is a product with constants: no weights, and none that people count.
  const fixed = new Set(graph.constants.map(({ value }) => value));
  const layers = graph.layers.map((layer) => ({
    scope: layer.scope,
    op: layer.op,
    inputShapes: layer.inputs.map((v) => v.type.shape.slice(1)),
    outputShape: layer.output.type.shape.slice(1),
    parameters: layer.parameters.reduce((sum, p) => sum + (p.trainable ? sizeOf(p.value.type.shape) : 0), 0),
    macs: macsOf(layer, fixed),
  }));
  const count = (trainable: boolean) =>
    graph.parameters.reduce(
      (sum, p) => sum + (p.trainable === trainable ? sizeOf(p.value.type.shape) : 0),
      0,
    );
  return {
    network,
    inputShape: graph.inputs[0].type.shape.slice(1),
    parameters: { trainable: count(true), nonTrainable: count(false) },
    macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
    layers,
  };
}

function macsOf(layer: Layer, fixed: ReadonlySet<Value>): number {
  let macs = 0;
  for (const node of layer.nodes) {
    if (node.inputs.some((v) => fixed.has(v))) continue;
    const types = node.inputs.map((v) => v.type);
    const outputs = node.outputs.map((v) => v.type);
    macs += operatorOf(node.op).macs?.(types, outputs, node.attributes) ?? 0;
  }
  return macs;
}

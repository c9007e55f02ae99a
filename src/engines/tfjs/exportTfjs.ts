/**
 * A trained network as a TensorFlow.js graph model: `model.json` and its weights, for `tf.loadGraphModel`. Images
 * are N, H, W, C inside and at the input, as TensorFlow.js has them; weights are re-laid here, once. Needs no
 * TensorFlow.js to write. The JSON's form is that of tfjs-converter's `graph_model` format.
 */
import { internal, SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Graph, Value } from '../../ir/graph';
import { type Shape, sizeOf } from '../../ir/tensorType';
import { spellings } from './exportSpellings';
import { GraphModel, type NodeName } from './graphModel';

export interface TfjsModel {
  /** The text of `model.json`. */
  readonly modelJson: string;
  /** The weight files by name, each of at most 4 MiB. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * `graph` is an inference-mode graph built for a batch of one; `weights` holds every parameter's numbers, row-major.
 * The model's input `input` is [N, H, W, C], its output `logits` [N, classes]. Fails with `export/operator` where
 * the network has an operator that graph models lack.
 */
export function exportTfjs(graph: Graph, weights: ReadonlyMap<string, Float32Array>): TfjsModel {
  if (graph.noises.length > 0 || graph.states.length > 0)
    throw internal('only inference graphs are exported');
  const model = new GraphModel();
  const names = new Map<Value, NodeName>();
  for (const value of graph.inputs) names.set(value, model.input(value.name, inTensorFlow(value.type.shape)));
  for (const { value } of graph.parameters) {
    const data = weights.get(value.name);
    if (!data) throw internal(`no weights given for ${value.name}`);
    const { shape } = value.type;
    names.set(value, model.floats(value.name, weightShape(shape), relaid(data, shape)));
  }
  for (const { value, data } of graph.constants) {
    if (!(data instanceof Float32Array)) continue;
    names.set(value, model.floats(value.name, value.type.shape, data));
  }
  for (const node of graph.nodes) {
    const spell = (spellings as Record<string, (typeof spellings)[keyof typeof spellings]>)[node.op];
    if (!spell)
      throw new SkiplensError(
        'export/operator',
        t('{0} at {1} cannot be written for TensorFlow.js; export ONNX instead.', node.op, node.scope),
      );
    const inputs = node.inputs.map((v) => names.get(v)!);
    names.set(node.outputs[0], spell(model, inputs, node));
  }
  for (const { name, value } of graph.outputs)
    model.output(name, names.get(value)!, inTensorFlow(value.type.shape));
  return model.finish();
}

/** Images with their channels behind, and any number of them. */
function inTensorFlow(shape: Shape): number[] {
  const [, ...rest] = shape;
  return shape.length === 4 ? [-1, rest[1], rest[2], rest[0]] : [-1, ...rest];
}

/** Convolution weights [out, in, kH, kW] become [kH, kW, in, out]; the others stay. */
function weightShape(shape: Shape): Shape {
  const [out, inner, height, width] = shape;
  return shape.length === 4 ? [height, width, inner, out] : shape;
}

function relaid(data: Float32Array, shape: Shape): Float32Array {
  if (shape.length !== 4) return data;
  const [out, inner, height, width] = shape;
  const area = height * width;
  const result = new Float32Array(sizeOf(shape));
  for (let o = 0; o < out; o++)
    for (let i = 0; i < inner; i++)
      for (let p = 0; p < area; p++) result[(p * inner + i) * out + o] = data[(o * inner + i) * area + p];
  return result;
}

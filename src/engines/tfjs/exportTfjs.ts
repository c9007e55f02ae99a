/**
 * A trained network as a TensorFlow.js graph model: `model.json` and its weights, for `tf.loadGraphModel`. Images
 * are N, H, W, C inside and at the input, as TensorFlow.js has them; weights are re-laid here, once. Needs no
 * TensorFlow.js to write. The JSON's form is that of tfjs-converter's `graph_model` format.
 */
import { internal, SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Graph, Value } from '../../ir/graph';
import { type Shape, sizeOf } from '../../ir/tensorType';
import { type Spelling, spellings } from './exportSpellings';
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
  const kernels = kernelsOf(graph);
  const give = (value: Value, data: Float32Array) => {
    const { shape } = value.type;
    // A window of means is a convolution with constant weights; other tensors of rank 4 are images.
    if (kernels.has(value))
      names.set(value, model.floats(value.name, weightShape(shape), relaid(data, shape)));
    else {
      const [n, c, h, w] = shape;
      const isImage = shape.length === 4;
      const turned = isImage ? relaidImage(data, shape) : data;
      names.set(value, model.floats(value.name, isImage ? [n, h, w, c] : shape, turned));
    }
  };
  for (const { value } of graph.parameters) {
    const data = weights.get(value.name);
    if (!data) throw internal(`no weights given for ${value.name}`);
    give(value, data);
  }
  for (const { value, data } of graph.constants) if (data instanceof Float32Array) give(value, data);
  for (const node of graph.nodes) {
    const spell = (spellings as Record<string, Spelling>)[node.op];
    if (!spell)
      throw new SkiplensError(
        'export/operator',
        t('{0} at {1} cannot be written for TensorFlow.js; export ONNX instead.', node.op, node.scope),
      );
    const inputs = node.inputs.map((v) => names.get(v)!);
    const spelled = spell(model, inputs, node);
    const outputs = typeof spelled === 'string' ? [spelled] : spelled;
    for (const [i, name] of outputs.entries()) names.set(node.outputs[i], name);
  }
  for (const { name, value } of graph.outputs)
    model.output(name, names.get(value)!, inTensorFlow(value.type.shape));
  return model.finish();
}

/** Weights that convolutions slide; they are re-laid once, so nothing else may read them and no node make them. */
function kernelsOf({ nodes, parameters, constants }: Graph): Set<Value> {
  const given = new Set([...parameters, ...constants].map(({ value }) => value));
  const kernels = new Set<Value>();
  for (const { op, inputs, scope } of nodes) {
    if (op !== 'Conv') continue;
    if (!given.has(inputs[1]))
      throw new SkiplensError(
        'export/operator',
        t('{0} at {1} cannot be written for TensorFlow.js; export ONNX instead.', op, scope),
      );
    kernels.add(inputs[1]);
  }
  return kernels;
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

/** N, C, H, W to N, H, W, C. */
function relaidImage(data: Float32Array, [n, c, h, w]: Shape): Float32Array {
  const result = new Float32Array(data.length);
  const area = h * w;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++)
      for (let p = 0; p < area; p++) result[(i * area + p) * c + k] = data[(i * c + k) * area + p];
  return result;
}

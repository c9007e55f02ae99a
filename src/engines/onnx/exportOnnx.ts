/**
 * A trained network as an ONNX file for others: inference mode, opset 17, operators of ai.onnx only, weights inside
 * under their public names, any number of images at a time. The engine's own spellings for speed are left out.
 */
import { internal } from '../../base/errors';
import type { Attributes, Graph, Node, Value } from '../../ir/graph';
import { operatorOf } from '../../ops';
import type { Name } from '../../ops/spelling';
import { OnnxModel } from './onnxModel';

/**
 * The bytes of the file: input `input` [N, C, H, W], output `logits` [N, classes]. `graph` is an inference-mode graph
 * built for a batch of one; `weights` holds every parameter's numbers, row-major.
 */
export function exportOnnx(graph: Graph, weights: ReadonlyMap<string, Float32Array>): Uint8Array {
  if (graph.noises.length > 0 || graph.states.length > 0)
    throw internal('only inference graphs are exported');
  const model = new OnnxModel('cpu', graph.name);
  const names = new Map<Value, Name>();
  for (const value of graph.inputs) {
    names.set(value, value.name);
    model.input(value.name, value.type, 'N');
  }
  for (const { value } of graph.parameters) {
    const data = weights.get(value.name);
    if (!data) throw internal(`no weights given for ${value.name}`);
    names.set(value, value.name);
    model.initializer(value.name, value.type, data);
  }
  for (const { value, data } of graph.constants)
    names.set(value, model.constant(value.type.dtype, value.type.shape, Array.from(data, Number)));
  for (const node of graph.nodes) {
    const site = {
      inputs: node.inputs,
      outputs: node.outputs,
      in: (i: number) => names.get(node.inputs[i])!,
    };
    const spelled = operatorOf(node.op).onnx.any(model, site, attributesOf(node));
    for (const [i, output] of node.outputs.entries()) names.set(output, spelled[i]);
  }
  for (const { name, value } of graph.outputs) model.output(name, names.get(value)!, value.type, 'N');
  return model.finish();
}

/** Where a reshape keeps the batch of one as it is, the file leaves its size open. */
function attributesOf({ op, attributes, inputs }: Node): Attributes {
  if (op !== 'Reshape') return attributes;
  const [first, ...rest] = attributes.shape as readonly number[];
  return first === 1 && inputs[0].type.shape[0] === 1 ? { shape: [-1, ...rest] } : attributes;
}

/** A graph written as an ONNX model: every node by its operator's spelling for the target. */
import type { Graph, Value } from '../../ir/graph';
import { operatorOf } from '../../ops';
import type { Name, Target } from '../../ops/spelling';
import { OnnxModel } from './onnxModel';

export interface SpelledGraph {
  readonly model: Uint8Array;
  readonly nodeCount: number;
}

/**
 * States become an input and an output each; the output of state `x` is called `next:x`. Parameters that are no
 * state are inputs too, so that one compiled model serves any weights.
 */
export function spellGraph(graph: Graph, target: Target): SpelledGraph {
  const model = new OnnxModel(target, graph.name);
  const names = new Map<Value, Name>();
  for (const value of [...graph.inputs, ...graph.parameters.map((p) => p.value)]) {
    names.set(value, value.name);
    model.input(value.name, value.type);
  }
  for (const { value, data } of graph.constants)
    names.set(value, model.constant(value.type.dtype, value.type.shape, Array.from(data, Number)));
  for (const node of graph.nodes) {
    const { onnx } = operatorOf(node.op);
    const spell = onnx[target] ?? onnx.any;
    const site = {
      inputs: node.inputs,
      outputs: node.outputs,
      in: (i: number) => names.get(node.inputs[i])!,
    };
    const spelled = spell(model, site, node.attributes);
    for (const [i, output] of node.outputs.entries()) names.set(output, spelled[i]);
  }
  for (const { name, value } of graph.outputs) model.output(name, names.get(value)!, value.type);
  for (const { input, next } of graph.states) model.output(nextName(input.name), names.get(next)!, next.type);
  return { model: model.finish(), nodeCount: model.nodeCount };
}

export function nextName(state: string): string {
  return `next:${state}`;
}

/**
 * Re-checks a whole graph: every operator known, every attribute as declared, every input defined before it is
 * used, every output type what the operator's rule infers, every state closed. Run after building, after
 * differentiating and before compiling; a graph that fails here never reaches an engine.
 */
import { internal } from '../base/errors';
import type { Graph, TypingRules, Value } from './graph';
import { formatType, sameType, sizeOf } from './tensorType';

export function verify(graph: Graph, rules: TypingRules): Graph {
  const defined = new Set<Value>();
  const names = new Set<string>();
  const fail = (what: string): never => {
    throw internal(`graph ${graph.name}: ${what}`);
  };
  const define = (value: Value) => {
    if (defined.has(value)) fail(`${value.name} is defined twice`);
    if (names.has(value.name)) fail(`two values are named ${value.name}`);
    if (value.type.shape.some((d) => !Number.isInteger(d) || d < 0))
      fail(`${value.name} has the shape ${formatType(value.type)}`);
    defined.add(value);
    names.add(value.name);
  };
  const use = (value: Value, by: string) => {
    if (!defined.has(value)) fail(`${by} uses ${value.name} before it is defined`);
  };

  graph.inputs.forEach(define);
  for (const { input } of graph.noises) use(input, 'a noise');
  for (const parameter of graph.parameters) define(parameter.value);
  for (const constant of graph.constants) {
    define(constant.value);
    if (constant.data.length !== sizeOf(constant.value.type.shape))
      fail(
        `${constant.value.name} holds ${constant.data.length} numbers for ${formatType(constant.value.type)}`,
      );
  }
  for (const node of graph.nodes) {
    const at = `${node.op} at ${node.scope || 'the top'}`;
    const rule = rules[node.op] ?? fail(`${at} is no operator`);
    for (const input of node.inputs) use(input, at);
    const complete = rule.complete(node.attributes);
    if (Object.keys(complete).length !== Object.keys(node.attributes).length) fail(`${at} lacks attributes`);
    const types = rule.infer(
      node.inputs.map((v) => v.type),
      node.attributes,
    );
    if (types.length !== node.outputs.length)
      fail(`${at} has ${node.outputs.length} outputs, not ${types.length}`);
    node.outputs.forEach((output, i) => {
      if (!sameType(output.type, types[i]))
        fail(`${at} gives ${formatType(types[i])} where ${formatType(output.type)} is declared`);
      define(output);
    });
  }
  for (const { name, value } of graph.outputs) use(value, `output ${name}`);
  for (const { input, next } of graph.states) {
    use(input, 'a state');
    use(next, 'a state');
    if (!sameType(input.type, next.type)) fail(`state ${input.name} changes its type`);
  }
  for (const layer of graph.layers) use(layer.output, `layer ${layer.scope}`);
  for (const block of graph.blocks) use(block.output, `block ${block.scope}`);
  return graph;
}

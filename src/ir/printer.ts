/**
 * A graph as text, one node a line, so that a test of a gradient rule reads like a small proof:
 *
 *     stage1/block1/conv1  %3 = Conv(%0, conv1.weight) {strides=[1,1]} : f32[4,16,32,32]
 */
import type { Attributes, Graph, Node, Value } from './graph';
import { formatType } from './tensorType';

export function print(graph: Graph, nodes: readonly Node[] = graph.nodes): string {
  const named = new Map<Value, string>();
  for (const value of graph.inputs) named.set(value, value.name);
  for (const { value } of graph.parameters) named.set(value, value.name);
  for (const { value, data } of graph.constants) {
    named.set(value, data.length <= 4 ? `(${[...data].join(', ')})` : value.name);
  }
  let count = 0;
  for (const node of graph.nodes) for (const output of node.outputs) named.set(output, `%${count++}`);
  const nameOf = (value: Value) => named.get(value) ?? value.name;
  const lines = nodes.map((node) => {
    const left = node.outputs.map(nameOf).join(', ');
    const types = node.outputs.map((o) => formatType(o.type)).join(', ');
    const attributes = formatAttributes(node.attributes);
    const call = `${node.op}(${node.inputs.map(nameOf).join(', ')})${attributes}`;
    return `${node.scope ? `${node.scope}  ` : ''}${left} = ${call} : ${types}`;
  });
  for (const { name, value } of graph.outputs) lines.push(`${name} <- ${nameOf(value)}`);
  return lines.join('\n');
}

function formatAttributes(attributes: Attributes): string {
  const parts = Object.entries(attributes).map(([key, value]) =>
    Array.isArray(value) ? `${key}=[${value.join(',')}]` : `${key}=${value}`,
  );
  return parts.length === 0 ? '' : ` {${parts.join(' ')}}`;
}

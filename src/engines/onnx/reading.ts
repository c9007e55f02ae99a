/**
 * What is known of a graph before it is written: which values are other names of others, who reads what, and
 * which small groups of nodes say something that the blocked layout has one kernel for.
 */
import type { Graph, Node, Value } from '../../ir/graph';
import { sameShape } from '../../ir/tensorType';

export interface Reading {
  /** The value that this one is another name of (itself where it is not). */
  root(value: Value): Value;
  /** Reads of a value under any of its names, graph outputs and states included. */
  uses(value: Value): number;
  /** Nodes that read a value under any of its names. */
  readers(value: Value): readonly Node[];
  producer(value: Value): Node | undefined;
}

/** Whether a node gives its input another name and does nothing else. */
export function isAlias({ op, inputs, outputs }: Node): boolean {
  return op === 'Identity' || (op === 'Reshape' && sameShape(inputs[0].type.shape, outputs[0].type.shape));
}

export function read(graph: Graph): Reading {
  const roots = new Map<Value, Value>();
  const readers = new Map<Value, Node[]>();
  const outside = new Map<Value, number>();
  const producers = new Map<Value, Node>();
  const root = (value: Value) => roots.get(value) ?? value;
  for (const node of graph.nodes) {
    for (const output of node.outputs) producers.set(output, node);
    if (isAlias(node)) {
      roots.set(node.outputs[0], root(node.inputs[0]));
      continue;
    }
    for (const input of node.inputs) {
      const known = readers.get(root(input));
      if (known) known.push(node);
      else readers.set(root(input), [node]);
    }
  }
  for (const value of [...graph.outputs.map((o) => o.value), ...graph.states.map((s) => s.next)])
    outside.set(root(value), (outside.get(root(value)) ?? 0) + 1);
  return {
    root,
    uses: (value) => (readers.get(root(value))?.length ?? 0) + (outside.get(root(value)) ?? 0),
    readers: (value) => readers.get(root(value)) ?? [],
    producer: (value) => producers.get(root(value)),
  };
}

/**
 * Inner products of two images, written as a row times a column: the product's node to the two images. Flattening
 * would tie them to one layout, but the product is the same in any.
 */
export function innerProducts(graph: Graph, reading: Reading): Map<Node, readonly [Value, Value]> {
  const found = new Map<Node, readonly [Value, Value]>();
  for (const node of graph.nodes) {
    if (node.op !== 'Gemm' || node.inputs.length !== 2) continue;
    if (node.attributes.transA || node.attributes.transB) continue;
    const [row, column] = node.inputs;
    if (row.type.shape[0] !== 1 || column.type.shape[1] !== 1) continue;
    const images = [row, column].map((v) => {
      const flat = reading.producer(v);
      return flat?.op === 'Reshape' && reading.uses(v) === 1 ? flat.inputs[0] : undefined;
    });
    const [a, b] = images;
    if (a && b && sameShape(a.type.shape, b.type.shape)) found.set(node, [a, b]);
  }
  return found;
}

/**
 * Reverse-mode differentiation of a graph into the same operators (Linnainmaa 1970; the emission of ordinary
 * nodes that remember their ancestor follows tinygrad). Walks the forward nodes backwards once; every emitted
 * node keeps the scope of the node it came from. Operators say their own rules; nothing here knows a layer.
 */
import { internal } from '../base/errors';
import type { Builder } from '../ir/builder';
import type { Graph, Node, Value } from '../ir/graph';
import { operatorOf } from '../ops';

export interface Gradients {
  /** d loss / d value, or null where the loss does not depend on it (or nobody asked). */
  of(value: Value): Value | null;
}

/**
 * Emits into `b` the nodes that compute d loss / d value for every value between `wanted` and the loss.
 * `seed` is d loss / d loss: 1, or a power of two that keeps small gradients inside float32's range.
 */
export function differentiate(
  b: Builder,
  forward: Pick<Graph, 'nodes'>,
  loss: Value,
  seed: Value,
  wanted: readonly Value[],
): Gradients {
  const reached = dependents(forward.nodes, wanted);
  const gradients = new Map<Value, Value[]>([[loss, [seed]]]);
  const total = (value: Value): Value | null => {
    const parts = gradients.get(value);
    if (!parts) return null;
    // Contributions are summed where they meet, pairwise in the order in which they came.
    while (parts.length > 1) parts.push(b.op('Add', [parts.shift()!, parts.shift()!]));
    return parts[0];
  };
  for (const node of [...forward.nodes].reverse()) {
    if (!node.inputs.some((v) => reached.has(v))) continue;
    if (!node.outputs.some((v) => gradients.has(v))) continue;
    b.under(node.scope, 'backward', () => {
      const results = applyRule(b, node, node.outputs.map(total), reached);
      node.inputs.forEach((input, i) => {
        const gradient = results[i];
        if (!gradient || !reached.has(input)) return;
        const parts = gradients.get(input);
        if (parts) parts.push(gradient);
        else gradients.set(input, [gradient]);
      });
    });
  }
  return { of: (value) => b.under('', 'backward', () => total(value)) };
}

function applyRule(b: Builder, node: Node, gradients: (Value | null)[], reached: ReadonlySet<Value>) {
  const { gradient } = operatorOf(node.op);
  if ('none' in gradient) throw internal(`${node.op} at ${node.scope} has no gradient: ${gradient.none}`);
  return gradient(
    {
      b,
      node,
      inputs: node.inputs,
      outputs: node.outputs,
      gradients,
      needs: (i) => reached.has(node.inputs[i]),
    },
    node.attributes,
  );
}

/** All values that depend on a wanted one (the wanted ones included): only these carry gradients. */
function dependents(nodes: readonly Node[], wanted: readonly Value[]): Set<Value> {
  const reached = new Set<Value>(wanted);
  for (const node of nodes)
    if (node.inputs.some((v) => reached.has(v))) for (const output of node.outputs) reached.add(output);
  return reached;
}

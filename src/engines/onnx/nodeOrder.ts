/**
 * The order in which a model's nodes stand in its file. onnxruntime sorts them with a list of the nodes whose
 * inputs are ready, and walks that list for every node: what is ready long before it stands (a mask of the
 * forward pass that the backward pass reads) makes a deep network quadratic to load. So such nodes are moved up,
 * right behind their last input. What is pinned stays in its order.
 */
export interface WrittenNode {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly isPinned: boolean;
}

/** A node that stands this far behind its inputs is moved up. */
const far = 64;

/** The nodes' numbers in a better order, in which every input still stands before its readers. */
export function orderNodes(nodes: readonly WrittenNode[]): number[] {
  const producer = new Map<string, number>();
  for (const [i, { outputs }] of nodes.entries()) for (const name of outputs) producer.set(name, i);
  const readers: number[][] = nodes.map(() => []);
  const missing = nodes.map(({ inputs }, i) => {
    const from = new Set(inputs.map((name) => producer.get(name)).filter((p) => p !== undefined));
    for (const p of from) readers[p].push(i);
    return from.size;
  });
  const order: number[] = [];
  const isPlaced = new Uint8Array(nodes.length);
  const place = (first: number, at: number) => {
    const waiting = [first];
    for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
      isPlaced[i] = 1;
      order.push(i);
      for (const reader of readers[i])
        if (--missing[reader] === 0 && reader - at > far && !nodes[reader].isPinned) waiting.push(reader);
    }
  };
  for (const i of nodes.keys()) if (!isPlaced[i]) place(i, i);
  return order;
}

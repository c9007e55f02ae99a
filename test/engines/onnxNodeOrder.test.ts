/** Nodes that are ready early are written early; everything still stands behind its inputs. */
import { describe, expect, it } from 'vitest';
import { orderNodes, type WrittenNode } from '../../src/engines/onnx/nodeOrder';

const node = (output: string, inputs: string[], isPinned = false): WrittenNode => ({
  inputs,
  outputs: [output],
  isPinned,
});

/** A chain of a hundred nodes, then a reader of its first value. */
function chain(isPinned: boolean): WrittenNode[] {
  const nodes = [node('x0', ['input'])];
  for (let i = 1; i < 100; i++) nodes.push(node(`x${i}`, [`x${i - 1}`]));
  return [...nodes, node('mask', ['x0'], isPinned), node('last', ['x99', 'mask'])];
}

describe('the order of written nodes', () => {
  it('moves a node up behind its last input', () => {
    const nodes = chain(false);
    expect(orderNodes(nodes).slice(0, 3)).toEqual([0, 100, 1]);
  });

  it('leaves pinned nodes where they stand', () => {
    const nodes = chain(true);
    expect(orderNodes(nodes)).toEqual(nodes.map((_, i) => i));
  });

  it('keeps every input before its readers, and every node once', () => {
    const nodes = Array.from({ length: 500 }, (_, i) =>
      node(
        `v${i}`,
        [`v${(i * 7) % (i + 1)}`, `v${(i * 13) % (i + 1)}`].filter((v) => v !== `v${i}`),
      ),
    );
    const order = orderNodes(nodes);
    expect([...order].sort((a, b) => a - b)).toEqual(nodes.map((_, i) => i));
    const place = new Map(order.map((i, at) => [nodes[i].outputs[0], at]));
    for (const i of order)
      for (const input of nodes[i].inputs)
        expect(place.get(input)).toBeLessThan(place.get(nodes[i].outputs[0])!);
  });
});

/**
 * Weights that stay in the blocked order between steps. A packed state says which tensors lie in it; those that
 * only blocked kernels read are kept blocked inside the engine, in the state and in every vector that is combined
 * with it (its gradient, the optimizer's slots). The states' promise makes that right: whatever else reads them
 * treats all elements of one tensor alike. Outside the engine every tensor is in its own order.
 */
import { internal } from '../../base/errors';
import type { Graph, Node, PackedTensor, Value } from '../../ir/graph';
import { sameShape, sizeOf } from '../../ir/tensorType';
import { coversConv } from './blocked/conv';
import { coversConvInputGradient } from './blocked/convInputGradient';
import { blockedOffsets, hasBlockedWeights } from './blocked/weights';
import type { Reading } from './reading';

export interface PackedWeights {
  /** Nodes that cut a blocked tensor out of a packed state. */
  readonly unpacking: ReadonlySet<Node>;
  /** Nodes that flatten the gradient of a blocked tensor to be packed. */
  readonly packing: ReadonlySet<Node>;
  /** Where blocked tensors lie, by state. */
  readonly byState: ReadonlyMap<string, readonly PackedTensor[]>;
}

export function findPackedWeights(graph: Graph, reading: Reading, block: number): PackedWeights {
  const unpacking = new Set<Node>();
  const packing = new Set<Node>();
  const byState = new Map<string, readonly PackedTensor[]>();
  if (block === 0) return { unpacking, packing, byState };
  // States that hold the same tensors are combined element by element: they share one order.
  const groups = new Map<string, { tensors: readonly PackedTensor[]; states: Value[] }>();
  for (const { input, packed } of graph.states) {
    if (!packed) continue;
    const key = packed.map(({ offset, shape }) => `${offset}:${shape.join('x')}`).join();
    const group = groups.get(key);
    if (group) group.states.push(input);
    else groups.set(key, { tensors: packed, states: [input] });
  }
  for (const { tensors, states } of groups.values()) {
    const unpackers = new Map<number, Node>();
    for (const state of states) for (const [at, node] of piecesOf(state, reading)) unpackers.set(at, node);
    const packers = joinsOf(graph, tensors, states[0]).map((join) => packersOf(join, reading));
    const kept = tensors.filter(({ offset, shape }) => {
      const unpacker = unpackers.get(offset);
      if (!unpacker || shape.length !== 4 || !sameShape(unpacker.outputs[0].type.shape, shape)) return false;
      if (!hasBlockedWeights(shape, block) || !isReadBlocked(unpacker.outputs[0], reading, block))
        return false;
      return packers.every((at) => isPacker(at.get(offset), shape));
    });
    for (const { offset } of kept) {
      unpacking.add(unpackers.get(offset)!);
      for (const at of packers) {
        const packer = at.get(offset)!;
        if (packer.op === 'Reshape') packing.add(packer);
      }
    }
    for (const state of states) byState.set(state.name, kept);
  }
  return { unpacking, packing, byState };
}

/** Reshapes into four dimensions of the pieces that a state is cut into, by offset. */
function piecesOf(state: Value, reading: Reading): Map<number, Node> {
  const pieces = new Map<number, Node>();
  for (const split of reading.readers(state)) {
    if (split.op !== 'Split') continue;
    let offset = 0;
    for (const piece of split.outputs) {
      const readers = reading.readers(piece);
      const [reader] = readers;
      if (readers.length === 1 && reader.op === 'Reshape' && reader.outputs[0].type.shape.length === 4)
        pieces.set(offset, reader);
      offset += piece.type.shape[0];
    }
  }
  return pieces;
}

/** Concatenations that put together a vector of the state's make-up: the gradient. */
function joinsOf(graph: Graph, tensors: readonly PackedTensor[], state: Value): Node[] {
  const sizes = tensors.map((p) => sizeOf(p.shape)).join();
  return graph.nodes.filter(
    ({ op, inputs, outputs }) =>
      op === 'Concat' &&
      sameShape(outputs[0].type.shape, state.type.shape) &&
      inputs.map((v) => v.type.shape[0]).join() === sizes,
  );
}

function packersOf(join: Node, reading: Reading): Map<number, Node> {
  const packers = new Map<number, Node>();
  let offset = 0;
  for (const piece of join.inputs) {
    const producer = reading.producer(piece);
    if (producer && reading.uses(piece) === 1) packers.set(offset, producer);
    offset += piece.type.shape[0];
  }
  return packers;
}

/** A tensor's gradient made flat, or a constant in the place of one. */
function isPacker(node: Node | undefined, shape: readonly number[]): boolean {
  if (node?.op === 'Reshape') return sameShape(node.inputs[0].type.shape, shape);
  return node?.op === 'Expand' && sizeOf(node.inputs[0].type.shape) === 1;
}

function isReadBlocked(weight: Value, reading: Reading, block: number): boolean {
  const readers = reading.readers(weight);
  return (
    readers.length === reading.uses(weight) &&
    readers.every((node) => {
      if (reading.root(node.inputs[1]) !== reading.root(weight)) return false;
      if (node.op === 'Conv') return coversConv(node, block);
      return node.op === 'ConvInputGradient' && coversConvInputGradient(node, block);
    })
  );
}

/** Copies a packed vector, its blocked tensors put into (or out of) the blocked order. */
export function permuted(
  data: Float32Array,
  blocked: readonly PackedTensor[],
  block: number,
  direction: 'in' | 'out',
): Float32Array {
  const result = data.slice();
  const known = new Map<string, Int32Array>();
  for (const { offset, shape } of blocked) {
    const key = shape.join('x');
    const offsets = known.get(key) ?? blockedOffsets(shape, block);
    known.set(key, offsets);
    if (offset + offsets.length > data.length) throw internal(`a state of ${data.length} lacks ${key}`);
    for (let i = 0; i < offsets.length; i++) {
      if (direction === 'in') result[offset + i] = data[offset + offsets[i]];
      else result[offset + offsets[i]] = data[offset + i];
    }
  }
  return result;
}

/**
 * Weights that stay in the blocked order between steps. A packed state says which tensors lie in it; those that
 * only blocked kernels read are kept blocked inside the engine, in the state and in every vector that is combined
 * with it (its gradient, the optimizer's slots). The states' promise makes that right: whatever else reads them
 * treats all elements of one tensor alike. Outside the engine every tensor is in its own order.
 */
import { internal } from '../../base/errors';
import type { Graph, Node, PackedTensor, Value } from '../../ir/graph';
import { type Shape, sameShape, sizeOf } from '../../ir/tensorType';
import { coversConv } from './blocked/conv';
import { coversConvInputGradient } from './blocked/convInputGradient';
import { blockedOffsets, hasBlockedWeights } from './blocked/weights';
import type { Reading } from './reading';

export interface PackedWeights {
  /** Reshapes that cut blocked tensors out of a packed state: one, or several of one shape along the first axis. */
  readonly unpacking: ReadonlySet<Node>;
  /** Reshapes that flatten the gradients of blocked tensors to be packed. */
  readonly packing: ReadonlySet<Node>;
  /** Where blocked tensors lie, by state. */
  readonly byState: ReadonlyMap<string, readonly PackedTensor[]>;
}

/** Consecutive tensors of one shape that are cut out of a vector together. */
interface Run {
  readonly node: Node;
  readonly values: readonly Value[];
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
    const shapeAt = new Map(tensors.map(({ offset, shape }) => [offset, shape]));
    const joins = graph.nodes
      .filter((node) => isJoin(node, states[0], shapeAt))
      .map((join) => flatteners(join, reading));
    const kept: PackedTensor[] = [];
    for (const state of states)
      for (const [offset, { node, values }] of cutRuns(state, reading)) {
        const [{ shape }] = values.map((v) => v.type);
        const size = sizeOf(shape);
        const covered = values.map((_, i) => ({ offset: offset + i * size, shape }));
        const fits = covered.every(({ offset }) => sameShape(shapeAt.get(offset) ?? [], shape));
        if (!fits || shape.length !== 4 || !hasBlockedWeights(shape, block)) continue;
        if (!values.every((v) => isReadBlocked(v, reading, block))) continue;
        const packers = joins.flatMap((at) => covered.map(({ offset }) => at.get(offset)));
        if (!packers.every((packer) => isPacker(packer, shape))) continue;
        unpacking.add(node);
        for (const packer of packers) if (packer?.op === 'Reshape') packing.add(packer);
        kept.push(...covered);
      }
    for (const state of states) byState.set(state.name, kept);
  }
  return { unpacking, packing, byState };
}

/** What a state is cut into, by offset: a piece that is reshaped and perhaps cut again along its first axis. */
function cutRuns(state: Value, reading: Reading): Map<number, Run> {
  const runs = new Map<number, Run>();
  for (const split of reading.readers(state)) {
    if (split.op !== 'Split') continue;
    let offset = 0;
    for (const piece of split.outputs) {
      const [node, ...others] = reading.readers(piece);
      if (node?.op === 'Reshape' && others.length === 0 && node.outputs[0].type.shape.length === 4) {
        const [whole] = node.outputs;
        const [second, ...more] = reading.readers(whole);
        const isCut = second?.op === 'Split' && second.attributes.axis === 0 && more.length === 0;
        runs.set(offset, { node, values: isCut ? second.outputs : [whole] });
      }
      offset += piece.type.shape[0];
    }
  }
  return runs;
}

/** Whether a node puts together a vector of the state's make-up (the gradient): its pieces begin where tensors do. */
function isJoin(node: Node, state: Value, shapeAt: ReadonlyMap<number, Shape>): boolean {
  if (node.op !== 'Concat' || !sameShape(node.outputs[0].type.shape, state.type.shape)) return false;
  let offset = 0;
  return node.inputs.every((piece) => {
    const begins = shapeAt.has(offset);
    offset += piece.type.shape[0];
    return begins;
  });
}

/** What makes the pieces of a join, by offset: pieces that nothing but the join and measurements read. */
function flatteners(join: Node, reading: Reading): Map<number, Node> {
  const makers = new Map<number, Node>();
  let offset = 0;
  for (const piece of join.inputs) {
    const maker = reading.producer(piece);
    const readers = reading.readers(piece);
    const isFree = readers.length === reading.uses(piece);
    if (maker && isFree && readers.every((n) => n === join || n.phase === 'record'))
      makers.set(offset, maker);
    offset += piece.type.shape[0];
  }
  return makers;
}

/** A tensor's gradient made flat, or a constant in the place of one. */
function isPacker(node: Node | undefined, shape: Shape): boolean {
  if (node?.op === 'Expand') return sizeOf(node.inputs[0].type.shape) === 1;
  return node?.op === 'Reshape' && sameShape(node.inputs[0].type.shape, shape);
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

/**
 * Which traced operations a network is made of, and which it is made of without its skips. A skip goes where the
 * addition that closes it goes: what comes by the branch takes its place, and what only the skip needed is dropped.
 */
import type { ModelTrace } from '../models/analysis';
import { skipOf } from '../models/skips';
import type { TraceNode } from '../values/trace';
import type { TensorValue } from '../values/values';

/** The branch that stands for each addition that closes a skip of the model. */
export function closingsOf(trace: ModelTrace): Map<TraceNode, TensorValue> {
  const closings = new Map<TraceNode, TensorValue>();
  for (const { addition, skip } of trace.blocks) closings.set(addition, skip.branch);
  // Skips around blocks are skips too, though the picture draws the inner ones.
  for (const node of trace.nodes) {
    if (node.op !== 'add' || closings.has(node)) continue;
    const branch = branchAmong(node.inputs);
    if (branch) closings.set(node, branch);
  }
  return closings;
}

/** The operand that all others skip (`Add()([x, f, g])`), or undefined. */
function branchAmong(operands: readonly TensorValue[]): TensorValue | undefined {
  return operands.find(
    (branch) =>
      operands.length > 1 &&
      operands.every((other) => other === branch || skipOf(branch, other)?.branch === branch),
  );
}

/** The operations that the outputs need, in order; `removed` additions are their branch. */
export function liveNodes(trace: ModelTrace, removed: ReadonlyMap<TraceNode, TensorValue>): TraceNode[] {
  const ends = new Set(trace.inputs.map((tensor) => tensor.id));
  const nodes = new Set<TraceNode>();
  const pending = [...trace.outputs];
  for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
    const { node } = tensor;
    // A tensor whose numbers are known is a constant, whatever was done to make it.
    if (!node || tensor.start || ends.has(tensor.id) || nodes.has(node)) continue;
    nodes.add(node);
    const branch = removed.get(node);
    pending.push(...(branch ? [branch] : node.inputs));
  }
  return [...nodes].sort((a, b) => a.id - b.id);
}

/**
 * A later reader of a tensor that `node` has written over: what it reads in PyTorch is not what stood there. Undefined
 * where the operation leaves its input alone or nobody reads it again.
 */
export function readAfterwards(node: TraceNode, nodes: readonly TraceNode[]): TraceNode | undefined {
  if (node.framework !== 'pytorch' || !isInPlace(node)) return undefined;
  const [target] = node.inputs;
  return nodes.find((other) => other.id > node.id && other.inputs.some((input) => input.id === target.id));
}

function isInPlace(node: TraceNode): boolean {
  const flag = node.instance?.layer?.args.get('inplace');
  if (flag) return flag.kind === 'boolean' && flag.value;
  return node.inPlace === true || node.attributes.inplace === true || /[a-z]_$/.test(node.callee);
}

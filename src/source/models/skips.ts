/**
 * Where a skip connection closes: the addition whose two operands come from one tensor, the fork. Walks back from
 * both operands, newest tensor first, until one tensor is left that both come from and that nothing by-passes.
 */
import type { ShortcutKind } from '../../ir/graph';
import type { TraceNode } from '../values/trace';
import type { TensorValue } from '../values/values';

export interface Skip {
  readonly fork: TensorValue;
  /** The operand that came by the skip, and the one that came by the branch. */
  readonly skip: TensorValue;
  readonly branch: TensorValue;
  readonly kind: ShortcutKind;
  readonly skipNodes: readonly TraceNode[];
  readonly branchNodes: readonly TraceNode[];
}

/** More tensors than this between fork and addition are not walked. */
const FARTHEST = 4000;

export function skipOf(a: TensorValue, b: TensorValue): Skip | undefined {
  if (a.id === b.id) return undefined;
  const marks = new Map<number, number>();
  const tensors = new Map<number, TensorValue>();
  const queue: number[] = [];
  const put = (tensor: TensorValue, mark: number) => {
    if (isOwn(tensor)) return;
    const known = marks.get(tensor.id);
    marks.set(tensor.id, (known ?? 0) | mark);
    if (known !== undefined) return;
    tensors.set(tensor.id, tensor);
    let at = queue.length;
    queue.push(tensor.id);
    while (at > 0 && queue[at - 1] > queue[at]) {
      [queue[at - 1], queue[at]] = [queue[at], queue[at - 1]];
      at--;
    }
  };
  put(a, 1);
  put(b, 2);
  const sides = new Map<TraceNode, number>();
  for (let walked = 0; queue.length > 0 && walked < FARTHEST; walked++) {
    const id = queue.pop() ?? 0;
    const tensor = tensors.get(id);
    const mark = marks.get(id) ?? 0;
    if (!tensor) return undefined;
    if (mark === 3 && queue.length === 0) return describe(tensor, a, b, sides);
    const { node } = tensor;
    if (!node) {
      if (tensor.origin === 'input') return undefined;
      continue;
    }
    sides.set(node, (sides.get(node) ?? 0) | mark);
    for (const input of node.inputs) put(input, mark);
  }
  return undefined;
}

/** A parameter, a number or a draw: no data comes by it, so that it passes nothing by. */
function isOwn({ node, origin, shape, start }: TensorValue): boolean {
  if (start?.kind === 'bernoulli') return true;
  if (node || origin === 'input') return false;
  return origin === 'parameter' || shape?.length === 0 || start?.kind === 'data';
}

function describe(
  fork: TensorValue,
  a: TensorValue,
  b: TensorValue,
  sides: Map<TraceNode, number>,
): Skip | undefined {
  // What both ways share behind the fork is carried by neither of them.
  if ([...sides.values()].includes(3)) return undefined;
  const of = (mark: number) => [...sides].filter(([, side]) => side === mark).map(([node]) => node);
  const [left, right] = [of(1), of(2)];
  const weigh = (nodes: readonly TraceNode[]) => nodes.filter(isWeighted).length * 1000 + nodes.length;
  const difference = weigh(left) - weigh(right) || widest(left) - widest(right);
  const leftIsSkip = difference < 0;
  const [skipNodes, branchNodes] = leftIsSkip ? [left, right] : [right, left];
  if (!branchNodes.some(isWeighted)) return undefined;
  // Two ways that are alike are parallel branches: neither of them skips the other.
  if (difference === 0) return undefined;
  return {
    fork,
    skip: leftIsSkip ? a : b,
    branch: leftIsSkip ? b : a,
    kind: kindOf(skipNodes),
    skipNodes: skipNodes.sort((x, y) => x.id - y.id),
    branchNodes: branchNodes.sort((x, y) => x.id - y.id),
  };
}

/** The most elements that one window of the nodes looks at. */
function widest(nodes: readonly TraceNode[]): number {
  const areas = nodes.map(({ attributes: { kernel } }) =>
    Array.isArray(kernel) ? kernel.reduce((area: number, size) => area * Number(size), 1) : 1,
  );
  return Math.max(1, ...areas);
}

export function isWeighted(node: TraceNode): boolean {
  return [
    'conv',
    'convTranspose',
    'dense',
    'separableConv',
    'linear',
    'matmul',
    'attention',
    'scaledAttention',
    'recurrent',
  ].includes(node.op);
}

function kindOf(nodes: readonly TraceNode[]): ShortcutKind {
  const has = (...ops: string[]) => nodes.some((node) => ops.includes(node.op));
  if (nodes.every((node) => ['identity', 'dropout', 'dropPath'].includes(node.op))) return 'identity';
  if (nodes.some(isWeighted)) return 'projection';
  if (has('pad', 'padAll', 'zeroPad', 'concat', 'slice')) return 'pad';
  if (has('maxPool', 'averagePool')) return 'pool';
  if (has('multiply')) return 'gate';
  return 'other';
}

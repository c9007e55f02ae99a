/**
 * Residual blocks in a trace: the operations between a fork and the addition that closes its skip. Where a module
 * of the file holds exactly one such addition, the block is that module's call; else the block is what lies
 * between fork and addition, with the norm and activation in front of a projected fork and the activation behind.
 */
import type { TraceNode } from '../values/trace';
import type { InstanceValue, TensorValue } from '../values/values';
import { isWeighted, type Skip, skipOf } from './skips';

export interface TracedBlock {
  /** `layer1/0` */
  readonly scope: string;
  /** `basicBlock`, or the name of the module's class. */
  readonly kind: string;
  readonly nodes: ReadonlySet<TraceNode>;
  readonly addition: TraceNode;
  readonly skip: Skip;
  readonly input: TensorValue;
  readonly output: TensorValue;
}

interface Draft extends Omit<TracedBlock, 'scope' | 'kind'> {
  readonly owner?: InstanceValue;
}

export function blocksOf(
  nodes: readonly TraceNode[],
  paths: ReadonlyMap<InstanceValue, string>,
): TracedBlock[] {
  const users = usersOf(nodes);
  const closings = nodes.flatMap((node) => {
    const [a, b] = node.inputs;
    const skip = node.op === 'add' && node.inputs.length === 2 ? skipOf(a, b) : undefined;
    return skip ? [{ node, skip }] : [];
  });
  const additions = new Set(closings.map(({ node }) => node));
  const drafts = closings.flatMap(({ node, skip }) => {
    const draft = moduleBlock(node, skip, nodes, additions, users) ?? spanBlock(node, skip, users);
    return draft ? [draft] : [];
  });
  const taken = new Set<TraceNode>();
  const accepted = drafts
    .sort((a, b) => a.nodes.size - b.nodes.size)
    .filter((draft) => {
      if ([...draft.nodes].some((node) => taken.has(node))) return false;
      for (const node of draft.nodes) taken.add(node);
      return true;
    })
    .sort((a, b) => a.addition.id - b.addition.id);
  const counts = new Map<string, number>();
  const used = new Set<string>();
  return accepted.map((draft) => {
    const own = draft.owner && paths.get(draft.owner);
    if (own && !used.has(own)) {
      used.add(own);
      return { ...draft, scope: own, kind: kindOf(draft) };
    }
    const prefix = ownerPath(draft.addition, paths);
    const count = (counts.get(prefix) ?? 0) + 1;
    counts.set(prefix, count);
    return { ...draft, scope: prefix ? `${prefix}/block${count}` : `block${count}`, kind: kindOf(draft) };
  });
}

function usersOf(nodes: readonly TraceNode[]): Map<number, TraceNode[]> {
  const users = new Map<number, TraceNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) {
      const known = users.get(input.id);
      if (!known) users.set(input.id, [node]);
      else if (!known.includes(node)) known.push(node);
    }
  }
  return users;
}

export function ownerPath(node: TraceNode, paths: ReadonlyMap<InstanceValue, string>): string {
  let prefix = '';
  for (const owner of node.owners) prefix = paths.get(owner) || prefix;
  return prefix;
}

/** The call of the innermost module around the addition, if that is one block and nothing else. */
function moduleBlock(
  addition: TraceNode,
  skip: Skip,
  nodes: readonly TraceNode[],
  additions: ReadonlySet<TraceNode>,
  users: ReadonlyMap<number, TraceNode[]>,
): Draft | undefined {
  const depth = addition.owners.length - 1;
  const owner = addition.owners[depth];
  if (!owner || depth < 1) return undefined;
  const at = nodes.indexOf(addition);
  const isInside = (node: TraceNode | undefined) =>
    node?.owners[depth] === owner && node.owners[depth - 1] === addition.owners[depth - 1];
  let first = at;
  let last = at;
  while (first > 0 && isInside(nodes[first - 1])) first--;
  while (last + 1 < nodes.length && isInside(nodes[last + 1])) last++;
  const run = new Set(nodes.slice(first, last + 1));
  if ([...run].filter((node) => additions.has(node)).length !== 1) return undefined;
  if (![...skip.skipNodes, ...skip.branchNodes].every((node) => run.has(node))) return undefined;
  const made = new Set([...run].flatMap((node) => node.outputs.map((output) => output.id)));
  const inputs = new Map<number, TensorValue>();
  for (const node of run)
    for (const input of node.inputs)
      if (!made.has(input.id) && (input.origin === 'input' || input.origin === 'node'))
        inputs.set(input.id, input);
  const [input, ...more] = inputs.values();
  const outputs = [...run]
    .flatMap((node) => node.outputs)
    .filter((output) => (users.get(output.id) ?? []).some((user) => !run.has(user)) || !users.has(output.id));
  if (!input || more.length > 0 || outputs.length !== 1) return undefined;
  return { nodes: run, addition, skip, input, output: outputs[0], owner };
}

const ACTIVATIONS = new Set([
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'gelu',
  'silu',
  'sigmoid',
  'tanh',
  'activation',
  'hardSwish',
]);

function spanBlock(
  addition: TraceNode,
  skip: Skip,
  users: ReadonlyMap<number, TraceNode[]>,
): Draft | undefined {
  const nodes = new Set<TraceNode>([...skip.skipNodes, ...skip.branchNodes, addition]);
  let input = skip.fork;
  // A pre-activation block projects behind its first norm and activation (He 2016): they belong to it.
  if (skip.kind === 'projection') {
    const front: TraceNode[] = [];
    let node = input.node;
    while (node && (ACTIVATIONS.has(node.op) || node.op === 'batchNorm') && node.inputs.length === 1) {
      front.push(node);
      const [before] = node.inputs;
      if (node.op === 'batchNorm' && front.length === 2 && before.node?.op !== 'conv') {
        for (const each of front) nodes.add(each);
        input = before;
        break;
      }
      if ((users.get(before.id)?.length ?? 0) > 1) break;
      node = before.node;
    }
  }
  let [output] = addition.outputs;
  const next = users.get(output.id);
  if (next?.length === 1 && ACTIVATIONS.has(next[0].op)) {
    nodes.add(next[0]);
    [output] = next[0].outputs;
  }
  return { nodes, addition, skip, input, output };
}

function kindOf({ owner, skip }: Draft): string {
  if (owner?.class.form) {
    const { name } = owner.class;
    return name.charAt(0).toLowerCase() + name.slice(1);
  }
  const kernels = skip.branchNodes
    .filter(isWeighted)
    .map((node) => (Array.isArray(node.attributes.kernel) ? Number(node.attributes.kernel[0]) : 0));
  if (kernels.join() === '1,3,1') return 'bottleneck';
  return kernels.every((kernel) => kernel === 0) ? 'denseBlock' : 'basicBlock';
}

/**
 * The networks of a picture as one tree: stages of blocks of layers, aligned by scope path, so that a residual
 * network and its plain twin share every row that both have. Equal neighbouring blocks form a run, which folds into
 * one row. Built once a network; folding only walks it. No other viewer's grouping is used: scopes already say it.
 */
import type { ShortcutKind } from '../../src/ir/graph';
import type { BlockDescription, LayerDescription, NetworkDescription } from '../../src/protocol/description';

/** One entry a network; null where the network has nothing of this scope. */
export type PerNetwork<T> = readonly (T | null)[];

export interface InputNode {
  readonly kind: 'input';
  readonly id: string;
  readonly shape: readonly number[];
}

export interface LayerNode {
  readonly kind: 'layer';
  readonly id: string;
  readonly scope: string;
  readonly layers: PerNetwork<LayerDescription>;
}

/** Neighbouring layers outside of any block: a stem, a head. */
export interface ChainNode {
  readonly kind: 'chain';
  readonly id: string;
  readonly children: readonly LayerNode[];
}

export interface BlockNode {
  readonly kind: 'block';
  readonly id: string;
  readonly scope: string;
  readonly blocks: PerNetwork<BlockDescription>;
  readonly children: readonly LayerNode[];
}

/** At least two neighbouring blocks that are equal in every network: kind, shortcut and shapes. */
export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
  readonly children: readonly BlockNode[];
}

/** Blocks under one parent scope, with the loose layers between them. */
export interface StageNode {
  readonly kind: 'stage';
  readonly id: string;
  readonly scope: string;
  readonly children: readonly (RunNode | BlockNode | ChainNode | LayerNode)[];
}

export type TreeNode = InputNode | LayerNode | ChainNode | BlockNode | RunNode | StageNode;

/** Blocks that stand behind a node, in order; empty for layers. */
export function blocksOf(node: TreeNode): readonly BlockNode[] {
  switch (node.kind) {
    case 'block':
      return [node];
    case 'run':
      return node.children;
    case 'stage':
      return node.children.flatMap(blocksOf);
    default:
      return [];
  }
}

export function buildTree(networks: readonly NetworkDescription[]): TreeNode[] {
  const layers = merge(networks.map((n) => n.layers)).map(
    (entry): LayerNode => ({ kind: 'layer', id: entry.scope, scope: entry.scope, layers: entry.items }),
  );
  const blocks = merge(networks.map((n) => n.blocks));
  // Innermost block of a scope: blocks may nest in networks read from source, the outer one then has no layers.
  const byScope = new Map(blocks.map((block) => [block.scope, block]));
  const sequence: (LayerNode | BlockDraft)[] = [];
  const drafts = new Map<string, BlockDraft>();
  for (const layer of layers) {
    const scope = blockScope(layer.scope, byScope);
    const known = scope === null ? undefined : drafts.get(scope);
    if (known) known.children.push(layer);
    else if (scope === null) sequence.push(layer);
    else {
      const entry = byScope.get(scope)!;
      const draft: BlockDraft = {
        kind: 'block',
        id: `${scope}/`,
        scope,
        blocks: entry.items,
        children: [layer],
      };
      drafts.set(scope, draft);
      sequence.push(draft);
    }
  }
  const shape = networks[0]?.inputShape ?? [];
  return [{ kind: 'input', id: ':input', shape }, ...group(sequence)];
}

type BlockDraft = BlockNode & { children: LayerNode[] };

function blockScope(scope: string, blocks: ReadonlyMap<string, unknown>): string | null {
  for (let at = scope.lastIndexOf('/'); at > 0; at = scope.lastIndexOf('/', at - 1)) {
    const parent = scope.slice(0, at);
    if (blocks.has(parent)) return parent;
  }
  return null;
}

const parentOf = (scope: string) => scope.slice(0, Math.max(0, scope.lastIndexOf('/')));

/** Puts neighbouring blocks of one parent under a stage, equal ones in runs, loose layers in chains. */
function group(sequence: readonly (LayerNode | BlockNode)[]): TreeNode[] {
  const top: TreeNode[] = [];
  const stageScopes = new Set(sequence.filter((n) => n.kind === 'block').map((n) => parentOf(n.scope)));
  for (let i = 0; i < sequence.length; ) {
    const scope = stageOf(sequence[i], stageScopes);
    let end = i + 1;
    while (end < sequence.length && stageOf(sequence[end], stageScopes) === scope) end++;
    const members = gather(sequence.slice(i, end));
    if (scope === '') top.push(...members);
    else top.push({ kind: 'stage', id: `${scope}:${i}`, scope, children: members });
    i = end;
  }
  return top;
}

function stageOf(node: LayerNode | BlockNode, stages: ReadonlySet<string>): string {
  const parent = parentOf(node.scope);
  return stages.has(parent) ? parent : '';
}

function gather(nodes: readonly (LayerNode | BlockNode)[]): (RunNode | BlockNode | ChainNode | LayerNode)[] {
  const out: (RunNode | BlockNode | ChainNode | LayerNode)[] = [];
  for (let i = 0; i < nodes.length; ) {
    const first = nodes[i];
    const key = signature(first);
    let end = i + 1;
    while (end < nodes.length && signature(nodes[end]) === key) end++;
    const members = nodes.slice(i, end);
    if (members.length === 1) out.push(first);
    else if (first.kind === 'block')
      out.push({ kind: 'run', id: `${first.scope}:run`, children: members as BlockNode[] });
    else out.push({ kind: 'chain', id: `${first.scope}:chain`, children: members as LayerNode[] });
    i = end;
  }
  return out;
}

/** Equal for blocks that look alike from outside, and for all loose layers. */
function signature(node: LayerNode | BlockNode): string {
  if (node.kind === 'layer') return 'layer';
  return node.blocks
    .map((b) => b && [b.kind, b.shortcut, b.inputShape.join('x'), b.outputShape.join('x')].join(' '))
    .join('|');
}

/** Joins lists by scope, each in its own order; what only a later list has follows its predecessor there. */
function merge<T extends { readonly scope: string }>(lists: readonly (readonly T[])[]) {
  let order: string[] = [];
  const items = new Map<string, (T | null)[]>();
  lists.forEach((list, k) => {
    const fresh = new Map<string, string[]>();
    let anchor = '';
    for (const item of list) {
      const known = items.get(item.scope);
      if (known) {
        known[k] = item;
        anchor = item.scope;
      } else {
        const row: (T | null)[] = lists.map(() => null);
        row[k] = item;
        items.set(item.scope, row);
        fresh.set(anchor, [...(fresh.get(anchor) ?? []), item.scope]);
      }
    }
    if (k === 0) order = fresh.get('') ?? [];
    else if (fresh.size > 0)
      order = [...(fresh.get('') ?? []), ...order.flatMap((s) => [s, ...(fresh.get(s) ?? [])])];
  });
  return order.map((scope) => ({ scope, items: items.get(scope)! }));
}

/** How many blocks of a node carry which shortcut in one network, most frequent first. */
export function shortcutsOf(node: TreeNode, network: number): { kind: ShortcutKind; count: number }[] {
  const counts = new Map<ShortcutKind, number>();
  for (const { blocks } of blocksOf(node)) {
    const kind = blocks[network]?.shortcut;
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count);
}

/**
 * Which rows a folding makes of the tree, and where they lie: one below the other, all of one height. Closed form:
 * the y of a row is its index times the height, so that culling is two divisions and 4,000 rows cost nothing.
 */
import { blocksOf, type TreeNode } from './tree';

/** What is folded unless a person said otherwise: everything below this level. */
export const foldLevels = ['stages', 'runs', 'blocks', 'layers'] as const;
export type FoldLevel = (typeof foldLevels)[number];

export interface Folding {
  readonly level: FoldLevel;
  /** By node id: true folded, false unfolded; wins over the level. */
  readonly own: ReadonlyMap<string, boolean>;
}

export interface Row {
  readonly id: string;
  readonly node: TreeNode;
  readonly index: number;
  /** 0 for what stands alone, 1 within a stage, 2 within a block. */
  readonly depth: number;
  readonly foldable: boolean;
  readonly folded: boolean;
  /** An unfolded row names what follows and carries no numbers of its own. */
  readonly isHeader: boolean;
  /** The run that this block belongs to, where it is unfolded; folding it is offered on its first row. */
  readonly run: { readonly id: string; readonly isFirst: boolean; readonly isLast: boolean } | null;
  /** Row ids from the outermost ancestor inwards, whether they have rows or not. */
  readonly parents: readonly string[];
}

export function isFolded(node: TreeNode, { level, own }: Folding): boolean {
  const said = own.get(node.id);
  if (said !== undefined) return said;
  switch (node.kind) {
    case 'stage':
      return level === 'stages';
    case 'run':
      return level === 'stages' || level === 'runs';
    case 'block':
    case 'chain':
      return level !== 'layers';
    default:
      return false;
  }
}

export function layoutRows(tree: readonly TreeNode[], folding: Folding): Row[] {
  const rows: Row[] = [];
  const push = (node: TreeNode, depth: number, parents: readonly string[], run: Row['run']) => {
    const foldable = node.kind === 'block' ? node.children.length > 0 : 'children' in node;
    const folded = foldable && isFolded(node, folding);
    const isHeader = foldable && !folded;
    rows.push({
      id: node.id,
      node,
      index: rows.length,
      depth,
      foldable,
      folded,
      isHeader,
      run,
      parents,
    });
  };
  const walk = (node: TreeNode, depth: number, parents: readonly string[], run: Row['run']): void => {
    // An unfolded run or chain has no row of its own: its members take its place.
    if ((node.kind === 'run' || node.kind === 'chain') && !isFolded(node, folding)) {
      const last = node.children.length - 1;
      node.children.forEach((child, i) => {
        const own = { id: node.id, isFirst: i === 0, isLast: i === last };
        walk(child, depth, [...parents, node.id], own);
      });
      return;
    }
    push(node, depth, parents, run);
    if (!('children' in node) || isFolded(node, folding)) return;
    for (const child of node.children) walk(child, depth + 1, [...parents, node.id], null);
  };
  for (const node of tree) walk(node, 0, [], null);
  return rows;
}

/** The level that opens a network: blocks where they fit on a screen or two, else runs of equal blocks. */
export function openingLevel(tree: readonly TreeNode[]): FoldLevel {
  const blocks = tree.reduce((sum, node) => sum + blocksOf(node).length, 0);
  return blocks > 0 && blocks <= 60 ? 'blocks' : 'runs';
}

/** What has to be unfolded so that the node of this id has a row. */
export function ancestorsOf(tree: readonly TreeNode[], id: string): string[] | null {
  for (const node of tree) {
    if (node.id === id) return [];
    if (!('children' in node)) continue;
    const below = ancestorsOf(node.children, id);
    if (below) return [node.id, ...below];
  }
  return null;
}

/** Rows from `first` up to but without `end`, for a window into the picture. */
export function cull(
  count: number,
  rowHeight: number,
  top: number,
  height: number,
): { first: number; end: number } {
  // A third of a screen beyond both edges, so that scrolling meets rows that are already drawn.
  const margin = height / 3;
  const first = Math.max(0, Math.floor((top - margin) / rowHeight));
  return {
    first: Math.min(first, count),
    end: Math.min(count, Math.ceil((top + height + margin) / rowHeight)),
  };
}

export const rowHeights = { least: 3, most: 30, readable: 12 } as const;

/** The height at which all rows fit into `available` pixels, within what can still be read. */
export function fitHeight(count: number, available: number): number {
  const fit = Math.floor(available / Math.max(1, count));
  return Math.max(rowHeights.readable + 2, Math.min(26, fit));
}

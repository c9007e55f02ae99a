/**
 * The skips, at every fold level: a folded stage, run or block wears its arcs on its own row, an unfolded block
 * spans from its header to the addition. An arc is a network's skips of one kind; its width is set by whoever knows
 * the measured share. A plain network has none.
 */
import type { ShortcutKind } from '../../src/ir/graph';
import type { Row } from './rows';
import { shortcutsOf } from './tree';

export interface Arc {
  readonly id: string;
  readonly network: number;
  readonly kind: ShortcutKind;
  /** Blocks that this arc stands for. */
  readonly count: number;
  readonly row: Row;
  /** Fractional row indices of its ends: 3.2 is a fifth into the fourth row. */
  readonly from: number;
  readonly to: number;
  /** 0 for the outermost of a row's arcs, and how many the row has. */
  readonly nesting: number;
  readonly siblings: number;
}

/** Arcs of the rows in `first .. end`, also of unfolded blocks that only pass through there. */
export function layoutArcs(rows: readonly Row[], networks: number, first = 0, end = rows.length): Arc[] {
  const arcs: Arc[] = [];
  // An unfolded block above the window may reach into it.
  let start = first;
  while (start > 0 && rows[start].parents.some((id) => id.endsWith('/'))) start--;
  for (let i = start; i < end; i++) {
    const row = rows[i];
    if (row.isHeader && row.node.kind !== 'block') continue;
    const kinds = Array.from({ length: networks }, (_, network) =>
      shortcutsOf(row.node, network).map((shortcut) => ({ ...shortcut, network })),
    ).flat();
    kinds.forEach(({ network, kind, count }, nesting) => {
      // Inner arcs leave and return within the outer ones.
      const inset = kinds.length === 1 ? 0.14 : 0.12 + (0.5 * nesting) / kinds.length;
      const to = row.isHeader ? additionOf(rows, i, network) - inset + 0.14 : i + 1 - inset;
      const id = `${row.id} ${network} ${kind}`;
      arcs.push({ id, network, kind, count, row, from: i + inset, to, nesting, siblings: kinds.length });
    });
  }
  return arcs;
}

/** The middle of the row where an unfolded block adds its skip: its last Add, or its last row. */
function additionOf(rows: readonly Row[], header: number, network: number): number {
  const id = rows[header].id;
  let last = header;
  let addition = -1;
  for (let i = header + 1; i < rows.length && rows[i].parents.includes(id); i++) {
    last = i;
    const { node } = rows[i];
    if (node.kind === 'layer' && node.layers[network]?.op === 'Add') addition = i;
  }
  return (addition < 0 ? last : addition) + 0.5;
}

/**
 * The chain of layers with its skips as arcs at the left, at every fold level. An arc's width is the measured share
 * of the gradient that came round the skip at the fork; its stroke says identity (solid), projection (dashed) or
 * zero-padding (dotted). A plain twin has no arcs.
 */
import { t } from '../../src/base/localize';
import { cutText, part, round, textWidth } from '../figure/svg';
import type { Arc } from '../layout/arcs';
import { layoutArcs } from '../layout/arcs';
import type { Row } from '../layout/rows';
import { blocksOf } from '../layout/tree';
import { isWeighted } from '../store/readings';
import { hasSkips, shareOf } from '../store/selectors';
import { type Frame, isWritten, type Track } from './track';
import { firstOf, rowWords, shortcutWord } from './words';

/** x of the chain, and of the first letter of a row's name. */
const chainX = 44;
const nameX = 67;
const indent = 9;

export const structure: Track = {
  id: 'structure',
  title: () => t('Structure'),
  subtitle: ({ state }) =>
    !hasSkips(state)
      ? t('no skips')
      : state.series.some((s) => s.length > 0)
        ? t('arc width: share of the gradient')
        : t('arcs: what skips the block'),

  draw(g, frame) {
    const { rows, first, end, rowHeight, column } = frame;
    const visible = rows.slice(first, end);
    const middle = (row: Row) => (row.index + 0.5) * rowHeight;
    const bottom = Math.min(rows.length - 0.5, end) * rowHeight;
    part(g, 'chains');
    const arcs = layoutArcs(rows, frame.state.networks.length, first, end);
    // One width scale for all rows, so that nested arcs fit and widths still compare.
    const isNested = arcs.some((arc) => arc.siblings > 1);
    const most = Math.max(1.5, Math.min(6, rowHeight * (isNested ? 0.19 : 0.33)));
    part(g, 'arcs')
      .selectAll<SVGPathElement, Arc>('path')
      .data(arcs, (arc) => arc.id)
      .join('path')
      .attr('class', (arc) => `arc n${arc.network} ${arc.kind}`)
      .attr('d', (arc) => arcPath(arc, rowHeight))
      .attr('stroke-width', (arc) => arcWidth(frame, arc, most));

    if (frame.onlyNumbers) return;
    part(g, 'chains')
      .selectAll('line')
      .data([0])
      .join('line')
      .attr('class', 'chain')
      .attr('x1', chainX)
      .attr('x2', chainX)
      .attr('y1', Math.max(0.5, first) * rowHeight)
      .attr('y2', bottom);

    const size = Math.max(3, Math.min(10, rowHeight - 5));
    part(g, 'glyphs')
      .selectAll<SVGPathElement, Row>('path')
      .data(
        visible.filter((row) => row.node.kind !== 'stage' || row.folded),
        (row) => row.id,
      )
      .join('path')
      .attr('class', (row) => `glyph ${glyphClass(row)}`)
      .attr('transform', (row) => `translate(${chainX},${round(middle(row))})`)
      .attr('d', (row) => glyphPath(row, size));

    part(g, 'chevrons')
      .selectAll<SVGPathElement, Row>('path')
      .data(rowHeight >= 9 ? visible.filter((row) => row.foldable) : [], (row) => row.id)
      .join('path')
      .attr('class', 'chevron')
      .attr('transform', (row) => `translate(${chevronX(row)},${round(middle(row))})`)
      .attr('d', (row) => (row.folded ? 'M-2.5,-4L2.5,0L-2.5,4Z' : 'M-4,-2.5L0,2.5L4,-2.5Z'));

    part(g, 'brackets')
      .selectAll<SVGPathElement, Row[]>('path')
      .data(brackets(visible), ([row]) => row.run!.id)
      .join('path')
      .attr('class', 'bracket')
      .attr('d', (members) => {
        const x = column.width - 3;
        const [top, low] = [middle(members[0]), middle(members[members.length - 1])];
        return `M${x - 4},${round(top)}H${x}V${round(low)}H${x - 4}`;
      });

    const names = part(g, 'names')
      .selectAll<SVGTextElement, Row>('text')
      .data(
        visible.filter((row) => isWritten(frame, row)),
        (row) => row.id,
      )
      .join((enter) => {
        const text = enter.append('text');
        text.append('tspan').attr('class', 'name');
        text.append('tspan').attr('class', 'note').attr('dx', 6);
        return text;
      })
      .attr('class', (row) => nameClass(row))
      .attr('y', (row) => round(middle(row)));
    names.each(function (row) {
      const { name, note } = rowWords(row.node);
      const x = nameX + indent * row.depth;
      const room = column.width - x - 8;
      const shown = cutText(name, room);
      const left = room - textWidth(shown, 12) - 6;
      this.setAttribute('x', String(x));
      const [first, second] = this.children;
      first.textContent = shown;
      second.textContent = left > 26 ? cutText(note, left, 11) : '';
      second.setAttribute('class', 'note');
    });
  },

  describe({ state }, row) {
    const said: string[] = [];
    state.networks.forEach((network, i) => {
      const kinds = new Map<string, number>();
      for (const { blocks } of blocksOf(row.node)) {
        const kind = blocks[i]?.shortcut;
        if (kind) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
      for (const kind of kinds.keys())
        said.push(
          t('{0}: skip by {1} ({2})', network.title, shortcutWord(kind as Arc['kind']), kinds.get(kind)!),
        );
    });
    return said;
  },
};

/** Where the chevron of a row sits; a click left of the name hits it. */
export function chevronX(row: Row): number {
  return row.node.kind === 'stage' && !row.folded ? chainX : nameX - 11 + indent * row.depth;
}

/** Pixels for a share of 0 to 1; a skip that nobody has measured is drawn thin. */
function arcWidth({ state }: Frame, arc: Arc, most: number): number {
  const { node } = arc.row;
  const shares = (
    arc.siblings === 1 ? [node] : blocksOf(node).filter((b) => b.blocks[arc.network]?.shortcut === arc.kind)
  )
    .map((own) => shareOf(state, own, arc.network).middle)
    .filter((share) => !Number.isNaN(share));
  if (shares.length === 0) return Math.min(1.4, most);
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  return round(Math.max(0.8, most * mean));
}

function arcPath({ from, to, nesting }: Arc, rowHeight: number): string {
  const [top, bottom] = [round(from * rowHeight), round(to * rowHeight)];
  const x = chainX - 5;
  // A Bezier reaches three quarters of the way to its handles.
  const reach = Math.max(6, 27 - 9 * nesting) / 0.75;
  return `M${x},${top}C${round(x - reach)},${top} ${round(x - reach)},${bottom} ${x},${bottom}`;
}

function glyphClass({ node }: Row): string {
  if (node.kind === 'input') return 'loose';
  if (node.kind === 'chain') return 'loose';
  if (node.kind !== 'layer') return 'group';
  const { op } = firstOf(node.layers);
  return isWeighted(op) ? 'loose' : 'hollow';
}

function glyphPath({ node }: Row, size: number): string {
  const r = size / 2;
  const square = (half: number, dx = 0, dy = 0) =>
    `M${dx - half},${dy - half}h${2 * half}v${2 * half}h${-2 * half}Z`;
  switch (node.kind) {
    case 'input':
      return circle(r);
    case 'chain':
      return square(r * 0.9);
    case 'block':
      return square(r);
    case 'run':
    case 'stage':
      return `${square(r, r * 0.35, -r * 0.35)}${square(r, -r * 0.35, r * 0.35)}`;
    case 'layer': {
      const { op } = firstOf(node.layers);
      if (isWeighted(op)) return square(r * 0.7);
      if (op === 'Add') return `${circle(r)}M${-r},0H${r}M0,${-r}V${r}`;
      return circle(r * 0.6);
    }
  }
}

const circle = (r: number) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;

function nameClass({ node, isHeader }: Row): string {
  if (node.kind === 'stage' || node.kind === 'run') return 'strong';
  if (node.kind === 'input' || node.kind === 'chain') return 'muted';
  return isHeader ? 'strong' : '';
}

/** Unfolded runs of blocks, as their visible rows; a bracket offers to fold them. */
function brackets(visible: readonly Row[]): Row[][] {
  const byRun = new Map<string, Row[]>();
  for (const row of visible)
    if (row.run && row.node.kind === 'block') byRun.set(row.run.id, [...(byRun.get(row.run.id) ?? []), row]);
  return [...byRun.values()];
}

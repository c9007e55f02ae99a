/** What the marks, lines and arcs mean, drawn with the marks themselves; two lines of 20 pixels. */
import { t } from '../../src/base/localize';
import type { ShortcutKind } from '../../src/ir/graph';
import { type Group, part } from '../figure/svg';
import { blocksOf } from '../layout/tree';
import { hasNumbers, rowsOf } from '../store/selectors';
import type { State } from '../store/state';
import { markClass, markPath } from './gradient';
import { shortcutWord } from './words';

interface Entry {
  readonly id: string;
  readonly text: string;
  readonly shape: 'mark' | 'start' | 'whisker' | 'spread' | ShortcutKind;
  readonly network: number;
}

/** Returns the width that was used. */
export function drawMarkLegend(g: Group, state: State, width = Infinity): number {
  const lines = linesOf(state);
  let most = 0;
  let y = 0;
  const placed = lines.flatMap((entries) => {
    let x = 0;
    const line = entries.map((entry) => {
      const own = 24 + widthOf(entry.text) + 16;
      if (x > 0 && x + own > width) {
        x = 0;
        y += 18;
      }
      const at = { ...entry, x, y };
      x += own;
      most = Math.max(most, x);
      return at;
    });
    y += 20;
    return line;
  });
  part(g, 'entries')
    .selectAll<SVGGElement, (typeof placed)[number]>(':scope > g')
    .data(placed, ({ id }) => id)
    .join((enter) => {
      const own = enter.append('g');
      own.append('path');
      own.append('path').attr('transform', 'translate(9,0)');
      own.append('text').attr('class', 'small').attr('x', 24);
      return own;
    })
    .attr('transform', ({ x, y }) => `translate(${x},${y})`)
    .each(function (entry) {
      const [path, mark, text] = this.children;
      const { d, kind, width: stroke } = shapeOf(entry);
      path.setAttribute('d', d);
      path.setAttribute('class', kind);
      if (entry.shape === 'mark') {
        mark.setAttribute('d', markPath(entry.network));
        mark.setAttribute('class', markClass(entry.network));
      }
      if (stroke) path.setAttribute('stroke-width', String(stroke));
      text.textContent = entry.text;
    });
  return most;
}

function linesOf(state: State): Entry[][] {
  const lines: Entry[][] = [];
  if (hasNumbers(state)) {
    const entries = state.networks.map(
      (network, i): Entry => ({ id: `n${i}`, text: network.title, shape: 'mark', network: i }),
    );
    if (state.series.some((s) => s.length > 1))
      entries.push({
        id: 'start',
        text: t('first step'),
        shape: 'start',
        network: 0,
      });
    if (rowsOf(state).some(({ node, folded }) => folded && blocksOf(node).length > 1))
      entries.push({ id: 'range', text: t('range of folded blocks'), shape: 'whisker', network: 0 });
    const seeds = Math.max(...state.series.map((s) => s.seeds));
    if (seeds > 1)
      entries.push({
        id: 'spread',
        text: t('least to greatest of {0} seeds', seeds),
        shape: 'spread',
        network: 0,
      });
    lines.push(entries);
  }
  const kinds = new Map<ShortcutKind, number>();
  state.networks.forEach((network, i) => {
    for (const { shortcut } of network.blocks) if (shortcut && !kinds.has(shortcut)) kinds.set(shortcut, i);
  });
  if (kinds.size > 0)
    lines.push(
      [...kinds].map(([kind, network]) => ({
        id: kind,
        text: t('skip: {0}', shortcutWord(kind)),
        shape: kind,
        network,
      })),
    );
  return lines;
}

function shapeOf({ shape, network }: Entry): { d: string; kind: string; width?: number } {
  switch (shape) {
    case 'mark':
      return { d: 'M0,0H18', kind: `n${network} line` };
    case 'start':
      return { d: 'M0,0H18', kind: 'n0 line start' };
    case 'whisker':
      return { d: 'M1,-3v6M1,0H17M17,-3v6', kind: 'n0 line whisker' };
    case 'spread':
      return { d: 'M0,-3.5H18v7H0Z', kind: 'n0 fill spread' };
    default:
      return { d: 'M18,-6C-6,-6 -6,6 18,6', kind: `n${network} arc ${shape}`, width: 3 };
  }
}

/** Roughly what the words take at 11 pixels. */
function widthOf(text: string): number {
  let width = 0;
  for (const c of text) width += c.charCodeAt(0) > 0x2e7f ? 11.5 : 6;
  return width;
}

/** What the pointer is on, in words: the row, and the numbers of the track under it. Hidden from screen readers,
 * which hear the same from the row itself. */
import { t } from '../../src/base/localize';
import type { Column } from '../layout/columns';
import type { Row } from '../layout/rows';
import type { State } from '../store/state';
import { tracks } from '../tracks/index';
import { chevronX } from '../tracks/structure';
import type { Track } from '../tracks/track';
import { rowWords } from '../tracks/words';
import { make } from './element';

interface Around {
  columns(): readonly Column[];
  rowAt(y: number): Row | undefined;
  state(): State | null;
}

export class Tooltip {
  readonly element = make('div', 'tooltip');
  private pending = 0;

  constructor(
    private readonly content: HTMLElement,
    private readonly around: Around,
  ) {
    this.element.hidden = true;
    this.element.setAttribute('aria-hidden', 'true');
    content.addEventListener('pointermove', (event) => {
      if (this.pending === 0) this.pending = requestAnimationFrame(() => this.show(event));
    });
    content.addEventListener('pointerleave', () => this.hide());
    content.addEventListener('pointerdown', () => this.hide());
  }

  hide(): void {
    cancelAnimationFrame(this.pending);
    this.pending = 0;
    this.element.hidden = true;
  }

  private show(event: PointerEvent): void {
    this.pending = 0;
    const state = this.around.state();
    const box = this.content.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const row = this.around.rowAt(y);
    if (!row || !state) {
      this.hide();
      return;
    }
    const column = this.around.columns().find((c) => x >= c.x - 8 && x <= c.x + c.width + 8);
    this.content.classList.toggle('pointing', column !== undefined && isHandle(row, column, x));
    const lines = column ? this.linesOf(state, row, column, x) : [];
    const { name, note } = rowWords(row.node);
    const title = 'scope' in row.node ? `${row.node.scope}` : name;
    this.element.replaceChildren(
      make('div', 'tooltipTitle', title, make('span', 'muted', note)),
      ...lines.map((line) => make('div', '', line)),
    );
    this.element.hidden = false;
    const { offsetWidth: w, offsetHeight: h } = this.element;
    const left = event.clientX + 14 + w > window.innerWidth ? event.clientX - w - 12 : event.clientX + 14;
    const top = event.clientY + 18 + h > window.innerHeight ? event.clientY - h - 12 : event.clientY + 18;
    this.element.style.left = `${Math.max(4, left)}px`;
    this.element.style.top = `${Math.max(4, top)}px`;
  }

  private linesOf(state: State, row: Row, column: Column, x: number): string[] {
    const track: Track = tracks[column.track];
    const lines = row.isHeader && column.track === 'gradient' ? [] : track.describe({ state, column }, row);
    if (column.track === 'structure' && row.foldable && isHandle(row, column, x))
      lines.push(row.folded ? t('Click to unfold') : t('Click to fold'));
    else if (column.track === 'structure' && row.run && isHandle(row, column, x))
      lines.push(t('Click to fold these equal blocks into one row'));
    return lines;
  }
}

/** Whether x is on a row's chevron, or on the bracket of its run. */
function isHandle(row: Row, column: Column, x: number): boolean {
  if (column.track !== 'structure') return false;
  if (row.run && x >= column.x + column.width - 12) return true;
  return row.foldable && Math.abs(x - column.x - chevronX(row)) <= 9;
}

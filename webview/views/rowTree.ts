/**
 * The rows as a tree that can be walked: what a click or a key on a row does, and what a screen reader hears of it.
 * One row at a time is in the tab order (roving focus); arrows move, fold and unfold, Enter opens the details.
 */
import type { Selection } from 'd3';
import { t } from '../../src/base/localize';
import type { Group } from '../figure/svg';
import type { Column } from '../layout/columns';
import type { Row } from '../layout/rows';
import { rowsOf } from '../store/selectors';
import type { State } from '../store/state';
import type { Base } from '../tracks/drawing';
import { tracks } from '../tracks/index';
import { chevronX } from '../tracks/structure';
import { rowWords, shapeWords } from '../tracks/words';
import type { Actions } from './actions';

interface Around {
  columns(): readonly Column[];
  rowHeight(): number;
  show(row: Row): void;
  /** Rows that a page key moves by. */
  pageRows(): number;
}

export class RowTree {
  private wantsFocus: string | null = null;
  private items: Selection<SVGGElement, Row, SVGGElement, unknown> | undefined;

  constructor(
    private readonly actions: Actions,
    private readonly around: Around,
  ) {}

  render(g: Group, { state, rows, first, end, rowHeight }: Base, width: number): void {
    const focused = this.focusedRow(state, rows);
    const self = this;
    g.attr('role', 'tree').attr('aria-label', t('Layers from input to output'));
    this.items = g
      .selectAll<SVGGElement, Row>(':scope > g')
      .data(rows.slice(first, end), (row) => row.id)
      .join((enter) => {
        const own = enter.append('g').attr('role', 'treeitem');
        own.append('rect').attr('class', 'hit');
        own.on('click', (event: MouseEvent, row) => self.onClick(event, row));
        own.on('dblclick', (_, { id }) => self.toggle(self.current(id)));
        own.on('keydown', (event: KeyboardEvent, row) => self.onKey(event, row));
        own.on('focus', (_, row) => {
          if (actions.state().focused !== row.id) actions.dispatch({ type: 'focus', id: row.id });
        });
        const { actions } = self;
        return own;
      })
      .attr('transform', (row) => `translate(0,${row.index * rowHeight})`)
      .attr('tabindex', (row) => (row.id === focused?.id ? 0 : -1))
      .attr('aria-level', (row) => row.depth + 1)
      .attr('aria-expanded', (row) => (row.foldable ? String(!row.folded) : null))
      .attr('aria-selected', (row) => String(row.id === state.selected))
      .attr('aria-label', (row) => labelOf(state, row, row.id === focused?.id))
      .each(function (row) {
        const rect = this.firstElementChild!;
        rect.setAttribute('width', String(width));
        rect.setAttribute('height', String(rowHeight));
        if (self.wantsFocus === row.id) {
          self.wantsFocus = null;
          this.focus({ preventScroll: true });
        }
      });
  }

  /** The row of the tab order: the focused one, or its nearest ancestor that has a row, or the first. */
  private focusedRow(state: State, rows: readonly Row[]): Row | undefined {
    return rows.find((row) => row.id === state.focused) ?? rows[0];
  }

  /** Moves the focus to a row, scrolling there; drawn first where it was culled. */
  focus(row: Row): void {
    this.around.show(row);
    const drawn = this.items?.filter(({ id }) => id === row.id).node();
    // A row that is there takes the focus at once, so that no key of a quick series is lost.
    if (drawn) drawn.focus({ preventScroll: true });
    else this.wantsFocus = row.id;
    this.actions.dispatch({ type: 'focus', id: row.id });
  }

  private onClick(event: MouseEvent, row: Row): void {
    const { left } = (event.currentTarget as Element).getBoundingClientRect();
    const x = event.clientX - left;
    const [structure] = this.around.columns();
    if (row.run && x >= structure.x + structure.width - 12 && x <= structure.x + structure.width + 4) {
      this.actions.dispatch({ type: 'fold', id: row.run.id, folded: true });
      return;
    }
    if (row.foldable && Math.abs(x - structure.x - chevronX(row)) <= 9) {
      this.toggle(row);
      return;
    }
    this.actions.dispatch({ type: 'select', id: row.id });
  }

  /** The row as the folding of this moment has it: what is drawn may be a frame behind a quick hand. */
  private current(id: string): Row | undefined {
    return rowsOf(this.actions.state()).find((row) => row.id === id);
  }

  private toggle(row: Row | undefined): void {
    if (row?.foldable) this.actions.dispatch({ type: 'fold', id: row.id, folded: !row.folded });
  }

  private onKey(event: KeyboardEvent, { id }: Row): void {
    const row = this.current(id);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const state = this.actions.state();
    const rows = rowsOf(state);
    const move = (index: number) => this.focus(rows[Math.max(0, Math.min(rows.length - 1, index))]);
    switch (event.key) {
      case 'ArrowDown':
        move(row.index + 1);
        break;
      case 'ArrowUp':
        move(row.index - 1);
        break;
      case 'PageDown':
        move(row.index + this.around.pageRows());
        break;
      case 'PageUp':
        move(row.index - this.around.pageRows());
        break;
      case 'Home':
        move(0);
        break;
      case 'End':
        move(rows.length - 1);
        break;
      case 'ArrowRight':
        if (row.foldable && row.folded) this.toggle(row);
        else move(row.index + 1);
        break;
      case 'ArrowLeft':
        this.outwards(row, rows);
        break;
      case 'Enter':
      case ' ':
        this.actions.dispatch({ type: 'select', id: state.selected === row.id ? null : row.id });
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Folds the row, else its run, else goes to what it is part of. */
  private outwards(row: Row, rows: readonly Row[]): void {
    if (row.foldable && !row.folded) {
      this.toggle(row);
      return;
    }
    const parents = [...row.parents].reverse();
    const [nearest] = parents;
    if (nearest === undefined) return;
    if (row.run?.id === nearest) {
      this.actions.dispatch({ type: 'fold', id: nearest, folded: true });
      this.wantsFocus = nearest;
      this.actions.dispatch({ type: 'focus', id: nearest });
      return;
    }
    const parent = rows.find((r) => r.id === nearest);
    if (parent) this.focus(parent);
  }
}

/** Name, shape and, for the row in focus, all its numbers. */
function labelOf(state: State, row: Row, isFull: boolean): string {
  const { name, note } = rowWords(row.node);
  const words = [name, note, shapeWords(state, row.node)];
  if (isFull)
    for (const track of ['structure', 'gradient', 'activation', 'fork'] as const) {
      const column = { track, network: 0, x: 0, width: 100 };
      words.push(...tracks[track].describe({ state, column }, row));
    }
  return words.filter(Boolean).join(', ');
}

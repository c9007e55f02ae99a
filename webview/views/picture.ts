/**
 * The tracks on the screen: heads above, rows that scroll, the dock with scrubber, curves and legend below. Only
 * the rows near the window are in the document; they are redrawn on scroll from the same layout. Heat maps are
 * canvases behind the scrubber line; everything else is SVG.
 */

import { t } from '../../src/base/localize';
import { group, part, round } from '../figure/svg';
import type { Column } from '../layout/columns';
import { gap, layoutColumns, margin } from '../layout/columns';
import { cull, fitHeight, type Row } from '../layout/rows';
import { hasNumbers, hasSkips, hasSteps, rowsOf, search, shownStep } from '../store/selectors';
import type { State } from '../store/state';
import { drawCurves } from '../tracks/curves';
import { type Base, drawHeads, drawRows, headHeight } from '../tracks/drawing';
import { drawLegend, stepRange } from '../tracks/heatMap';
import { drawMarkLegend } from '../tracks/legend';
import type { Actions } from './actions';
import { make, rootOf, svg } from './element';
import { HeatCanvases } from './heatCanvases';
import { RowTree } from './rowTree';
import type { Scrubber } from './scrubber';
import { Switches } from './switches';
import { zoomed } from './toolbar';
import { Tooltip } from './tooltip';

/** Curves grow into room that the rows do not need. */
const dockHeights = { curves: 152, mostCurves: 250, legend: 52 } as const;

export class Picture {
  readonly element = make('div', 'picture');
  readonly tree: RowTree;
  private readonly inner = make('div', 'pictureInner');
  private readonly heads = svg('sk heads');
  private readonly switches: Switches;
  private readonly scroller = make('div', 'scroller');
  private readonly content = make('div', 'content');
  private readonly body = svg('sk rows');
  private readonly dock = make('div', 'dock');
  private readonly dockDrawing = svg('sk dockDrawing');
  private readonly legend = svg('sk legend');
  private readonly scale = svg('sk scale');
  private readonly left = make('div', 'dockLeft');
  private readonly heat: HeatCanvases;
  private readonly tooltip: Tooltip;
  private state: State | null = null;
  private size = { width: 0, height: 0 };
  private place: readonly unknown[] = [];
  private found: { query: string; tree: unknown; ids: ReadonlySet<string> } = {
    query: '',
    tree: null,
    ids: new Set(),
  };
  rowHeight = 18;
  columns: readonly Column[] = [];

  constructor(
    private readonly actions: Actions,
    scrubber: Scrubber,
    private readonly redraw: () => void,
  ) {
    this.switches = new Switches(actions);
    this.tree = new RowTree(actions, {
      columns: () => this.columns,
      rowHeight: () => this.rowHeight,
      show: (row) => this.scrollTo(row),
      pageRows: () => Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight) - 1),
    });
    this.heat = new HeatCanvases(this.content, (network, share) => this.scrub(network, share));
    this.tooltip = new Tooltip(this.content, {
      columns: () => this.columns,
      rowAt: (y) => (this.state ? rowsOf(this.state)[Math.floor(y / this.rowHeight)] : undefined),
      state: () => this.state,
    });
    // An SVG is a picture to assistive technology unless it says otherwise, and pictures have no rows.
    for (const drawing of [this.heads, this.body]) drawing.setAttribute('role', 'group');
    name(this.dockDrawing, t('Loss and accuracy over steps'));
    name(this.legend, t('Legend'));
    name(this.scale, t('Scale of the colours'));
    this.content.append(this.body);
    this.scroller.append(this.content);
    this.left.append(scrubber.element, this.legend, this.scale);
    this.dock.append(this.left, this.dockDrawing);
    const head = make('div', 'headRow', this.heads, this.switches.element);
    this.inner.append(head, this.scroller, this.dock);
    this.element.append(this.inner, this.tooltip.element);
    this.scroller.addEventListener('scroll', () => this.redraw(), { passive: true });
    this.scroller.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.dockDrawing.addEventListener('pointerdown', (event) => this.scrubDock(event));
    this.dockDrawing.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) this.scrubDock(event);
    });
    new ResizeObserver(() => this.measure()).observe(this.element);
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === this.size.width && height === this.size.height) return;
    this.size = { width, height };
    this.redraw();
  }

  render(state: State): void {
    this.state = state;
    const rows = rowsOf(state);
    const { width: available, height } = this.size;
    if (available === 0 || rows.length === 0) return;
    const withSteps = hasSteps(state);
    const scrollbar = 12;
    const { columns, width } = layoutColumns({
      width: available - scrollbar,
      networks: state.networks.length,
      hasSkips: hasSkips(state),
      hasNumbers: hasNumbers(state),
      hasSteps: withSteps,
    });
    this.columns = columns;
    const leastDock = withSteps ? dockHeights.curves : dockHeights.legend;
    const room = height - headHeight - leastDock - 2;
    this.rowHeight = state.rowHeight ?? fitHeight(rows.length, room);
    const { rowHeight } = this;
    const spare = Math.max(0, room - rows.length * rowHeight - 12);
    const dockHeight = leastDock + (withSteps ? Math.min(spare, dockHeights.mostCurves - leastDock) : 0);
    const total = rows.length * rowHeight;
    // Read before anything is written, so that the browser lays out once a frame.
    const top = Math.min(this.scroller.scrollTop, Math.max(0, total - room));
    const window = cull(rows.length, rowHeight, top, Math.max(1, room));
    const onlyNumbers = this.isSamePlace([
      rows,
      window.first,
      window.end,
      rowHeight,
      available,
      height,
      columns.length,
      state.networks,
      state.selected,
      state.focused,
      state.query,
      state.metric,
      state.activation,
      state.domains.version,
      state.domains.activation(state.activation),
    ]);
    const base: Base = { state, rows, ...window, rowHeight, isStill: false, onlyNumbers };
    if (!onlyNumbers) {
      this.inner.style.width = `${Math.max(available, width + scrollbar)}px`;
      setSize(this.heads, width, headHeight);
      setSize(this.body, width, total);
      this.content.style.height = `${total}px`;
      this.scroller.style.maxHeight = `${total + 10}px`;
      this.dock.style.height = `${dockHeight}px`;
      this.drawDockFrame(state, columns, width, dockHeight);
      drawHeads(rootOf(this.heads), base, columns, this.switches.columns);
      this.switches.render(state, columns);
    }
    this.drawScrubHeads(state, columns);
    drawRows(rootOf(this.body), base, columns, width, {
      selected: state.selected,
      found: this.foundIn(state),
    });
    if (!onlyNumbers) this.tree.render(part(rootOf(this.body), 'hits'), base, width);
    this.heat.render(base, columns);
    this.drawCurves(state, columns, dockHeight);
  }

  /** Whether everything that places or names something is as in the last drawing. */
  private isSamePlace(place: readonly unknown[]): boolean {
    const isSame = place.length === this.place.length && place.every((v, i) => v === this.place[i]);
    this.place = place;
    return isSame;
  }

  /** Small arrows over the heat maps, where the scrubber line begins. */
  private drawScrubHeads(state: State, columns: readonly Column[]): void {
    const { from, to } = stepRange(state);
    const share = (shownStep(state) - from) / (to - from);
    part(rootOf(this.heads), 'scrubHeads')
      .selectAll<SVGPathElement, Column>('path')
      .data(columns.filter((c) => c.track === 'steps'))
      .join('path')
      .attr('class', 'scrubHead')
      .attr('transform', (c) => `translate(${Math.round(c.x + share * c.width)},${headHeight})`)
      .attr('d', 'M-5,-7H5L0,0Z');
  }

  /** Sizes and legends of the dock: what does not move with the numbers. */
  private drawDockFrame(state: State, columns: readonly Column[], width: number, height: number): void {
    const maps = columns.filter((c) => c.track === 'steps');
    const withSteps = maps.length > 0;
    const leftWidth = (maps[0]?.x ?? width) - margin - gap;
    this.left.style.width = `${leftWidth}px`;
    setSize(this.dockDrawing, width, height);
    setSize(this.legend, leftWidth, withSteps ? 58 : 44);
    drawMarkLegend(part(rootOf(this.legend), 'marks').attr('transform', 'translate(1,10)'), state, leftWidth);
    this.scale.classList.toggle('gone', !withSteps);
    if (withSteps) {
      setSize(this.scale, leftWidth, 26);
      const strip = part(rootOf(this.scale), 'strip').attr('transform', 'translate(1,2)');
      drawLegend(strip, state, Math.min(200, leftWidth / 2));
    }
  }

  /** Loss and accuracy below each heat map, with the scrubber's line through them. */
  private drawCurves(state: State, columns: readonly Column[], height: number): void {
    const maps = columns.filter((c) => c.track === 'steps');
    const root = rootOf(this.dockDrawing);
    const { from, to } = stepRange(state);
    const step = shownStep(state);
    part(root, 'plots')
      .selectAll<SVGGElement, Column>(':scope > g')
      .data(maps, (c) => c.network)
      .join('g')
      .attr('transform', (c) => `translate(${c.x},8)`)
      .each(function (c) {
        // The line first: words stand before it.
        part(group(this), 'scrubs')
          .selectAll('line')
          .data([round(((step - from) / (to - from)) * c.width)])
          .join('line')
          .attr('class', 'scrub')
          .attr('x1', (x) => x)
          .attr('x2', (x) => x)
          .attr('y1', -8)
          .attr('y2', height - 28);
        const g = part(group(this), 'curves');
        drawCurves(g, state, { network: c.network, width: c.width, height: height - 12 });
      });
  }

  private foundIn(state: State): ReadonlySet<string> {
    if (this.found.query !== state.query || this.found.tree !== state.tree)
      this.found = {
        query: state.query,
        tree: state.tree,
        ids: new Set(search(state.tree, state.query)),
      };
    return this.found.ids;
  }

  scrollTo(row: Row): void {
    const top = row.index * this.rowHeight;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = Math.max(0, top - 2 * this.rowHeight);
    else if (top + this.rowHeight > scrollTop + clientHeight)
      this.scroller.scrollTop = top + 3 * this.rowHeight - clientHeight;
  }

  /** Null fits; the row in the middle, or under `at` pixels below the top, stays where it is. */
  zoom(factor: number | null, at = this.scroller.clientHeight / 2): void {
    const before = this.rowHeight;
    const next = factor === null ? null : zoomed(before, factor);
    const line = (this.scroller.scrollTop + at) / before;
    this.actions.dispatch({ type: 'zoom', rowHeight: next });
    if (!this.state || next === null) return;
    // The content must have its new height before it can be scrolled there.
    this.content.style.height = `${rowsOf(this.state).length * next}px`;
    this.scroller.scrollTop = line * next - at;
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const at = event.clientY - this.scroller.getBoundingClientRect().top;
    this.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, at);
  }

  private scrub(_network: number, share: number): void {
    if (!this.state) return;
    const { from, to } = stepRange(this.state);
    const step = Math.round(from + Math.max(0, Math.min(1, share)) * (to - from));
    this.actions.dispatch({ type: 'step', step: share >= 0.995 ? null : step });
  }

  private scrubDock(event: PointerEvent): void {
    const x = event.clientX - this.dockDrawing.getBoundingClientRect().left;
    const map = this.columns.find((c) => c.track === 'steps' && x >= c.x - 4 && x <= c.x + c.width + 4);
    if (map) this.scrub(map.network, (x - map.x) / map.width);
  }

  /** Counts for a probe. */
  digest(): { drawnRows: number; visibleArcs: number } {
    return {
      drawnRows: this.body.querySelectorAll('.hits > g').length,
      visibleArcs: this.body.querySelectorAll('.arcs > path').length,
    };
  }
}

/** A drawing that is one picture, with a name; the table twin holds its numbers. */
function name(element: SVGSVGElement, text: string): void {
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', text);
}

function setSize(element: SVGSVGElement, width: number, height: number): void {
  element.setAttribute('width', String(Math.round(width)));
  element.setAttribute('height', String(Math.round(height)));
}

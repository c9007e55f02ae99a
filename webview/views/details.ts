/** What is known of the selected row: what it is, what it costs, what was measured, and what the host's files say. */
import { t } from '../../src/base/localize';
import { formatNorm, signed } from '../../src/experiments/verdict';
import type { SourcePlace } from '../../src/protocol/description';
import type { Fact, Histogram } from '../../src/protocol/panel';
import { formatCount, formatShape, percent } from '../figure/numbers';
import { blocksOf, type TreeNode } from '../layout/tree';
import { forkMean, type Reading } from '../store/readings';
import { columnOf, hasNumbers, readingOf, shareOf, shownStep } from '../store/selectors';
import type { State } from '../store/state';
import { drawSparkline } from '../tracks/sparkline';
import {
  costOf,
  firstOf,
  layersOf,
  metricWord,
  orderOf,
  rowWords,
  shapeWords,
  shortcutWord,
} from '../tracks/words';
import type { Actions } from './actions';
import { button, make, markIcon, rootOf, svg } from './element';

export class Details {
  readonly element = make('aside', 'details');
  private readonly measured = make('div');
  private still: readonly unknown[] = [];
  private moving: readonly unknown[] = [];

  constructor(private readonly actions: Actions) {
    this.element.setAttribute('aria-label', t('Details of the selected row'));
    this.element.hidden = true;
  }

  /** Head and facts stay while numbers move, so that a button under the pointer stays the same button. */
  render(state: State): void {
    const { selected, tree, details, version, step, metric } = state;
    const node = selected === null ? undefined : findNode(tree, selected);
    this.element.hidden = node === undefined;
    if (!node) return;
    const still = [selected, tree, details, state.abilities];
    if (!isSame(still, this.still)) {
      this.still = still;
      this.moving = [];
      this.element.replaceChildren(...this.fixedParts(state, node));
    }
    const moving = [version, step, metric];
    if (isSame(moving, this.moving)) return;
    this.moving = moving;
    this.measured.replaceChildren(...(hasNumbers(state) ? numbersOfAll(state, node) : []));
  }

  private fixedParts(state: State, node: TreeNode): Node[] {
    const { name, note } = rowWords(node);
    const close = button('×', {
      title: t('Close (Escape)'),
      onClick: () => this.actions.dispatch({ type: 'select', id: null }),
    });
    close.className = 'close';
    close.setAttribute('aria-label', t('Close the details'));
    const parts: Node[] = [
      make('div', 'detailsHead', make('h2', '', name), make('span', 'muted', note), close),
    ];
    const scope = scopeOf(node);
    if (scope) parts.push(make('p', 'scope', scope));
    const place = placeOf(node);
    if (place && state.abilities.reveal)
      parts.push(
        button(t('{0}, line {1}', place.file.slice(place.file.lastIndexOf('/') + 1), place.line + 1), {
          title: t('Open the line of source'),
          onClick: () => this.actions.ask('source/reveal', { place }),
        }),
      );
    parts.push(factList(factsOf(state, node)), this.measured);
    const { details } = state;
    if (details && details.scope === scope) {
      if (details.facts.length > 0) parts.push(factList(details.facts));
      for (const histogram of details.histograms) parts.push(histogramFigure(histogram));
    }
    return parts;
  }
}

/** What was measured of a row, a section a network. */
function numbersOfAll(state: State, node: TreeNode): HTMLElement[] {
  return state.networks.flatMap((network, i) => {
    const facts = numbersOf(state, node, i);
    if (facts.length === 0) return [];
    const box = make('section', 'numbers');
    const when = t('step {0}', shownStep(state));
    box.append(make('h3', '', markIcon(i), `${network.title} · ${when}`), factList(facts));
    if (state.series[i].length > 1) {
      const figure = svg('sk spark');
      figure.setAttribute('role', 'img');
      figure.setAttribute('aria-label', t('{0} over steps', metricWord(state.metric)));
      drawSparkline(rootOf(figure), state, node, i, 250, 44);
      box.append(figure);
    }
    return [box];
  });
}

const isSame = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((v, i) => v === b[i]);

/** The node behind a row id, at any depth. */
export function findNode(tree: readonly TreeNode[], id: string): TreeNode | undefined {
  for (const node of tree) {
    if (node.id === id) return node;
    const below = 'children' in node ? findNode(node.children, id) : undefined;
    if (below) return below;
  }
  return undefined;
}

export function scopeOf(node: TreeNode): string {
  return 'scope' in node ? node.scope : '';
}

/** A name and its value; what a number spreads over stands on lines of its own. */
type Line = readonly [name: string, value: string, ...spread: string[]];

function factList(facts: readonly Line[]): HTMLElement {
  const list = make('dl', 'facts');
  for (const [name, value, ...spread] of facts)
    list.append(
      make('dt', '', name),
      make('dd', '', value),
      ...spread.map((text) => make('dd', 'spread muted', text)),
    );
  return list;
}

function factsOf(state: State, node: TreeNode): Fact[] {
  const order = orderOf(state);
  const facts: Fact[] = [[t('Shape'), shapeWords(state, node)]];
  if (node.kind === 'layer') {
    const layer = firstOf(node.layers);
    facts.unshift([t('Operator'), layer.op]);
    facts.push([t('Input'), layer.inputShapes.map((shape) => formatShape(shape, order)).join(', ')]);
  }
  if (node.kind === 'block') {
    const block = firstOf(node.blocks);
    facts.unshift([t('Kind'), block.kind], [t('Name in the framework'), block.name]);
    facts.push([t('Input'), formatShape(block.inputShape, order)]);
    facts.push([t('Skip'), block.shortcut ? shortcutWord(block.shortcut) : t('none')]);
  }
  const blocks = blocksOf(node).length;
  if (blocks > 1) facts.unshift([t('Blocks'), String(blocks)]);
  if (node.kind === 'input') return facts;
  const network = Math.max(
    0,
    state.networks.findIndex((_, i) => layersOf(node, i).length > 0),
  );
  const { parameters, macs } = costOf(node, network);
  facts.push([t('Layers'), String(layersOf(node, network).length)]);
  facts.push([t('Parameters'), formatCount(parameters)]);
  facts.push([t('Multiply-adds'), formatCount(macs)]);
  return facts;
}

function numbersOf(state: State, node: TreeNode, network: number): Line[] {
  const facts: Line[] = [];
  const add = (name: string, metric: Parameters<typeof readingOf>[3], format = formatNorm) => {
    const reading = readingOf(state, node, network, metric);
    if (!Number.isNaN(reading.middle)) facts.push([name, ...linesOf(reading, format)]);
  };
  add(t('Activation gradient'), 'activationGradientNorm');
  add(t('Weight gradient'), 'weightGradientNorm');
  add(t('Update ratio'), 'updateRatio');
  add(t('Activation std'), 'activationStd');
  add(t('Activation mean'), 'activationMean', (value) => (value === 0 ? '0' : formatNorm(value)));
  add(t('Weight norm'), 'weightNorm');
  const share = shareOf(state, node, network);
  if (!Number.isNaN(share.middle)) facts.push([t('By the skip'), ...linesOf(share, percent)]);
  const index = columnOf(state, network);
  const cosine = forkMean(
    state.references[network],
    node,
    index < 0 ? undefined : state.series[network].vectorAt(index, 'forkCosine'),
  );
  if (!Number.isNaN(cosine)) facts.push([t('Cosine of skip and branch'), signed(cosine)]);
  return facts;
}

/** The number, then what it spreads over: the seeds, and the blocks of a folded row. */
function linesOf(
  { middle, low, high, seeds }: Reading,
  format: (value: number) => string,
): [string, ...string[]] {
  const lines: [string, ...string[]] = [format(middle)];
  if (seeds) lines.push(t('{0} to {1} over {2} seeds', format(seeds.low), format(seeds.high), seeds.count));
  if (low < high) lines.push(t('{0} to {1} over the blocks', format(low), format(high)));
  return lines;
}

function placeOf(node: TreeNode): SourcePlace | undefined {
  if (node.kind === 'layer') return node.layers.find((l) => l?.source)?.source;
  if (node.kind === 'block') return node.blocks.find((b) => b?.source)?.source;
  return undefined;
}

function histogramFigure({ title, network, edges, counts }: Histogram): HTMLElement {
  const figure = svg(`sk histogram n${network}`);
  figure.setAttribute('role', 'img');
  figure.setAttribute('aria-label', t('Histogram of {0}', title));
  const [width, height] = [250, 46];
  const most = Math.max(1, ...counts);
  const bar = width / Math.max(1, counts.length);
  counts.forEach((count, i) => {
    const rect = document.createElementNS(figure.namespaceURI, 'rect');
    const h = (count / most) * height;
    rect.setAttribute('class', `n${network} fill`);
    rect.setAttribute('x', String(i * bar));
    rect.setAttribute('y', String(height - h));
    rect.setAttribute('width', String(Math.max(0.5, bar - 1)));
    rect.setAttribute('height', String(h));
    figure.append(rect);
  });
  const ends = make(
    'div',
    'ends muted',
    make('span', '', edges[0]?.toPrecision(2) ?? ''),
    make('span', '', edges[edges.length - 1]?.toPrecision(2) ?? ''),
  );
  return make('div', '', make('h3', '', markIcon(network), make('span', '', title)), figure, ends);
}

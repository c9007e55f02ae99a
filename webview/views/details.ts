/** What is known of the selected row: what it is, what it costs, what was measured, and what the host's files say. */
import { t } from '../../src/base/localize';
import { formatNorm, signed } from '../../src/experiments/verdict';
import type { SourcePlace } from '../../src/protocol/description';
import type { Fact, Histogram } from '../../src/protocol/panel';
import { formatCount, formatShape, percent } from '../figure/numbers';
import { blocksOf, type TreeNode } from '../layout/tree';
import { forkMean } from '../store/readings';
import { columnOf, hasNumbers, readingOf, shareOf, shownStep } from '../store/selectors';
import type { State } from '../store/state';
import { drawSparkline } from '../tracks/sparkline';
import { costOf, firstOf, layersOf, metricWord, rowWords, shapeOf, shortcutWord } from '../tracks/words';
import type { Actions } from './actions';
import { button, make, markIcon, rootOf, svg } from './element';

export class Details {
  readonly element = make('aside', 'details');

  constructor(private readonly actions: Actions) {
    this.element.setAttribute('aria-label', t('Details of the selected row'));
    this.element.hidden = true;
  }

  render(state: State): void {
    const node = state.selected === null ? undefined : findNode(state.tree, state.selected);
    this.element.hidden = node === undefined;
    if (!node) return;
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
    parts.push(factList(factsOf(state, node)));
    if (hasNumbers(state)) parts.push(this.numbers(state, node));
    const place = placeOf(node);
    if (place && state.abilities.reveal)
      parts.push(
        button(t('{0}, line {1}', place.file.slice(place.file.lastIndexOf('/') + 1), place.line + 1), {
          title: t('Open the line of source'),
          onClick: () => this.actions.ask('source/reveal', { place }),
        }),
      );
    const { details } = state;
    if (details && details.scope === scope) {
      if (details.facts.length > 0) parts.push(factList(details.facts));
      for (const histogram of details.histograms) parts.push(histogramFigure(histogram));
    }
    this.element.replaceChildren(...parts);
  }

  private numbers(state: State, node: TreeNode): HTMLElement {
    const box = make('section', 'numbers');
    state.networks.forEach((network, i) => {
      const facts = numbersOf(state, node, i);
      if (facts.length === 0) return;
      const head = make('h3', '', markIcon(i), `${network.title} · ${t('step {0}', shownStep(state))}`);
      box.append(head, factList(facts));
      if (state.series[i].length < 2) return;
      const figure = svg('sk spark');
      figure.setAttribute('role', 'img');
      figure.setAttribute('aria-label', t('{0} over steps', metricWord(state.metric)));
      drawSparkline(rootOf(figure), state, node, i, 250, 44);
      box.append(figure);
    });
    return box;
  }
}

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

function factList(facts: readonly Fact[]): HTMLElement {
  const list = make('dl', 'facts');
  for (const [name, value] of facts) list.append(make('dt', '', name), make('dd', '', value));
  return list;
}

function factsOf(state: State, node: TreeNode): Fact[] {
  const facts: Fact[] = [[t('Shape'), formatShape(shapeOf(node))]];
  if (node.kind === 'layer') {
    const layer = firstOf(node.layers);
    facts.unshift([t('Operator'), layer.op]);
    facts.push([t('Input'), layer.inputShapes.map(formatShape).join(', ')]);
  }
  if (node.kind === 'block') {
    const block = firstOf(node.blocks);
    facts.unshift([t('Kind'), block.kind], [t('Name in the framework'), block.name]);
    facts.push([t('Input'), formatShape(block.inputShape)]);
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

function numbersOf(state: State, node: TreeNode, network: number): Fact[] {
  const facts: Fact[] = [];
  const add = (name: string, metric: Parameters<typeof readingOf>[3], format = formatNorm) => {
    const { middle, low, high } = readingOf(state, node, network, metric);
    if (Number.isNaN(middle)) return;
    facts.push([name, low < high ? `${format(middle)} (${format(low)} – ${format(high)})` : format(middle)]);
  };
  add(t('Activation gradient'), 'activationGradientNorm');
  add(t('Weight gradient'), 'weightGradientNorm');
  add(t('Update ratio'), 'updateRatio');
  add(t('Activation std'), 'activationStd');
  add(t('Activation mean'), 'activationMean', (value) => (value === 0 ? '0' : formatNorm(value)));
  add(t('Weight norm'), 'weightNorm');
  const share = shareOf(state, node, network).middle;
  if (!Number.isNaN(share)) facts.push([t('By the skip'), percent(share)]);
  const index = columnOf(state, network);
  const cosine = forkMean(
    state.references[network],
    node,
    index < 0 ? undefined : state.series[network].vectorAt(index, 'forkCosine'),
  );
  if (!Number.isNaN(cosine)) facts.push([t('Cosine of skip and branch'), signed(cosine)]);
  return facts;
}

function placeOf(node: TreeNode): SourcePlace | undefined {
  if (node.kind === 'layer') return node.layers.find((l) => l?.source)?.source;
  if (node.kind === 'block') return node.blocks.find((b) => b?.source)?.source;
  return undefined;
}

function histogramFigure({ title, network, edges, counts }: Histogram): HTMLElement {
  const figure = svg(`sk histogram n${network}`);
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
  return make('div', '', make('h3', '', title), figure, ends);
}

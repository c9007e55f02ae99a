/** What is read off the state: the step that is shown, a row's numbers at it, the verdicts, where search leads. */
import { comparisonSentence } from '../../src/experiments/comparison';
import {
  type ProfileOverSeeds,
  profileOverSeeds,
  readProfile,
  verdictSentence,
} from '../../src/experiments/verdict';
import { evaluationBands } from '../../src/protocol/bands';
import type { PanelDigest } from '../../src/protocol/panel';
import type { Series } from '../../src/protocol/series';
import { layoutRows, type Row } from '../layout/rows';
import { blocksOf, type TreeNode } from '../layout/tree';
import type { Decades } from './domains';
import { noReading, type Reading, type RowMetric, readSeeds, skipShare } from './readings';
import type { State } from './state';

/** Newest step of any network; 0 where there is none, or only the measurement at initialisation. */
export function newestStep({ series }: Pick<State, 'series'>): number {
  return series.reduce((most, s) => (s.length > 0 ? Math.max(most, s.stepAt(s.length - 1)) : most), 0);
}

export function firstStep({ series }: Pick<State, 'series'>): number {
  const firsts = series.filter((s) => s.length > 0).map((s) => s.stepAt(0));
  return firsts.length > 0 ? Math.min(...firsts) : 0;
}

export function shownStep(state: Pick<State, 'series' | 'step'>): number {
  const newest = newestStep(state);
  if (state.step === null) return newest;
  const target = Math.min(state.step, newest);
  // The nearest step that was kept at or before the one asked for: numbers shown are numbers measured.
  const index = state.series[0]?.indexAt(target) ?? -1;
  return index < 0 ? target : state.series[0].stepAt(index);
}

/** The step that a person has asked for and that some network's series has thinned away; null where all have it. */
export function missingStep(state: Pick<State, 'series' | 'step'>): number | null {
  if (state.step === null) return null;
  const step = Math.max(firstStep(state), Math.min(state.step, newestStep(state)));
  const isKept = (s: Series) => s.length === 0 || s.stepAt(s.indexAt(step)) === step;
  return state.series.every(isKept) ? null : step;
}

export const hasNumbers = ({ series }: Pick<State, 'series'>) => series.some((s) => s.length > 0);
export const hasSteps = ({ series }: Pick<State, 'series'>) => series.some((s) => s.length > 1);

export function hasSkips({ networks }: Pick<State, 'networks'>): boolean {
  return networks.some((n) => n.blocks.some((b) => b.shortcut !== null));
}

/** The rows of the current folding; computed again only when tree or folding change. */
export function rowsOf(state: Pick<State, 'tree' | 'folding'>): readonly Row[] {
  if (memo.tree !== state.tree || memo.folding !== state.folding)
    memo = {
      tree: state.tree,
      folding: state.folding,
      rows: layoutRows(state.tree, state.folding),
    };
  return memo.rows;
}

let memo: { tree: unknown; folding: unknown; rows: readonly Row[] } = {
  tree: null,
  folding: null,
  rows: [],
};

/** The axis of the metric that is shown: it reaches for layers only where a block is unfolded into them. */
export function decadesOf(state: Pick<State, 'tree' | 'folding' | 'domains' | 'metric'>): Decades {
  const hasLayers = rowsOf(state).some((row) => row.depth > 1);
  return state.domains.of(state.metric, hasLayers ? 'layers' : 'blocks');
}

/** A row's number in one network at the shown step, or at the column `index` of its series. */
export function readingOf(
  state: Pick<State, 'series' | 'references' | 'step'>,
  node: TreeNode,
  network: number,
  metric: RowMetric,
  index = columnOf(state, network),
): Reading {
  if (index < 0) return noReading;
  return readSeeds(state.references[network], node, metric, state.series[network].numbersAt(index));
}

export function shareOf(
  state: Pick<State, 'series' | 'references' | 'step'>,
  node: TreeNode,
  network: number,
  index = columnOf(state, network),
): Reading {
  if (index < 0) return noReading;
  return skipShare(state.references[network], node, state.series[network].numbersAt(index));
}

/** Evaluations over the seeds; those that a seed still lacks are left out. */
export function evaluationsOf({ evaluations, series }: Pick<State, 'evaluations' | 'series'>) {
  return evaluationBands(
    evaluations,
    series.map((s) => s.seeds),
  );
}

/** The column of the shown step in a network's series; -1 where nothing is measured. */
export function columnOf(state: Pick<State, 'series' | 'step'>, network: number): number {
  const series: Series | undefined = state.series[network];
  if (!series || series.length === 0) return -1;
  return state.step === null ? series.length - 1 : series.indexAt(shownStep(state));
}

/** One sentence a network, read off the norms at its blocks' outputs at the shown step; empty without numbers. */
export function verdicts(state: State): string[] {
  return state.networks.map((network, i) => {
    const column = columnOf(state, i);
    if (column < 0) return '';
    const series = state.series[i];
    const start = column > 0 && series.stepAt(0) === 1 ? profileAt(state, i, 0) : undefined;
    const profile = profileAt(state, i, column);
    return verdictSentence({ title: network.title, profile, start }, series.stepAt(column));
  });
}

/** What the networks' bands say of each other at the shown step; null where there is nothing to compare. */
export function comparison(state: State): string | null {
  const columns = state.networks.map((_, i) => columnOf(state, i));
  if (columns.includes(-1)) return null;
  return comparisonSentence(
    state.networks.map(({ title }, i) => ({
      title,
      profile: profileAt(state, i, columns[i]),
      step: state.series[i].stepAt(columns[i]),
    })),
  );
}

function profileAt(state: State, network: number, column: number): ProfileOverSeeds {
  const series = state.series[network];
  const places = blockPlaces(state, network);
  const seeds = series.seedsAt(column) ?? [{ vectors: series.vectorsAt(column) }];
  return profileOverSeeds(
    seeds.map((seed) => {
      const vector = seed.vectors.activationGradientNorm;
      return readProfile(places.map((at) => vector?.[at] ?? Number.NaN));
    }),
  );
}

/** Where the blocks' outputs stand in a network's gradient vector, input to output; found once a tree. */
function blockPlaces({ tree, networks }: State, network: number): readonly number[] {
  let known = places.get(tree);
  if (!known) places.set(tree, (known = []));
  if (!known[network]) {
    const names = networks[network].vectors.activationGradientNorm ?? [];
    const at = new Map(names.map((name, i) => [name, i]));
    known[network] = tree
      .flatMap(blocksOf)
      .map((block) => at.get(`${block.scope}/`) ?? -1)
      .filter((i) => i >= 0);
  }
  return known[network];
}

const places = new WeakMap<readonly TreeNode[], (readonly number[])[]>();

/** Row ids whose scope, name, kind or operator holds the text; all nodes, folded or not. */
export function search(tree: readonly TreeNode[], text: string): string[] {
  const query = text.trim().toLowerCase();
  if (query === '') return [];
  const found: string[] = [];
  const visit = (node: TreeNode): void => {
    if (wordsOf(node).some((word) => word.toLowerCase().includes(query))) found.push(node.id);
    if ('children' in node) node.children.forEach(visit);
  };
  tree.forEach(visit);
  return found;
}

function wordsOf(node: TreeNode): string[] {
  switch (node.kind) {
    case 'layer': {
      const layer = node.layers.find((l) => l !== null)!;
      return [node.scope, layer.op, layer.outputShape.join('x')];
    }
    case 'block': {
      const block = node.blocks.find((b) => b !== null)!;
      return [node.scope, block.name, block.kind, block.shortcut ?? ''];
    }
    case 'stage':
      return [node.scope];
    default:
      return [];
  }
}

/** What a probe is answered with; the view adds what only it knows. */
export function digestOf(
  state: State,
  seen: Pick<PanelDigest, 'drawnRows' | 'visibleArcs' | 'theme' | 'errors'>,
): PanelDigest {
  return {
    rows: rowsOf(state).length,
    seriesLengths: state.series.map((s) => s.length),
    lastStep: newestStep(state),
    shownStep: shownStep(state),
    metric: state.metric,
    selected: state.selected,
    ...seen,
  };
}

/**
 * What the panel knows and what its person has chosen, and how each message and each gesture changes it. Pure: no
 * DOM, no clock, no host. Series grow in place (they are bounded and large); `version` says that something moved.
 */

import type { Evaluation } from '../../src/protocol/bands';
import type { NetworkDescription } from '../../src/protocol/description';
import type {
  Fact,
  Histogram,
  PanelAbilities,
  PanelEvents,
  PanelNumbers,
  PanelRun,
  PanelSnapshot,
} from '../../src/protocol/panel';
import { Series, type SeriesSnapshot } from '../../src/protocol/series';
import type { StepNumbers } from '../../src/protocol/trainer';
import { ancestorsOf, type Folding, type FoldLevel, openingLevel } from '../layout/rows';
import { buildTree, type TreeNode } from '../layout/tree';
import { Domains } from './domains';
import { type ActivationMetric, type GradientMetric, References } from './readings';

export interface Details {
  readonly scope: string;
  readonly facts: readonly Fact[];
  readonly histograms: readonly Histogram[];
}

export interface State {
  readonly title: string;
  readonly subject: string;
  readonly networks: readonly NetworkDescription[];
  readonly tree: readonly TreeNode[];
  readonly references: readonly References[];
  readonly series: readonly Series[];
  readonly domains: Domains;
  readonly evaluations: readonly Evaluation[];
  readonly run: PanelRun | null;
  readonly abilities: PanelAbilities;
  readonly note: string;
  readonly notice: string;
  /** Moves with every number that comes in. */
  readonly version: number;

  readonly folding: Folding;
  /** Pixels; null fits the panel. */
  readonly rowHeight: number | null;
  readonly metric: GradientMetric;
  readonly activation: ActivationMetric;
  /** The step that the tracks show; null follows the newest. */
  readonly step: number | null;
  readonly playing: boolean;
  readonly selected: string | null;
  readonly focused: string | null;
  readonly query: string;
  readonly view: 'picture' | 'table';
  readonly measuring: boolean;
  readonly details: Details | null;
}

export type Action =
  | { type: 'snapshot'; snapshot: PanelSnapshot }
  | { type: 'stepped'; event: PanelEvents['run/step'] }
  | { type: 'evaluated'; event: Evaluation }
  | { type: 'runChanged'; run: PanelRun }
  | { type: 'measuring'; on: boolean }
  | { type: 'measured'; numbers: readonly PanelNumbers[] }
  | { type: 'stepRead'; series: readonly SeriesSnapshot[] }
  | { type: 'notice'; text: string }
  | { type: 'level'; level: FoldLevel }
  | { type: 'fold'; id: string; folded: boolean }
  | { type: 'reveal'; scope: string }
  | { type: 'select'; id: string | null }
  | { type: 'focus'; id: string | null }
  | { type: 'metric'; metric: GradientMetric }
  | { type: 'activation'; metric: ActivationMetric }
  | { type: 'step'; step: number | null }
  | { type: 'play'; on: boolean }
  | { type: 'query'; text: string }
  | { type: 'zoom'; rowHeight: number | null }
  | { type: 'view'; view: State['view'] }
  | { type: 'details'; details: Details }
  | { type: 'choices'; choices: Choices };

const nothing: PanelAbilities = {
  measure: false,
  train: false,
  control: false,
  export: false,
  reveal: false,
};

/** Before the first snapshot. */
export const blank: State = {
  title: '',
  subject: '',
  networks: [],
  tree: [],
  references: [],
  series: [],
  domains: new Domains([]),
  evaluations: [],
  run: null,
  abilities: nothing,
  note: '',
  notice: '',
  version: 0,
  folding: { level: 'blocks', own: new Map() },
  rowHeight: null,
  metric: 'activationGradientNorm',
  activation: 'activationStd',
  step: null,
  playing: false,
  selected: null,
  focused: null,
  query: '',
  view: 'picture',
  measuring: false,
  details: null,
};

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'snapshot':
      return begin(state, action.snapshot);
    case 'stepped': {
      const { step, totalSteps, imagesPerSecond, secondsLeft, networks } = action.event;
      networks.forEach((numbers, i) => {
        take(state, i, step, numbers);
      });
      const run = state.run && { ...state.run, step, totalSteps, imagesPerSecond, secondsLeft };
      return { ...state, run, version: state.version + 1 };
    }
    case 'measured':
      for (const { network, step, numbers } of action.numbers) take(state, network, step, numbers);
      return { ...state, measuring: false, version: state.version + 1 };
    case 'stepRead':
      action.series.forEach((own, i) => {
        const exact = Series.from(own);
        state.series[i]?.pin(exact);
        if (exact.length > 0) state.domains.include(state.references[i], exact.numbersAt(0));
      });
      return { ...state, version: state.version + 1 };
    case 'evaluated':
      return {
        ...state,
        evaluations: [...state.evaluations, action.event],
        version: state.version + 1,
      };
    case 'runChanged':
      return { ...state, run: action.run };
    case 'measuring':
      return { ...state, measuring: action.on };
    case 'notice':
      return { ...state, notice: action.text };
    case 'level':
      return { ...state, folding: { level: action.level, own: new Map() } };
    case 'fold': {
      const own = new Map(state.folding.own).set(action.id, action.folded);
      return { ...state, folding: { ...state.folding, own } };
    }
    case 'reveal':
      return reveal(state, action.scope);
    case 'select':
      return { ...state, selected: action.id, focused: action.id ?? state.focused, details: null };
    case 'focus':
      return { ...state, focused: action.id };
    case 'metric':
      return { ...state, metric: action.metric };
    case 'activation':
      return { ...state, activation: action.metric };
    case 'step':
      return { ...state, step: action.step };
    case 'play':
      return { ...state, playing: action.on };
    case 'query':
      return { ...state, query: action.text };
    case 'zoom':
      return { ...state, rowHeight: action.rowHeight };
    case 'view':
      return { ...state, view: action.view };
    case 'choices':
      return { ...state, ...action.choices };
    case 'details':
      return { ...state, details: action.details };
  }
}

/** A snapshot of the same subject keeps what the person has chosen, one of the same networks how it is looked at. */
function begin(state: State, snapshot: PanelSnapshot): State {
  const { networks, title, subject, evaluations, run, abilities, note = '' } = snapshot;
  const tree = buildTree(networks);
  const references = networks.map((network, i) => new References(network, i));
  const domains = new Domains(tree);
  const series = snapshot.series.map((s) => Series.from(s));
  series.forEach((s, i) => {
    for (let c = 0; c < s.length; c++) domains.include(references[i], s.numbersAt(c));
  });
  const isSameSubject = state.subject === subject;
  const isSameShape = signature(state.networks) === signature(networks);
  const fresh = { ...blank, folding: openingFolding(tree) };
  const kept = isSameSubject ? state : isSameShape ? { ...fresh, ...choicesOf(state) } : fresh;
  return {
    ...kept,
    title,
    subject,
    networks,
    tree,
    references,
    series,
    domains,
    evaluations,
    run,
    abilities,
    note,
    measuring: false,
    version: state.version + 1,
  };
}

const signature = (networks: readonly NetworkDescription[]) =>
  networks.map((n) => `${n.name} ${n.layers.length}`).join('|');

/** How a person looks at a network: what outlives a run, a hidden panel and a reloaded window. */
export type Choices = Pick<State, 'folding' | 'rowHeight' | 'metric' | 'activation' | 'view'>;

export const choicesOf = ({ folding, rowHeight, metric, activation, view }: State): Choices => ({
  folding,
  rowHeight,
  metric,
  activation,
  view,
});

const openingFolding = (tree: readonly TreeNode[]): Folding => ({
  level: openingLevel(tree),
  own: new Map(),
});

function take(state: State, network: number, step: number, numbers: StepNumbers): void {
  const series = state.series[network];
  if (!series) return;
  series.add(step, numbers);
  state.domains.include(state.references[network], numbers);
}

/** Selects the innermost row of a scope (a block's or a layer's) and unfolds what hides it. */
function reveal(state: State, scope: string): State {
  for (const id of [scope, `${scope}/`]) {
    const ancestors = ancestorsOf(state.tree, id);
    if (!ancestors) continue;
    const own = new Map(state.folding.own);
    for (const ancestor of ancestors) own.set(ancestor, false);
    return { ...state, folding: { ...state.folding, own }, selected: id, focused: id, details: null };
  }
  return state;
}

/**
 * Everything said between the host and an inspector panel: requests from the panel (every one is answered), events
 * to it. The host remembers and the panel forgets: `panel/ready` is answered with a whole snapshot, after that come
 * deltas; a panel that was hidden asks again. The messages are those of `channel.ts` sent with `postMessage`, so
 * typed arrays travel as they are. The panel is the `Caller`, the host the `Answerer`.
 *
 * A run needs no conversion on its way here: `run/started`, `run/step`, `run/evaluated` and `run/ended` of the
 * trainer carry the same descriptions and numbers. The HTML report is the same snapshot in an envelope.
 */
import type { Evaluation } from './bands';
import type { DataCard } from './dataCard';
import type { NetworkDescription, SourcePlace } from './description';
import type { FiguresTable } from './networkFigures';
import type { SeriesSnapshot } from './series';
import type { EndStatus, RunPhase, StepNumbers } from './trainer';

/** `interrupted`: the run says running and its process is gone. */
export type PanelRunStatus = 'running' | EndStatus | 'interrupted';

/** The run that a panel shows, as far as words go; `run/changed` sends it anew whenever a word changes. */
export interface PanelRun {
  readonly id: string;
  readonly status: PanelRunStatus;
  /** While it is running; `training` where nothing else is said. */
  readonly phase?: RunPhase;
  /** Of the phase, 0 to 1, where that is known. */
  readonly share?: number;
  /** What the queue waits for, as the person would know it. */
  readonly behind?: string;
  /** Steps done. */
  readonly step: number;
  readonly totalSteps: number;
  readonly batchSize: number;
  /** `CPU · onnxruntime 1.30.0` */
  readonly device: string;
  /** `CIFAR-10` */
  readonly data: string;
  /** How many seeds each network was trained from; 1 for an ordinary run. */
  readonly seeds: number;
  readonly imagesPerSecond?: number;
  readonly secondsLeft?: number;
  /** Why it ended as it did, for people. */
  readonly reason?: string;
  /** Whether Resume makes sense: it ended early, and a checkpoint is there. */
  readonly resumable: boolean;
}

/** Numbers of one network, taken after `step` steps; 0 is a measurement at initialisation. */
export interface PanelNumbers {
  /** Index among the snapshot's networks. */
  readonly network: number;
  readonly step: number;
  readonly numbers: StepNumbers;
}

/** What the panel can offer; a button whose entry is false is not shown. */
export interface PanelAbilities {
  /** Measure at initialisation; false in restricted mode and in a report. */
  readonly measure: boolean;
  /** Train the networks that are shown. */
  readonly train: boolean;
  /** Pause, stop, resume. */
  readonly control: boolean;
  readonly export: boolean;
  /** Open lines of source. */
  readonly reveal: boolean;
}

/** All that a panel draws from. */
export interface PanelSnapshot {
  /** `en`, `zh-tw`, `zh-cn`: for the document's language and for nothing else. */
  readonly language: string;
  /** Contents of the l10n bundle, keyed by the English sentence; empty for English. */
  readonly bundle: Readonly<Record<string, string>>;
  /** `ResNet-56 and its plain twin` */
  readonly title: string;
  /** One network, or two to compare: the residual one first. More (up to four) are drawn as well. */
  readonly networks: readonly NetworkDescription[];
  /** One a network, in the same order; empty series where nothing is measured. */
  readonly series: readonly SeriesSnapshot[];
  readonly evaluations: readonly Evaluation[];
  /** Null where a network is inspected without training. */
  readonly run: PanelRun | null;
  readonly abilities: PanelAbilities;
  /** What a report carries, since it has nobody to ask. */
  readonly card?: DataCard;
  readonly figures?: FiguresTable;
  /** Why something is not on offer (restricted mode, no skips, ...), for people. */
  readonly note?: string;
  /** Kept by the panel in the editor's panel state and given back to the serializer: what to open again. */
  readonly subject: string;
}

/** An attribute of a row, ready to be read: `['Kernel', '3 x 3']`. */
export type Fact = readonly [name: string, value: string];

/** Counts over equal bins: `edges` has one element more than `counts`. */
export interface Histogram {
  readonly title: string;
  readonly network: number;
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** What a test can know of a panel without reading pixels. */
export interface PanelDigest {
  /** Rows that the current folding makes, drawn or not. */
  readonly rows: number;
  /** Rows in the document. */
  readonly drawnRows: number;
  /** Skip arcs in the document. */
  readonly visibleArcs: number;
  /** Recorded columns of each network. */
  readonly seriesLengths: readonly number[];
  /** Step of the newest column, 0 where there is none. */
  readonly lastStep: number;
  /** Step that the tracks show. */
  readonly shownStep: number;
  readonly metric: string;
  readonly selected: string | null;
  /** `light`, `dark`, `high-contrast`, `high-contrast-light` */
  readonly theme: string;
  /** Uncaught errors of the panel's script, as text. */
  readonly errors: readonly string[];
}

export interface PanelRequests {
  /** The first word of a panel, and again whenever it has been hidden. */
  'panel/ready': { params: Record<string, never>; result: PanelSnapshot };
  'run/pause': { params: Record<string, never>; result: Record<string, never> };
  /** Goes on after a pause. */
  'run/continue': { params: Record<string, never>; result: Record<string, never> };
  'run/stop': { params: Record<string, never>; result: Record<string, never> };
  /** Goes on from the last checkpoint; a fresh snapshot follows. */
  'run/resume': { params: Record<string, never>; result: Record<string, never> };
  /** Trains the networks that are shown; a fresh snapshot follows. */
  'network/train': { params: Record<string, never>; result: Record<string, never> };
  /** Forward and backward on one batch; the answer is drawn like step 0. */
  'network/measure': { params: Record<string, never>; result: { numbers: readonly PanelNumbers[] } };
  /**
   * Exactly this step of every network, from the record: the pictures' series keep some hundred steps of a long run.
   * One series a network with that step alone; empty where it was not recorded.
   */
  'run/readStep': { params: { step: number }; result: { series: readonly SeriesSnapshot[] } };
  /** The host asks where to, and writes; cancelled where the person does. */
  'run/export': { params: { format: 'csv' | 'html' | 'run' }; result: Record<string, never> };
  /** The picture as it is shown. `name` is a proposal without folder. */
  'picture/save': {
    params: { name: string; format: 'svg' | 'png'; content: string | Uint8Array };
    result: Record<string, never>;
  };
  'source/reveal': { params: { place: SourcePlace }; result: Record<string, never> };
  /** What only the host can know of a row, from its files; both lists may be empty. */
  'row/details': {
    params: { scope: string };
    result: { facts: readonly Fact[]; histograms: readonly Histogram[] };
  };
  /** The card of the run's data; reading may take a while, and `data/progress` says how far it is. */
  'data/card': { params: Record<string, never>; result: { card: DataCard } };
  /** Nobody looks at the card any more: what reads it may stop. */
  'data/cancel': { params: Record<string, never>; result: Record<string, never> };
  /** Parameters, multiply-adds, memory and depth of the networks that are shown. */
  'network/figures': { params: Record<string, never>; result: FiguresTable };
  /** The answer to the event `panel/probe`. */
  'panel/digest': { params: { token: string; digest: PanelDigest }; result: Record<string, never> };
  /** Something broke inside the panel: for the log. */
  'panel/failed': { params: { message: string; stack: string }; result: Record<string, never> };
}

export interface PanelEvents {
  /** Everything anew: another subject, or a resumed run. */
  'panel/snapshot': PanelSnapshot;
  'run/changed': PanelRun;
  /** As often as the trainer says it; `run.step` moves along without a `run/changed`. */
  'run/step': {
    step: number;
    totalSteps: number;
    imagesPerSecond?: number;
    secondsLeft?: number;
    /** In the order of the snapshot's networks. */
    networks: readonly StepNumbers[];
  };
  'run/evaluated': Evaluation;
  /** The editor's export command: the panel answers with `picture/save`. */
  'picture/wanted': { format: 'svg' | 'png' };
  /** Selects the row of this scope, unfolds what hides it and scrolls there. */
  'row/reveal': { scope: string };
  /** Share of the data that is read for the card. */
  'data/progress': { share: number };
  /** Opens the sheet with the networks' figures. */
  'network/compared': Record<string, never>;
  /** One sentence at the foot of the panel until the next one; empty takes it away. */
  'panel/notice': { text: string };
  'panel/probe': { token: string };
}

/**
 * A run that this window asked for, from the queue to its end, kept from the trainer's events alone: what panels,
 * tree and status bar show while it lives. The record on disk is the trainer's; nothing here is written.
 */
import type { Evaluation } from '../../protocol/bands';
import { Series, type SeriesSnapshot } from '../../protocol/series';
import type { RunSettings } from '../../protocol/settings';
import type { EndStatus, RunPhase, TrainerEvents } from '../../protocol/trainer';

export interface LiveEnd {
  readonly status: EndStatus;
  readonly reason?: string;
  readonly code?: string;
}

export class LiveRun {
  phase: RunPhase = 'queued';
  share: number | undefined;
  behind: string | undefined;
  started: TrainerEvents['run/started'] | undefined;
  last: TrainerEvents['run/step'] | undefined;
  end: LiveEnd | undefined;
  /** One a network once the run has started; a resumed run's are filled from disk by who opens it. */
  series: Series[] = [];
  evaluations: Evaluation[] = [];

  constructor(
    readonly ticket: string,
    /** What was asked for; a resumed run's are those of its record. */
    readonly settings: RunSettings,
    /** `ResNet-20 and Plain-20` */
    readonly title: string,
    /** Known before it starts only where it is resumed. */
    public folder: string | undefined,
  ) {}

  /** Steps done. */
  get step(): number {
    return this.last?.step ?? this.started?.step ?? 0;
  }

  get totalSteps(): number {
    return this.last?.totalSteps ?? this.started?.totalSteps ?? this.settings.steps;
  }

  /** Loss of the first network at the last step; undefined before the first. */
  get loss(): number | undefined {
    return this.last?.networks[0]?.loss;
  }

  get isOver(): boolean {
    return this.end !== undefined;
  }

  snapshots(): SeriesSnapshot[] {
    return this.series.map((series) => series.toSnapshot());
  }

  onPhase({ phase, share, behind }: TrainerEvents['run/phase']): void {
    this.phase = phase;
    this.share = share;
    this.behind = behind;
  }

  onStarted(started: TrainerEvents['run/started'], earlier: readonly Series[] = []): void {
    this.started = started;
    this.folder = started.folder;
    this.series = started.networks.map((_, i) => earlier[i] ?? new Series());
  }

  onStep(event: TrainerEvents['run/step']): void {
    this.last = event;
    for (const [i, numbers] of event.networks.entries()) this.series[i]?.add(event.step, numbers);
  }

  /** The evaluation as views know it, or undefined for a network that the run does not have. */
  onEvaluated(event: TrainerEvents['run/evaluated']): Evaluation | undefined {
    const network = this.started?.networks.findIndex((n) => n.name === event.network) ?? -1;
    if (network < 0) return undefined;
    const { seed, step, loss, accuracy } = event;
    const evaluation = { network, seed, step, loss, accuracy };
    this.evaluations.push(evaluation);
    return evaluation;
  }
}

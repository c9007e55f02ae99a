/**
 * All that this window's trainer is doing: runs by ticket, one client for everybody, and what to say when the
 * process dies. It imports no editor, so that tests drive it with a fake trainer; who listens (panels, tree,
 * status bar) is told in events.
 */
import { Emitter } from '../../base/emitter';
import { SkiplensError, toPlainError } from '../../base/errors';
import { t } from '../../base/localize';
import type { RunSettings } from '../../protocol/settings';
import type { ProbeRequest, ProbeResult, TrainerEvents, TrainerRequests } from '../../protocol/trainer';
import { markCrashed } from '../../runs/listRuns';
import { readRecorded } from '../../workspace/recordedRun';
import { titleOf } from '../titles';
import { LiveRun } from './liveRun';
import type { TrainerEvent, TrainerPort } from './trainerPort';

type Devices = readonly { id: string; title: string; kind: string; available: boolean; reason?: string }[];

/** Where the session gets what only the editor knows. */
export interface SessionSurroundings {
  /** Called at the first request that needs a program; throws where none may be started. */
  connect(): TrainerPort;
  isTrusted(): boolean;
  log(level: 'info' | 'warn' | 'error', text: string): void;
}

export class Session {
  /** A run came, changed its words or ended. */
  readonly onChanged = new Emitter<LiveRun>();
  /** The run has a record from here on; its panel wants a new snapshot. */
  readonly onStarted = new Emitter<LiveRun>();
  readonly onStep = new Emitter<{ run: LiveRun; event: TrainerEvents['run/step'] }>();
  readonly onEvaluated = new Emitter<{ run: LiveRun; evaluation: LiveRun['evaluations'][number] }>();
  readonly onEnded = new Emitter<LiveRun>();
  /** The trainer died; `run` is the one that was in training, if any. */
  readonly onDied = new Emitter<{ error: Error; runs: readonly LiveRun[] }>();

  /** One sentence about how far the set-up of TensorFlow.js is. */
  readonly onSetUp = new Emitter<string>();
  /** Share of the data that is read for a card. */
  readonly onDataRead = new Emitter<TrainerEvents['data/progress']>();

  private port: TrainerPort | undefined;
  private readonly runs = new Map<string, LiveRun>();
  /** Events that arrive before the answer that names their run. */
  private readonly early = new Map<string, TrainerEvent[]>();

  constructor(private readonly surroundings: SessionSurroundings) {}

  /** Runs that are not over, in the order in which they were asked for: the first is the one in training. */
  active(): LiveRun[] {
    return [...this.runs.values()].filter((run) => !run.isOver);
  }

  current(): LiveRun | undefined {
    const active = this.active();
    return active.find((run) => run.phase !== 'queued') ?? active[0];
  }

  byTicket(ticket: string): LiveRun | undefined {
    return this.runs.get(ticket);
  }

  /** The newest life of the run in this folder, over or not. */
  byFolder(folder: string): LiveRun | undefined {
    return [...this.runs.values()].reverse().find((run) => run.folder === folder);
  }

  async start(settings: RunSettings, root: string, title: string): Promise<LiveRun> {
    const { ticket } = await this.trainer().request('run/start', { settings, root });
    return this.adopt(new LiveRun(ticket, settings, title, undefined));
  }

  async resume(folder: string, steps?: number): Promise<LiveRun> {
    const trainer = this.trainer();
    const recorded = await readRecorded(folder);
    const { ticket } = await trainer.request('run/resume', { folder, steps });
    const run = new LiveRun(ticket, recorded.settings, titleOf(recorded.settings.networks), folder);
    if (steps !== undefined) this.surroundings.log('info', `${recorded.id}: up to step ${steps}`);
    return this.adopt(run);
  }

  async stop(run: LiveRun): Promise<void> {
    await this.trainer().request('run/stop', { ticket: run.ticket });
  }

  async pause(run: LiveRun): Promise<void> {
    await this.trainer().request('run/pause', { ticket: run.ticket });
  }

  async continue(run: LiveRun): Promise<void> {
    await this.trainer().request('run/continue', { ticket: run.ticket });
  }

  async devices(): Promise<Devices> {
    return (await this.trainer().request('device/list', {})).devices;
  }

  async probe(request: ProbeRequest): Promise<ProbeResult> {
    return this.trainer().request('network/probe', request);
  }

  /** Any other request, for commands that need the trainer's engines. */
  async ask<K extends keyof TrainerRequests>(
    method: K,
    params: TrainerRequests[K]['params'],
  ): Promise<TrainerRequests[K]['result']> {
    return this.trainer().request(method, params);
  }

  /** The process, if one was started: for the log and for tests. */
  async greet(): Promise<{ version: string; node: string; pid: number } | undefined> {
    return this.port?.request('trainer/greet', {});
  }

  async dispose(): Promise<void> {
    await this.port?.dispose();
  }

  private trainer(): TrainerPort {
    if (!this.surroundings.isTrusted())
      throw new SkiplensError(
        'trust/needed',
        t('Training starts a program, and this folder is not trusted. Trust it first, then train.'),
      );
    if (!this.port) {
      this.port = this.surroundings.connect();
      this.port.onEvent((event) => void this.inTurn(() => this.take(event)));
      this.port.onDied((error) => this.lose(error));
    }
    return this.port;
  }

  private async adopt(run: LiveRun): Promise<LiveRun> {
    await this.inTurn(async () => {
      this.runs.set(run.ticket, run);
      this.onChanged.fire(run);
      const early = this.early.get(run.ticket) ?? [];
      this.early.delete(run.ticket);
      for (const event of early) await this.take(event);
    });
    return run;
  }

  /** Events of one run wait for each other: a resumed run's start reads what was recorded before. */
  private queue: Promise<void> = Promise.resolve();

  private inTurn(work: () => Promise<void> | void): Promise<void> {
    this.queue = this.queue
      .then(work)
      .catch((error) => this.surroundings.log('error', toPlainError(error).stack ?? String(error)));
    return this.queue;
  }

  private async take(event: TrainerEvent): Promise<void> {
    if (event.name === 'log/line') {
      this.surroundings.log(event.payload.level, event.payload.text);
      return;
    }
    if (event.name === 'data/progress') {
      this.onDataRead.fire(event.payload);
      return;
    }
    if (event.name === 'tfjs/progress') {
      this.onSetUp.fire(event.payload.message);
      return;
    }
    const run = this.runs.get(event.payload.ticket);
    if (!run) {
      const early = this.early.get(event.payload.ticket) ?? [];
      this.early.set(event.payload.ticket, [...early, event]);
      return;
    }
    switch (event.name) {
      case 'run/phase':
        run.onPhase(event.payload);
        this.onChanged.fire(run);
        return;
      case 'run/started': {
        const { folder, step } = event.payload;
        const earlier = step > 0 ? await readRecorded(folder, { to: step }) : undefined;
        run.onStarted(event.payload, earlier?.series);
        if (earlier) run.evaluations = [...earlier.evaluations];
        this.onStarted.fire(run);
        this.onChanged.fire(run);
        return;
      }
      case 'run/step':
        run.onStep(event.payload);
        this.onStep.fire({ run, event: event.payload });
        return;
      case 'run/evaluated': {
        const evaluation = run.onEvaluated(event.payload);
        if (evaluation) this.onEvaluated.fire({ run, evaluation });
        return;
      }
      case 'run/ended':
        run.end = event.payload;
        this.onChanged.fire(run);
        this.onEnded.fire(run);
        return;
    }
  }

  private lose(error: Error): void {
    // What had arrived is taken first, so that the last step is the last one that was said.
    void this.inTurn(async () => {
      const runs = this.active();
      for (const run of runs) {
        // The record keeps the reason too, for whoever opens it later.
        if (run.folder)
          await markCrashed(run.folder, error.message, 'trainer/died').catch((fault) =>
            this.surroundings.log('warn', toPlainError(fault).message),
          );
        run.end = { status: 'crashed', reason: error.message, code: 'trainer/died' };
        this.onChanged.fire(run);
        this.onEnded.fire(run);
      }
      this.onDied.fire({ error, runs });
    });
  }
}

/** The jobs of a trainer process: in line one after the other, and behind those of other processes. */
import path from 'node:path';
import { t } from '../base/localize';
import { endedRun } from '../protocol/errors';
import { LoopControl } from './loop';
import { enterQueue } from './queue';
import { type Emit, type JobOrder, runJob, titleOf } from './runJob';

interface Job {
  readonly ticket: string;
  readonly title: string;
  readonly control: LoopControl;
  readonly emit: Emit;
  /** Its end has been told. */
  isOver: boolean;
}

export type EmitTicket = (ticket: string) => Emit;

export class Jobs {
  private readonly known = new Map<string, Job>();
  private line: Promise<void> = Promise.resolve();
  private running: Job | undefined;
  private count = 0;

  constructor(private readonly emitFor: EmitTicket) {}

  /** Gives the run a place in line and answers at once; `wanted` is the ticket that its events carry. */
  add(order: JobOrder, wanted?: string): string {
    const ticket = wanted ?? `${process.pid}-${++this.count}`;
    const title = order.kind === 'start' ? titleOf(order.settings) : path.basename(order.folder);
    const emit = this.emitFor(ticket);
    const job: Job = { ticket, title, control: new LoopControl(), emit, isOver: false };
    const ahead = [...this.known.values()].at(-1);
    this.known.set(ticket, job);
    if (ahead) emit('run/phase', { phase: 'queued', behind: ahead.title });
    this.line = this.line.then(() => this.work(job, order));
    return ticket;
  }

  of(ticket: string): LoopControl {
    return this.find(ticket).control;
  }

  /** Resolves once nothing is computed for the run any more; what may still come is its last checkpoint. */
  async stop(ticket: string): Promise<void> {
    const job = this.find(ticket);
    job.control.stop();
    // One that only waits for another run of this process is over at once.
    if (job !== this.running) this.drop(job);
    await job.control.obeyed;
  }

  /** Nobody listens any more: stops everything at the end of the current step; resolves when all is written. */
  async stopAll(): Promise<void> {
    for (const { control } of this.known.values()) control.abandon();
    await this.line;
  }

  get active(): string | undefined {
    return this.running?.ticket;
  }

  private find(ticket: string): Job {
    const job = this.known.get(ticket);
    if (!job) throw endedRun();
    return job;
  }

  private async work(job: Job, order: JobOrder): Promise<void> {
    if (job.isOver) return;
    const { control, emit } = job;
    try {
      const lock = await enterQueue(
        job.title,
        (behind) => emit('run/phase', { phase: 'queued', behind }),
        () => control.stopping,
      );
      try {
        if (!lock || control.stopping) return;
        this.running = job;
        await runJob(order, control, emit);
        job.isOver = true;
      } finally {
        lock?.release();
      }
    } finally {
      this.running = undefined;
      this.drop(job);
    }
  }

  /** Forgets a run, and says so where it has not said itself how it ended. */
  private drop(job: Job): void {
    this.known.delete(job.ticket);
    job.control.obey();
    if (job.isOver) return;
    job.isOver = true;
    job.emit('run/ended', {
      status: 'stopped',
      step: 0,
      code: 'run/cancelled',
      reason: t('The run was stopped before its first step.'),
    });
  }
}

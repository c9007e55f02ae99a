/** The jobs of a trainer process: in line one after the other, and behind those of other processes. */
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { LoopControl } from './loop';
import { enterQueue } from './queue';
import { type Emit, type JobOrder, runJob, titleOf } from './runJob';

interface Job {
  readonly ticket: string;
  readonly title: string;
  readonly control: LoopControl;
}

export type EmitTicket = (ticket: string) => Emit;

export class Jobs {
  private readonly known = new Map<string, Job>();
  private line: Promise<void> = Promise.resolve();
  private running: Job | undefined;
  private count = 0;

  constructor(private readonly emitFor: EmitTicket) {}

  /** Gives the run a place in line and answers at once. */
  add(order: JobOrder): string {
    const ticket = `${process.pid}-${++this.count}`;
    const title = order.kind === 'start' ? titleOf(order.settings) : path.basename(order.folder);
    const job: Job = { ticket, title, control: new LoopControl() };
    const emit = this.emitFor(ticket);
    const ahead = [...this.known.values()].at(-1);
    this.known.set(ticket, job);
    if (ahead) emit('run/phase', { phase: 'queued', behind: ahead.title });
    this.line = this.line.then(() => this.work(job, order, emit));
    return ticket;
  }

  of(ticket: string): LoopControl {
    const job = this.known.get(ticket);
    if (!job) throw new SkiplensError('run/ended', t('This run has ended already.'));
    return job.control;
  }

  /** Nobody listens any more: stops everything at the end of the current step; resolves when all is written. */
  async stopAll(): Promise<void> {
    for (const { control } of this.known.values()) control.abandon();
    await this.line;
  }

  get active(): string | undefined {
    return this.running?.ticket;
  }

  private async work(job: Job, order: JobOrder, emit: Emit): Promise<void> {
    try {
      const lock = await enterQueue(
        job.title,
        (behind) => emit('run/phase', { phase: 'queued', behind }),
        () => job.control.stopping,
      );
      if (!lock || job.control.stopping) {
        lock?.release();
        emit('run/ended', {
          status: 'stopped',
          step: 0,
          code: 'run/cancelled',
          reason: t('The run was stopped before its first step.'),
        });
        return;
      }
      this.running = job;
      try {
        await runJob(order, job.control, emit);
      } finally {
        lock.release();
      }
    } finally {
      this.running = undefined;
      this.known.delete(job.ticket);
    }
  }
}

/**
 * Talks to the trainer, for the editor and the command line alike. Native code holds the trainer's only thread while
 * it makes a session or computes a step, so a stop may find nobody listening: then the process is ended, the stopped
 * run keeps what it recorded, and whatever else was asked for is asked again of a new process. Nothing is resent to
 * a process that died by itself.
 */
import { Emitter } from '../base/emitter';
import { type SkiplensError, toPlainError } from '../base/errors';
import { t } from '../base/localize';
import { endedRun } from './errors';
import type { RunPhase, TrainerRequests } from './trainer';
import { type ProcessOptions, type TrainerEvent, TrainerProcess } from './trainerProcess';

export type { TrainerEvent } from './trainerProcess';

export interface ClientOptions extends ProcessOptions {
  /** Writes into the record of a run whose process was ended that it was stopped. */
  readonly markStopped: (folder: string, reason: string, code: string) => Promise<void>;
  /** Milliseconds that a stop may take before the process is ended. */
  readonly patience?: number;
}

type Params<K extends keyof TrainerRequests> = TrainerRequests[K]['params'];
type Result<K extends keyof TrainerRequests> = TrainerRequests[K]['result'];

/** A run that was asked for and has not ended. */
interface Order {
  readonly ticket: string;
  /** Asks for it again, in a new process. */
  readonly ask: (process: TrainerProcess) => Promise<unknown>;
  /** The request itself is still open, and is sent again as such unless it is withdrawn. */
  isOpen: boolean;
  withdraw(): void;
  phase?: RunPhase;
  folder?: string;
  step: number;
}

/** Whether it is what the trainer is busy with; the others stand in line. */
function isAtWork({ phase }: Order): boolean {
  return phase !== undefined && phase !== 'queued';
}

/** A request without an answer yet. */
interface OpenRequest {
  /** The run that it is about, if any. */
  readonly ticket: string | undefined;
  send(process: TrainerProcess): void;
  /** Answers that the run is over: no process will know it any more. */
  end(): void;
}

let tickets = 0;

export class TrainerClient {
  private current: TrainerProcess | undefined;
  private readonly orders = new Map<string, Order>();
  private readonly open = new Set<OpenRequest>();
  /** Stops under way, by ticket. */
  private readonly stops = new Map<string, Promise<Result<'run/stop'>>>();
  private readonly events = new Emitter<TrainerEvent>();
  private readonly deaths = new Emitter<SkiplensError>();
  private readonly logs = new Emitter<string>();
  private isClosing = false;
  private isReplacing = false;
  private death: SkiplensError | undefined;

  /** Everything that the trainer tells. */
  readonly onEvent = this.events.event;
  /** The process ended though nobody asked it to. */
  readonly onDeath = this.deaths.event;
  /** Lines on its standard error. */
  readonly onLog = this.logs.event;

  constructor(private readonly options: ClientOptions) {
    this.current = this.start();
  }

  get pid(): number | undefined {
    return this.current?.pid;
  }

  request<K extends keyof TrainerRequests>(method: K, params: Params<K>): Promise<Result<K>> {
    if (method === 'run/stop') return this.stop((params as Params<'run/stop'>).ticket) as Promise<Result<K>>;
    if (method === 'run/start' || method === 'run/resume') return this.order(method, params);
    return this.ask(method, params).answer;
  }

  /** Lets it end the current step and save; resolves when the process is gone. */
  close(): Promise<void> {
    this.isClosing = true;
    this.current?.close();
    return this.current?.whenGone ?? Promise.resolve();
  }

  /** Ends the process at once; what is recorded stays. */
  kill(): void {
    this.isClosing = true;
    this.current?.kill();
  }

  private start(): TrainerProcess {
    const started: TrainerProcess = new TrainerProcess(this.options, {
      onEvent: (event) => {
        if (this.current === started) this.take(event);
      },
      onLog: (line) => this.logs.fire(line),
      onEnd: (reason) => {
        if (this.current !== started) return;
        this.current = undefined;
        this.death = reason;
        if (!this.isClosing) this.deaths.fire(reason);
      },
    });
    return started;
  }

  private ask<K extends keyof TrainerRequests>(method: K, params: Params<K>) {
    let request: OpenRequest | undefined;
    const answer = new Promise<Result<K>>((resolve, reject) => {
      const made: OpenRequest = {
        ticket: 'ticket' in params ? params.ticket : undefined,
        end: () => {
          this.open.delete(made);
          reject(endedRun());
        },
        send: (process) => {
          const settle = (say: () => void) => {
            // The answer of a process that was replaced is its end, and the request goes to the next one.
            if (process !== this.current && this.death === undefined) return;
            this.open.delete(made);
            say();
          };
          process.request(method, params).then(
            (result) => settle(() => resolve(result)),
            (error) => settle(() => reject(error)),
          );
        },
      };
      request = made;
      if (this.death) return reject(this.death);
      this.open.add(made);
      if (this.isReplacing) return;
      this.current ??= this.start();
      made.send(this.current);
    });
    return { answer, withdraw: () => void (request && this.open.delete(request)) };
  }

  /**
   * Runs go by tickets of this client's making, which stay the same in another process. Behind a run that may hold
   * the trainer's thread the place in line is certain, and nobody waits for the trainer to say so.
   */
  private order<K extends keyof TrainerRequests>(method: K, given: Params<K>): Promise<Result<K>> {
    const ticket = `${process.pid}-${++tickets}`;
    const params: Params<K> = { ...given, ticket };
    const isBehind = [...this.orders.values()].some(isAtWork);
    const { answer, withdraw } = this.ask(method, params);
    const ask = (next: TrainerProcess) => next.request(method, params);
    const order: Order = { ticket, ask, isOpen: true, withdraw, step: 0 };
    this.orders.set(ticket, order);
    answer.then(
      () => {
        order.isOpen = false;
      },
      (error) => {
        if (!isBehind || this.death) this.orders.delete(ticket);
        else this.fail(order, error);
      },
    );
    return isBehind ? Promise.resolve({ ticket } as Result<K>) : answer;
  }

  /** A run that the trainer does not take. */
  private fail({ ticket, step }: Order, error: unknown): void {
    if (!this.orders.delete(ticket)) return;
    const { code, message } = toPlainError(error);
    const payload = { ticket, status: 'crashed', step, code, reason: message } as const;
    this.events.fire({ name: 'run/ended', payload });
  }

  private take(event: TrainerEvent): void {
    if ('ticket' in event.payload) {
      const order = this.orders.get(event.payload.ticket);
      // Its end has been told already.
      if (!order) return;
      if (event.name === 'run/phase') order.phase = event.payload.phase;
      if (event.name === 'run/started') order.folder = event.payload.folder;
      if (event.name === 'run/started' || event.name === 'run/step') order.step = event.payload.step;
      if (event.name === 'run/ended') this.orders.delete(order.ticket);
    }
    this.events.fire(event);
  }

  /** Who stops a run again waits for the same end; one that is over is stopped. */
  private stop(ticket: string): Promise<Result<'run/stop'>> {
    const known = this.stops.get(ticket);
    if (known) return known;
    if (!this.orders.has(ticket)) return Promise.resolve({});
    const stopping = this.stopInTime(ticket).finally(() => this.stops.delete(ticket));
    this.stops.set(ticket, stopping);
    return stopping;
  }

  private async stopInTime(ticket: string): Promise<Result<'run/stop'>> {
    const { answer, withdraw } = this.ask('run/stop', { ticket });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.options.patience ?? 1500);
    });
    try {
      if ((await Promise.race([answer, late])) !== 'late') return {};
    } catch (error) {
      // It came to its end by itself meanwhile.
      if (this.death || this.orders.has(ticket)) throw error;
      return {};
    } finally {
      clearTimeout(timer);
    }
    withdraw();
    answer.catch(() => {});
    const order = this.orders.get(ticket);
    if (order) await this.breakOff(order);
    return {};
  }

  /** Ends a run that does not hear: by itself where it only waits in line, with its process where that is at it. */
  private async breakOff(order: Order): Promise<void> {
    const { ticket, folder, step } = order;
    this.orders.delete(ticket);
    order.withdraw();
    for (const request of [...this.open]) if (request.ticket === ticket) request.end();
    const isWaiting = !isAtWork(order);
    const code = folder ? 'run/brokenOff' : 'run/cancelled';
    const reason = folder
      ? t('The run was stopped in the middle of something that takes long, behind step {0}.', step)
      : t('The run was stopped before its first step.');
    if (!isWaiting) {
      const ended = this.current;
      this.isReplacing = true;
      this.current = undefined;
      ended?.kill();
      await ended?.whenGone;
      if (folder)
        await this.options
          .markStopped(folder, reason, code)
          .catch((error) => this.logs.fire(toPlainError(error).message));
    }
    this.events.fire({ name: 'run/ended', payload: { ticket, status: 'stopped', step, code, reason } });
    if (!isWaiting) this.askAgain();
  }

  /** Puts the runs that wait and the requests without an answer to a new process, in their order. */
  private askAgain(): void {
    this.isReplacing = false;
    if (this.isClosing || this.orders.size + this.open.size === 0) return;
    const next = this.start();
    this.current = next;
    for (const order of this.orders.values())
      if (!order.isOpen)
        order.ask(next).catch((error) => {
          if (this.current === next) this.fail(order, error);
        });
    for (const request of this.open) request.send(next);
  }
}

/**
 * Requests, answers and events over any pair of pipes. Both ends are derived from one map of requests and one of
 * events; every request is answered `ok`, `cancelled` or `failed`, also when its handler throws or the other end
 * goes away.
 */
import { fromPlainError, type PlainError, SkiplensError, toPlainError } from '../base/errors';
import { t } from '../base/localize';

type RequestMap = { [id: string]: { params: unknown; result: unknown } };
type EventMap = { [id: string]: unknown };

type Message =
  | { kind: 'request'; id: number; method: string; params: unknown }
  | { kind: 'answer'; id: number; outcome: 'ok'; result: unknown }
  | { kind: 'answer'; id: number; outcome: 'cancelled' }
  | { kind: 'answer'; id: number; outcome: 'failed'; error: PlainError }
  | { kind: 'event'; name: string; payload: unknown };

/** Thrown by a handler (and to the caller) where a person cancelled: an outcome, not an error. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export type Handlers<R> = {
  [K in keyof R]: R[K] extends { params: infer P; result: infer Q } ? (params: P) => Promise<Q> | Q : never;
};

/** The end that asks. */
export class Caller<R extends { [K in keyof R]: { params: unknown; result: unknown } }, E> {
  private nextId = 1;
  private closed: Error | undefined;
  private readonly waiting = new Map<number, { resolve(v: unknown): void; reject(e: Error): void }>();

  constructor(
    private readonly send: (message: unknown) => void,
    private readonly onEvent: <K extends keyof E>(name: K, payload: E[K]) => void,
  ) {}

  request<K extends keyof R & string>(method: K, params: R[K]['params']): Promise<R[K]['result']> {
    if (this.closed) return Promise.reject(this.closed);
    const id = this.nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ kind: 'request', id, method, params } satisfies Message);
    });
  }

  receive(raw: unknown): void {
    const message = raw as Message;
    if (message.kind === 'event') {
      this.onEvent(message.name as keyof E, message.payload as E[keyof E]);
      return;
    }
    if (message.kind !== 'answer') return;
    const waiter = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (!waiter) return;
    if (message.outcome === 'ok') waiter.resolve(message.result);
    else if (message.outcome === 'cancelled') waiter.reject(new Cancelled());
    else waiter.reject(fromPlainError(message.error));
  }

  /** The other end is gone: every open request fails with this reason, and so does every later one. */
  close(reason: Error): void {
    this.closed = reason;
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
  }
}

/** The end that answers. */
export class Answerer<R extends RequestMap | object, E extends EventMap | object> {
  constructor(
    private readonly send: (message: unknown) => void,
    private readonly handlers: Handlers<R>,
    private readonly onBug: (error: Error) => void,
  ) {}

  emit<K extends keyof E & string>(name: K, payload: E[K]): void {
    this.send({ kind: 'event', name, payload } satisfies Message);
  }

  async receive(raw: unknown): Promise<void> {
    const message = raw as Message;
    if (message.kind !== 'request') return;
    const { id, method, params } = message;
    const handler = (this.handlers as Record<string, ((params: unknown) => unknown) | undefined>)[method];
    try {
      if (!handler) throw new SkiplensError('protocol/unknown', t('Nobody answers "{0}".', method));
      const result = await handler(params);
      this.send({ kind: 'answer', id, outcome: 'ok', result } satisfies Message);
    } catch (error) {
      if (error instanceof Cancelled) {
        this.send({ kind: 'answer', id, outcome: 'cancelled' } satisfies Message);
        return;
      }
      if (error instanceof Error && !(error instanceof SkiplensError)) this.onBug(error);
      this.send({ kind: 'answer', id, outcome: 'failed', error: toPlainError(error) } satisfies Message);
    }
  }
}

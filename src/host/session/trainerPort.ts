/**
 * What the session asks of the trainer process, whoever starts it: typed requests, its events, and word of its
 * end. Tests put a fake behind it.
 */
import type { Event } from '../../base/emitter';
import type { TrainerEvents, TrainerRequests } from '../../protocol/trainer';

export type TrainerEvent = {
  [K in keyof TrainerEvents]: { readonly name: K; readonly payload: TrainerEvents[K] };
}[keyof TrainerEvents];

export interface TrainerPort {
  /** Starts the process where none is running. */
  request<K extends keyof TrainerRequests>(
    method: K,
    params: TrainerRequests[K]['params'],
  ): Promise<TrainerRequests[K]['result']>;
  readonly onEvent: Event<TrainerEvent>;
  /** The process ended without being asked to; the error says so and holds its last lines. */
  readonly onDied: Event<Error>;
  dispose(): Promise<void> | void;
}

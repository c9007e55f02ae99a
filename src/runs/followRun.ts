/**
 * Follows a run while it is written: first what is there, then what comes, until it ends. Polls, because file
 * watching is unreliable on network drives and in containers; a poll without news costs a few system calls.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { RunEvent, StepRecord } from './run';
import { openRun, type StatusReport } from './runReader';

/** Steps yielded at once. */
const page = 1000;

export type RunChange =
  | { readonly type: 'steps'; readonly network: string; readonly records: readonly StepRecord[] }
  | { readonly type: 'event'; readonly event: RunEvent }
  /** The first change, and each time it is another. */
  | { readonly type: 'status'; readonly report: StatusReport };

export interface FollowOptions {
  /** Milliseconds between looks, 200 by default. */
  readonly interval?: number;
  /** Steps up to this one are known already: 0 by default. */
  readonly after?: number;
  readonly signal?: AbortSignal;
}

/**
 * Yields changes until the run is no longer running (its last steps included) or the signal says so. After a
 * `resumed` event the steps beyond the event's come again; the later ones count.
 */
export async function* followRun(folder: string, options: FollowOptions = {}): AsyncGenerator<RunChange> {
  const { interval = 200, signal } = options;
  const run = await openRun(folder);
  const done = new Map(run.networks.map(({ network }) => [network, options.after ?? 0]));
  let known: string | undefined;
  let seen = 0;
  for (;;) {
    if (signal?.aborted) return;
    // The status first: what was written before a run ended is there when its end is.
    const report = await run.status();
    const events = await run.events();
    for (; seen < events.length; seen++) {
      const event = events[seen];
      if (event.type === 'resumed')
        for (const [network, step] of done) done.set(network, Math.min(step, event.step));
      yield { type: 'event', event };
    }
    const isRunning = report.status === 'running';
    let isBehind = false;
    for (const steps of run.networks) {
      const from = (done.get(steps.network) ?? 0) + 1;
      const count = await steps.count();
      const to = Math.min(count, from + page - 1);
      if (to < from) continue;
      const records = await steps.records({ from, to });
      // The last record may be half there: while somebody writes, it is worth another look.
      done.set(steps.network, isRunning ? (records.at(-1)?.step ?? from - 1) : to);
      isBehind ||= to < count;
      if (records.length > 0) yield { type: 'steps', network: steps.network, records };
    }
    const word = `${report.status} ${report.since}`;
    if (word !== known) {
      known = word;
      yield { type: 'status', report };
    }
    if (isBehind) continue;
    if (!isRunning) return;
    await wait(interval, undefined, { signal }).catch(() => undefined);
  }
}

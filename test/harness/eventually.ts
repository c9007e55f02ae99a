/**
 * Waiting for something that a process or an editor does in its own time.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks `look` until it returns something other than undefined, false or null, and resolves with it. After `timeout`
 * milliseconds it rejects with "Waited N s for WHAT", and with the last error of `look` where there was one.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { timeout = 60_000, every = 100 } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = Date.now() + timeout;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) {
        return found as Exclude<T, undefined | null | false>;
      }
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      const cause = last instanceof Error ? `: ${last.message}` : '';
      throw new Error(`Waited ${timeout / 1000} s for ${what}${cause}`);
    }
    await sleep(every);
  }
}

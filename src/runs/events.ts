/** `events.jsonl`: one JSON object a line. A torn line (a process died writing it) does not count. */
import { readFile } from 'node:fs/promises';
import { systemCode } from '../base/errors';
import { unreadableRun } from './errors';
import type { RunEvent } from './run';

export const eventsFile = 'events.jsonl';

export const encodeEvent = (event: RunEvent): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(event)}\n`);

/** The whole lines of a text; lines that are no events are left out. */
export function parseEvents(text: string): RunEvent[] {
  const events: RunEvent[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const event = JSON.parse(line) as Partial<RunEvent> | null;
      if (typeof event?.type === 'string') events.push(event as RunEvent);
    } catch {
      // Torn by a process that died while writing it.
    }
  }
  return events;
}

/** No file holds no events: a run may die before its first. */
export async function readEvents(file: string): Promise<RunEvent[]> {
  try {
    return parseEvents(await readFile(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadableRun(file, systemCode(error) ?? String(error));
  }
}

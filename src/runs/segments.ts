/**
 * Which record holds which step. Usually record i is step i + 1; where a run was resumed from a checkpoint, the
 * records beyond that step are superseded by those written after it. The event that says so makes the segments.
 */
import type { RunEvent } from './run';

/** `count` records from `record` on hold the steps from `step` on. */
export interface Segment {
  readonly record: number;
  readonly step: number;
  readonly count: number;
}

/** The segments in force, in ascending steps, for the network at `place` with `records` whole records in its file. */
export function segmentsOf(events: readonly RunEvent[], place: number, records: number): Segment[] {
  let closed: Segment[] = [];
  let open = { record: 0, step: 1 };
  const endingAt = (record: number): Segment => ({ ...open, count: Math.max(0, record - open.record) });
  for (const event of events) {
    if (event.type !== 'resumed') continue;
    const start = event.records[place] ?? records;
    closed = [...closed, endingAt(start)]
      .map((segment) => ({ ...segment, count: Math.min(segment.count, event.step - segment.step + 1) }))
      .filter((segment) => segment.count > 0);
    open = { record: start, step: event.step + 1 };
  }
  return [...closed, endingAt(records)].filter((segment) => segment.count > 0);
}

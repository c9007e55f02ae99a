/**
 * Follows a run that another process trains (a command line, another window): its record grows on disk, and this
 * turns what is new into the deltas that a run of this window would send.
 */
import { type Evaluation, overSeeds } from '../../protocol/bands';
import type { SeedNumbers, StepNumbers } from '../../protocol/trainer';
import { followRun } from '../../runs/followRun';
import { replicatedNetworks } from '../../runs/replicas';
import type { StepRecord } from '../../runs/run';
import { openRun } from '../../runs/runReader';
import { evaluationOf } from '../../workspace/recordedRun';

export interface RecordedStep {
  readonly step: number;
  /** In the order of the run's networks. */
  readonly networks: readonly StepNumbers[];
}

/** What is known of the run already. */
export interface Known {
  /** The last step. */
  readonly step: number;
  /** How many evaluations, from the first one. */
  readonly evaluations: number;
}

export interface Following {
  /** Steps that all networks have; at most one for every look at the disk. */
  onStep(step: RecordedStep): void;
  onEvaluated(evaluation: Evaluation): void;
  /** The run is not running any more: its snapshot says how it ended. */
  onEnded(): void;
}

/** Ends when the run does or the signal says so. */
export async function followRecorded(
  folder: string,
  known: Known,
  { onStep, onEvaluated, onEnded }: Following,
  signal: AbortSignal,
): Promise<void> {
  const networks = replicatedNetworks((await openRun(folder)).description);
  const names = networks.flatMap(({ replicas }) => replicas.map(({ name }) => name));
  const newest = new Map<string, Map<number, StepRecord>>(names.map((name) => [name, new Map()]));
  const numbersOf = (name: string, step: number) => newest.get(name)?.get(step) as unknown as SeedNumbers;
  // The record only grows: what comes behind those that are known is new.
  let evaluations = 0;
  for await (const change of followRun(folder, { after: known.step, interval: 250, signal })) {
    if (change.type === 'status' && change.report.status !== 'running') {
      onEnded();
      return;
    }
    if (change.type === 'event') {
      const evaluation = evaluationOf(change.event, networks);
      if (evaluation && ++evaluations > known.evaluations) onEvaluated(evaluation);
    }
    if (change.type !== 'steps') continue;
    const own = newest.get(change.network);
    for (const record of change.records) own?.set(record.step, record);
    const common = lastCommon([...newest.values()]);
    if (common === undefined) continue;
    onStep({
      step: common,
      networks: networks.map(({ replicas }) =>
        overSeeds(replicas.map(({ name }) => numbersOf(name, common))),
      ),
    });
    for (const records of newest.values())
      for (const step of records.keys()) if (step <= common) records.delete(step);
  }
}

/** The newest step that every network has recorded. */
function lastCommon(networks: readonly ReadonlyMap<number, StepRecord>[]): number | undefined {
  const [first, ...others] = networks;
  let last: number | undefined;
  for (const step of first?.keys() ?? [])
    if (others.every((records) => records.has(step)) && (last === undefined || step > last)) last = step;
  return last;
}

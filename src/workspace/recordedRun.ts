/** A run on disk as views draw it: descriptions, thinned series, evaluations, settings, and how it ended. */
import { type Evaluation, overSeeds } from '../protocol/bands';
import type { NetworkDescription } from '../protocol/description';
import { mostColumns, Series } from '../protocol/series';
import type { RunSettings } from '../protocol/settings';
import type { SeedNumbers, StepNumbers } from '../protocol/trainer';
import { hasCheckpoint } from '../runs/checkpoints';
import { type ReplicatedNetwork, replicatedNetworks } from '../runs/replicas';
import type { RunEvent, RunStatus, StepRecord } from '../runs/run';
import { openRun, type RunReader } from '../runs/runReader';
import { recordedSettings } from './recordedSettings';

export interface RecordedRun {
  readonly id: string;
  readonly folder: string;
  readonly title: string;
  readonly settings: RunSettings;
  readonly device: string;
  readonly data: string;
  readonly status: RunStatus;
  readonly reason?: string;
  readonly steps: number;
  readonly networks: readonly NetworkDescription[];
  /** Each network was trained from all of them. */
  readonly seeds: readonly number[];
  readonly series: readonly Series[];
  readonly evaluations: readonly Evaluation[];
  readonly hasCheckpoint: boolean;
}

/** Steps `from` to `to`, both included; all where nothing is said. */
export interface RecordedRange {
  readonly from?: number;
  readonly to?: number;
}

/** Reads at most `mostColumns` columns a network, up to `to` where a later part will be written anew. */
export async function readRecorded(folder: string, { from, to }: RecordedRange = {}): Promise<RecordedRun> {
  const run = await openRun(folder);
  const { description } = run;
  const [report, steps, events] = await Promise.all([run.status(), run.steps(), run.events()]);
  const networks = replicatedNetworks(description);
  const series: Series[] = [];
  for (const { replicas } of networks) {
    const own = new Series();
    // One seed may be a step ahead where a run was killed, and all must thin alike.
    const last = replicas.length > 1 ? Math.min(steps, to ?? steps) : to;
    const seeds: StepRecord[][] = [];
    for (const { place } of replicas)
      seeds.push(await run.networks[place].records({ from, to: last, maxRows: mostColumns }));
    for (const [step, numbers] of stepsOfSeeds(seeds)) own.add(step, numbers);
    series.push(own);
  }
  const evaluations = events.flatMap((event) => evaluationOf(event, networks) ?? []);
  const settings: RunSettings & { deviceTitle?: string } = recordedSettings(description);
  return {
    id: description.id,
    folder: run.folder,
    title: description.title,
    settings,
    device: settings.deviceTitle ?? description.device,
    data: typeof description.data.title === 'string' ? description.data.title : settings.data,
    status: report.status,
    reason: report.reason,
    steps,
    networks: networks.map((network) => network.description as unknown as NetworkDescription),
    seeds: networks[0]?.replicas.map(({ seed }) => seed) ?? [],
    series,
    evaluations: to === undefined ? evaluations : evaluations.filter(({ step }) => step <= to),
    hasCheckpoint: hasCheckpoint(run.folder),
  };
}

/** What an event says of the validation images, with network and seed; undefined where it says something else. */
export function evaluationOf(
  event: RunEvent,
  networks: readonly ReplicatedNetwork[],
): Evaluation | undefined {
  if (event.type !== 'evaluation' || event.split !== 'validation') return undefined;
  const { step, loss, accuracy } = event;
  for (const [network, { replicas }] of networks.entries()) {
    const replica = replicas.find(({ name }) => name === event.network);
    if (replica) return { network, seed: replica.seed, step, loss, accuracy };
  }
  return undefined;
}

/** The steps that every seed has a whole record of, with their numbers over the seeds. */
function* stepsOfSeeds(seeds: readonly (readonly StepRecord[])[]): Generator<[number, StepNumbers]> {
  const [first, ...others] = seeds;
  const byStep = others.map((records) => new Map(records.map((record) => [record.step, record])));
  for (const record of first) {
    const own = [record, ...byStep.map((records) => records.get(record.step))];
    if (own.every((r) => r !== undefined))
      yield [record.step, overSeeds(own as unknown as readonly SeedNumbers[])];
  }
}

/** The newest step that all seeds of a network have recorded; undefined where there is none. */
export async function lastNumbers(
  run: RunReader,
  { replicas }: ReplicatedNetwork,
): Promise<{ step: number; time: number; numbers: StepNumbers } | undefined> {
  const records = await Promise.all(replicas.map(({ place }) => run.networks[place].last()));
  const step = Math.min(...records.map((record) => record?.step ?? 0));
  const own = await Promise.all(
    replicas.map(async ({ place }, i) => {
      const record = records[i];
      if (record?.step === step) return record;
      return (await run.networks[place].records({ from: step, to: step })).at(0);
    }),
  );
  const [found] = stepsOfSeeds(own.map((record) => (record ? [record] : [])));
  return found && { step, time: own[0]?.time ?? 0, numbers: found[1] };
}

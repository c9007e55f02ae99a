/** A run on disk as views draw it: descriptions, thinned series, evaluations, settings, and how it ended. */
import type { NetworkDescription } from '../protocol/description';
import type { PanelEvaluation } from '../protocol/panel';
import { mostColumns, Series } from '../protocol/series';
import type { RunSettings } from '../protocol/settings';
import type { StepNumbers } from '../protocol/trainer';
import type { RunStatus } from '../runs/run';
import { openRun } from '../runs/runReader';

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
  readonly series: readonly Series[];
  readonly evaluations: readonly PanelEvaluation[];
  /** Step of the newest checkpoint. */
  readonly checkpoint: number | undefined;
}

/** Reads at most `mostColumns` columns a network, up to `to` where a later part will be written anew. */
export async function readRecorded(folder: string, to?: number): Promise<RecordedRun> {
  const run = await openRun(folder);
  const { description } = run;
  const [report, steps, events] = await Promise.all([run.status(), run.steps(), run.events()]);
  const series: Series[] = [];
  for (const network of run.networks) {
    const own = new Series();
    for (const record of await network.records({ to, maxRows: mostColumns }))
      own.add(record.step, record as unknown as StepNumbers);
    series.push(own);
  }
  const evaluations: PanelEvaluation[] = [];
  for (const event of events) {
    if (event.type !== 'evaluation' || event.split !== 'validation') continue;
    if (to !== undefined && event.step > to) continue;
    const network = description.networks.findIndex((n) => n.name === event.network);
    if (network >= 0)
      evaluations.push({ network, step: event.step, loss: event.loss, accuracy: event.accuracy });
  }
  const settings = description.settings as unknown as RunSettings & { deviceTitle?: string };
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
    networks: description.networks as unknown as NetworkDescription[],
    series,
    evaluations,
    checkpoint: events.findLast((e) => e.type === 'checkpoint')?.step,
  };
}

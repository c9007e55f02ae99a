/**
 * Everything a panel draws from, gathered for a subject: from the live run where there is one, from the record on
 * disk else, from the graph alone where nothing was trained.
 */
import { t } from '../../base/localize';
import { describeNetwork } from '../../networks/describe';
import type { NetworkDescription } from '../../protocol/description';
import type { PanelAbilities, PanelRun, PanelSnapshot } from '../../protocol/panel';
import { emptySeries, type SeriesSnapshot } from '../../protocol/series';
import { type NetworkSettings, type RunSettings, seedsOf } from '../../protocol/settings';
import { hasCheckpoint } from '../../runs/checkpoints';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { type RecordedRun, readRecorded } from '../../workspace/recordedRun';
import type { LiveRun } from '../session/liveRun';
import { titleOf, titleOfRuns } from '../titles';
import { formatSubject, type Subject } from './subject';

/** What of the editor a snapshot depends on. */
export interface Surroundings {
  readonly language: string;
  readonly bundle: Readonly<Record<string, string>>;
  readonly isTrusted: boolean;
}

/** What is shown, and the settings with which it could be trained (again). */
export interface Gathered {
  readonly snapshot: PanelSnapshot;
  readonly networks: readonly NetworkSettings[];
  readonly settings?: RunSettings;
}

/** Networks of several runs side by side: as many as a picture can hold apart. */
const mostNetworks = 4;

export async function gather(
  subject: Subject,
  live: LiveRun | undefined,
  surroundings: Surroundings,
): Promise<Gathered> {
  if (subject.kind === 'networks') return gatherNetworks(subject, surroundings);
  if (live) return gatherLive(subject, live, surroundings);
  if (subject.kind === 'runs') return gatherRecorded(subject, surroundings);
  return gatherNetworks({ kind: 'networks', networks: [] }, surroundings);
}

function describe(networks: readonly NetworkSettings[]): NetworkDescription[] {
  return networks.map((network) => describeNetwork(chooseNetwork(network)));
}

function frame(
  subject: Subject,
  surroundings: Surroundings,
  networks: readonly NetworkDescription[],
  abilities: Partial<PanelAbilities>,
) {
  const { language, bundle, isTrusted } = surroundings;
  return {
    language,
    bundle,
    networks,
    abilities: { measure: false, train: false, control: false, export: true, reveal: true, ...abilities },
    note: isTrusted
      ? undefined
      : t(
          'This folder is not trusted: nothing is trained or measured, and what is recorded can be looked at.',
        ),
    subject: formatSubject(subject),
  };
}

function gatherNetworks(
  subject: Extract<Subject, { kind: 'networks' }>,
  surroundings: Surroundings,
): Gathered {
  const networks = describe(subject.networks);
  const { isTrusted } = surroundings;
  return {
    networks: subject.networks,
    snapshot: {
      ...frame(subject, surroundings, networks, { measure: isTrusted, train: isTrusted }),
      series: networks.map(() => emptySeries),
      evaluations: [],
      title: titleOf(subject.networks),
      run: null,
    },
  };
}

function gatherLive(subject: Subject, live: LiveRun, surroundings: Surroundings): Gathered {
  const networks = live.started?.networks ?? describe(live.settings.networks);
  return {
    networks: live.settings.networks,
    settings: live.settings,
    snapshot: {
      ...frame(subject, surroundings, networks, { control: surroundings.isTrusted }),
      series: live.started ? live.snapshots() : networks.map(() => emptySeries),
      evaluations: live.evaluations,
      title: live.title,
      run: liveWords(live),
    },
  };
}

async function gatherRecorded(
  subject: Extract<Subject, { kind: 'runs' }>,
  surroundings: Surroundings,
): Promise<Gathered> {
  const runs: RecordedRun[] = [];
  for (const folder of subject.folders) runs.push(await readRecorded(folder));
  const networks: NetworkDescription[] = [];
  const series: SeriesSnapshot[] = [];
  const evaluations: PanelSnapshot['evaluations'][number][] = [];
  for (const [i, run] of runs.entries())
    for (const [j, network] of run.networks.entries()) {
      if (networks.length === mostNetworks) break;
      // Names are unique within a run only.
      const number = `#${i + 1}`;
      const own =
        runs.length > 1 ? { name: `${network.name}${number}`, title: `${network.title} ${number}` } : {};
      for (const e of run.evaluations)
        if (e.network === j) evaluations.push({ ...e, network: networks.length });
      networks.push({ ...network, ...own });
      series.push(run.series[j]?.toSnapshot() ?? emptySeries);
    }
  const [first] = runs;
  // Somebody else's: only who started it can stop it.
  const isElsewhere = runs.length === 1 && first.status === 'running';
  return {
    networks: first.settings.networks,
    settings: first.settings,
    snapshot: {
      ...frame(subject, surroundings, networks, {
        control: runs.length === 1 && surroundings.isTrusted && !isElsewhere,
      }),
      ...(isElsewhere ? { note: t('Another process trains this run; it is stopped there.') } : {}),
      series,
      evaluations,
      title: titleOfRuns(runs.map((run) => run.settings.networks)),
      run: recordedWords(runs),
    },
  };
}

/** One series for each network that `gather` shows of these runs, with this step alone where it was recorded. */
export async function gatherStep(folders: readonly string[], step: number): Promise<SeriesSnapshot[]> {
  const runs = await Promise.all(folders.map((folder) => readRecorded(folder, { from: step, to: step })));
  return runs
    .flatMap(({ networks, series }) => networks.map((_, i) => series[i]?.toSnapshot() ?? emptySeries))
    .slice(0, mostNetworks);
}

/** The words of a live run; `interrupted` is said of one whose trainer died. */
export function liveWords(live: LiveRun): PanelRun {
  const { started, last, settings, end } = live;
  return {
    id: started?.id ?? live.ticket,
    status: end?.status ?? 'running',
    phase: end ? undefined : live.phase,
    share: end ? undefined : live.share,
    behind: live.behind,
    step: live.step,
    totalSteps: live.totalSteps,
    batchSize: settings.batchSize,
    device: started?.device.title ?? settings.device,
    data: started?.data.title ?? settings.data,
    seeds: seedsOf(settings).length,
    imagesPerSecond: end ? undefined : last?.imagesPerSecond,
    secondsLeft: end ? undefined : last?.secondsLeft,
    reason: end?.reason,
    resumable:
      end !== undefined &&
      ['stopped', 'interrupted', 'crashed'].includes(end.status) &&
      live.folder !== undefined &&
      hasCheckpoint(live.folder),
  };
}

function recordedWords(runs: readonly RecordedRun[]): PanelRun {
  const [run] = runs;
  const { settings } = run;
  return {
    id: runs.map((r) => r.id).join(', '),
    status: run.status,
    step: Math.max(...runs.map((r) => r.steps)),
    totalSteps: Math.max(...runs.map((r) => r.settings.steps)),
    batchSize: settings.batchSize,
    device: run.device,
    data: [...new Set(runs.map((r) => r.data))].join(' · '),
    // What several runs have in common; each network's own sentence says of how many it is.
    seeds: Math.min(...runs.map((r) => r.seeds.length)),
    reason: run.reason,
    resumable:
      runs.length === 1 && run.hasCheckpoint && ['stopped', 'interrupted', 'crashed'].includes(run.status),
  };
}

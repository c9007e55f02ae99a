/**
 * The questions of Train...: network, twin, data, device, steps, and at last "train" or "edit all settings". The
 * first item of every step is the default.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { datasets } from '../../datasets';
import { formatDataSpec } from '../../datasets/dataSpec';
import type { DatasetSource } from '../../datasets/dataset';
import { findNetwork } from '../../networks';
import { type NetworkSettings, type RunSettings, readSettings, settingSpecs } from '../../protocol/settings';
import type { Host } from '../host';
import { readSetting } from '../places';
import { networkStep, twinOf } from './networkStep';
import { askStep, type Step, type StepItem } from './steps';

export interface TrainAnswer {
  readonly settings: RunSettings;
  readonly then: 'train' | 'edit';
}

interface Chosen {
  network: string;
  networks: readonly NetworkSettings[];
  data: string;
  device: string;
  steps: number;
  then: 'train' | 'edit';
}

const total = 6;

/** Undefined where the person leaves. */
export async function askForSettings(host: Host): Promise<TrainAnswer | undefined> {
  const chosen: Partial<Chosen> = {};
  const asks: (() => Promise<'next' | 'back' | undefined>)[] = [
    () => ask(networkStep(total), (network) => Object.assign(chosen, { network })),
    () => ask(twinStep(chosen.network!), (networks) => Object.assign(chosen, { networks })),
    () => askData(host, (data) => Object.assign(chosen, { data })),
    () => ask(deviceStep(host), (device) => Object.assign(chosen, { device })),
    () => ask(stepsStep(), (steps) => Object.assign(chosen, { steps })),
    () => ask(lastStep(chosen as Chosen), (then) => Object.assign(chosen, { then })),
  ];
  for (let i = 0; i < asks.length; ) {
    const way = await asks[i]();
    if (way === undefined) return undefined;
    i += way === 'next' ? 1 : -1;
  }
  const { networks, data, device, steps, then } = chosen as Chosen;
  return { settings: { ...readSettings({ steps }), networks, data, device }, then };
}

async function ask<T>(step: Step<T>, take: (value: T) => void): Promise<'next' | 'back' | undefined> {
  const answer = await askStep(step);
  if (answer === undefined || answer === 'back') return answer;
  take(answer.value);
  return 'next';
}

function twinStep(name: string): Step<readonly NetworkSettings[]> {
  const network = findNetwork(name);
  const own: NetworkSettings = { network: name };
  const twin = twinOf(own);
  const alone: StepItem<readonly NetworkSettings[]> = {
    label: t('{0} alone', network.title),
    value: [own],
  };
  const items: StepItem<readonly NetworkSettings[]>[] = twin
    ? [
        {
          label: t('With its plain twin'),
          description: network.twin()?.title,
          detail: t('The same layers without the additions, from the same seed, on the same batches.'),
          value: [own, twin],
        },
        alone,
      ]
    : [{ ...alone, detail: t('Nothing is added in this network, so it has no plain twin.') }];
  return {
    title: t('Train: Comparison'),
    step: 2,
    totalSteps: total,
    placeholder: t('Train it alone, or side by side with the same network without skips?'),
    items,
  };
}

/** Folders chosen before, newest first. */
const recentData = 'recentData';

async function askData(host: Host, take: (data: string) => void): Promise<'next' | 'back' | undefined> {
  const recent = host.context.globalState.get<string[]>(recentData, []);
  const sources = Object.values<DatasetSource>(datasets);
  const ordered = [...sources].sort((a, b) => Number(b.argument === 'none') - Number(a.argument === 'none'));
  const items: StepItem<{ spec?: string; source?: DatasetSource }>[] = ordered.map((source) => ({
    label: source.title,
    description: source.argument === 'none' ? source.id : t('{0}, from a folder', source.id),
    detail: source.summary,
    value: source.argument === 'none' ? { spec: source.id } : { source },
  }));
  // Behind the built-in set, which stays the default.
  items.splice(
    1,
    0,
    ...recent.map((spec) => ({ label: spec, description: t('used before'), value: { spec } })),
  );
  for (;;) {
    const answer = await askStep({
      title: t('Train: Data'),
      step: 3,
      totalSteps: total,
      placeholder: t('Images to train on'),
      items,
    });
    if (answer === undefined || answer === 'back') return answer;
    const { spec, source } = answer.value;
    if (spec) {
      take(spec);
      return 'next';
    }
    if (!source) continue;
    const [folder] =
      (await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        title: source.title,
        openLabel: t('Train on This Folder'),
      })) ?? [];
    if (!folder) continue;
    const made = formatDataSpec({ id: source.id, argument: folder.fsPath });
    await host.context.globalState.update(
      recentData,
      [made, ...recent.filter((r) => r !== made)].slice(0, 5),
    );
    take(made);
    return 'next';
  }
}

function deviceStep(host: Host): Step<string> {
  const preferred = readSetting('skiplens.device');
  return {
    title: t('Train: Device'),
    step: 4,
    totalSteps: total,
    placeholder: t('Where to train'),
    items: deviceItems(host, preferred),
  };
}

async function deviceItems(host: Host, preferred: string): Promise<StepItem<string>[]> {
  const auto: StepItem<string> = {
    label: t('Best available device'),
    description: 'auto',
    value: 'auto',
  };
  let devices: Awaited<ReturnType<typeof host.session.devices>> = [];
  try {
    devices = await host.session.devices();
  } catch (error) {
    // The run itself will say it again; what cannot be listed can still be asked for.
    if (!(error instanceof SkiplensError)) throw error;
    return [{ ...auto, detail: error.message }];
  }
  const items = devices
    .filter((device) => device.available)
    .map((device) => ({ label: device.title, description: device.id, value: device.id }));
  const all = [auto, ...items];
  const at = all.findIndex((item) => item.value === preferred);
  return at > 0 ? [all[at], ...all.filter((_, i) => i !== at)] : all;
}

function stepsStep(): Step<number> {
  const { default: standard, min, max } = settingSpecs.steps;
  const counts = [standard, ...[20, 50, 100, 500, 1000, 5000].filter((n) => n !== standard)];
  const item = (steps: number): StepItem<number> => ({ label: t('{0} steps', steps), value: steps });
  return {
    title: t('Train: Steps'),
    step: 5,
    totalSteps: total,
    placeholder: t('Optimizer steps; choose or type a number'),
    items: counts.map(item),
    typed(text) {
      const steps = Number(text);
      if (!Number.isInteger(steps) || steps < min || steps > max)
        return t('Steps are a whole number from {0} to {1}.', min, max);
      return counts.includes(steps) ? undefined : item(steps);
    },
  };
}

function lastStep({ networks, data, steps }: Chosen): Step<'train' | 'edit'> {
  const names = networks.map((n) => findNetwork(n.network, n).title);
  const title = names.length > 1 ? t('{0} and {1}', names[0], names[1]) : names[0];
  const { batchSize, learningRate } = readSettings({});
  const shownData = data.includes(':') ? `${data.split(':')[0]}: ${path.basename(data)}` : data;
  return {
    title: t('Train: Go'),
    step: 6,
    totalSteps: total,
    placeholder: t('Enter starts training'),
    items: [
      {
        label: t('Train {0}', title),
        description: `${shownData} · ${t('{0} steps', steps)}`,
        detail: t(
          'Batch size {0}, learning rate {1}; the rest as the settings propose.',
          batchSize,
          learningRate,
        ),
        value: 'train',
      },
      {
        label: t('Edit all settings'),
        detail: t('Opens a *.skiplens.json file with completions; its lens trains.'),
        value: 'edit',
      },
    ],
  };
}

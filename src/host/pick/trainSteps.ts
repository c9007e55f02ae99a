/**
 * The questions of Train...: network, twin, data, device, steps, and at last "train" or "edit all settings". The
 * first item of every step is the default.
 */
import path from 'node:path';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';

import { shortRunWarnings } from '../../networks/batchNorms';
import { type NetworkSettings, type RunSettings, readSettings, settingSpecs } from '../../protocol/settings';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import type { Host } from '../host';
import { readSetting } from '../places';
import { askData } from './dataStep';
import { networkStep, settled, twinOf } from './networkStep';
import { askStep, type Step, type StepItem } from './steps';

export interface TrainAnswer {
  readonly settings: RunSettings;
  readonly then: 'train' | 'edit';
}

interface Chosen {
  network: NetworkSettings;
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
    async () => {
      const way = await ask(networkStep(host, total), (network) => Object.assign(chosen, { network }));
      if (way === 'next') chosen.network = await settled(host, chosen.network!);
      return way;
    },
    () => ask(twinStep(chosen.network!), (networks) => Object.assign(chosen, { networks })),
    () => askData(host, total, (data) => Object.assign(chosen, { data })),
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

function twinStep(own: NetworkSettings): Step<readonly NetworkSettings[]> {
  const network = chooseNetwork(own);
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
      return item(steps);
    },
  };
}

function lastStep({ networks, data, steps }: Chosen): Step<'train' | 'edit'> {
  const chosen = networks.map((n) => chooseNetwork(n));
  const names = chosen.map(({ title }) => title);
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
        detail: [
          t('Batch size {0}, learning rate {1}; the rest as the settings propose.', batchSize, learningRate),
          ...shortRunWarnings(chosen, steps),
        ].join(' '),
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

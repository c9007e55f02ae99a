/**
 * Train...: one pick of several steps, each with a default, so that Enter all the way trains ResNet-20 and its
 * plain twin on the built-in images. Given settings (from a panel, a lens or a test) it asks nothing.
 */
import { type RunSettings, readSettings } from '../../protocol/settings';
import type { Command } from '../command';
import { askForSettings } from '../pick/trainSteps';
import { readSetting } from '../places';
import { openSettingsDraft } from '../settingsFile/openDraft';

export const trainNetwork: Command = {
  title: 'Train...',
  icon: '$(play)',
  menus: [{ menu: 'view/title', when: 'view == skiplens.runs', group: 'navigation@1' }],
  async run(host, given, options) {
    if (isPartial(given)) return host.train(complete(given), options as { show?: boolean } | undefined);
    const answer = await askForSettings(host);
    if (!answer) return undefined;
    if (answer.then === 'edit') return openSettingsDraft(host, answer.settings);
    return host.train(answer.settings);
  },
};

function isPartial(given: unknown): given is Partial<RunSettings> & Pick<RunSettings, 'networks'> {
  return typeof given === 'object' && given !== null && 'networks' in given && Array.isArray(given.networks);
}

/** What is not said takes its default. */
function complete({
  networks,
  data,
  dataOptions,
  device,
  optimizerOptions,
  scheduleOptions,
  ...training
}: Partial<RunSettings> & Pick<RunSettings, 'networks'>): RunSettings {
  return {
    ...readSettings(training),
    networks,
    data: data ?? 'drawn',
    device: device ?? readSetting('skiplens.device'),
    ...(dataOptions ? { dataOptions } : {}),
    ...(optimizerOptions ? { optimizerOptions } : {}),
    ...(scheduleOptions ? { scheduleOptions } : {}),
  };
}

/** Run settings as a person edits them: what differs from the defaults and what is most often changed, in order. */
import { type RunSettings, settingSpecs } from '../../protocol/settings';

/** Always written, so that a new file shows what there is to change. */
const alwaysShown = ['steps', 'batchSize', 'learningRate', 'seed', 'seeds'];

export function formatSettings(settings: RunSettings): string {
  const { networks, data, dataOptions, device, optimizerOptions, scheduleOptions } = settings;
  const file: Record<string, unknown> = {
    networks: networks.map(({ network, options, input, plain, weights }) => ({
      network,
      ...(options && Object.keys(options).length > 0 ? { options } : {}),
      ...(input ? { input } : {}),
      ...(plain ? { plain } : {}),
      ...(weights ? { weights } : {}),
    })),
    data,
    ...(dataOptions ? { dataOptions } : {}),
    device,
  };
  for (const [name, spec] of Object.entries(settingSpecs)) {
    const value = settings[name as keyof typeof settingSpecs];
    if (alwaysShown.includes(name) || (value !== undefined && value !== spec.default)) file[name] = value;
  }
  if (optimizerOptions) file.optimizerOptions = optimizerOptions;
  if (scheduleOptions) file.scheduleOptions = scheduleOptions;
  return `${JSON.stringify(file, null, 2)}\n`;
}

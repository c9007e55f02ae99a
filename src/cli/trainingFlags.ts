/** The flags of `train` and `compare`: one for every declared setting, read back into a run's settings. */
import path from 'node:path';
import type { Command } from 'commander';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import type { OptionSpec, OptionValue } from '../base/options';
import { datasetOf } from '../datasets';
import { readDataOptions } from '../datasets/dataOptions';
import { parseDataSpec } from '../datasets/dataSpec';
import {
  type NetworkSettings,
  type RunSettings,
  readNestedOptions,
  readSettings,
  settingSpecs,
} from '../protocol/settings';
import { collect, readInputShape, readPairs } from './context';

export interface TrainingFlags {
  data: string;
  device: string;
  option?: string[];
  optimizerOption?: string[];
  scheduleOption?: string[];
  dataOption?: string[];
  input?: string;
  weights?: string[];
  runs?: string;
  json?: boolean;
  report?: string;
  [setting: string]: unknown;
}

/** What the flags say that turn something off; the settings' own summaries say what it is when it is on. */
const without: Readonly<Record<string, string>> = {
  augment: 'Train on the images as they are, and not varied as the data set proposes (pad, crop, flip).',
};

export function addTrainingFlags(command: Command): Command {
  command
    .option('--data <spec>', 'drawn (built in), cifar10:FOLDER, ...', 'drawn')
    .option('--device <id>', 'a device of `skiplens devices`, or auto', 'auto')
    .option('--option <name=value>', 'an option of the network; may be repeated', collect)
    .option('--optimizer-option <name=value>', 'an option of the optimizer; may be repeated', collect)
    .option('--schedule-option <name=value>', 'an option of the schedule; may be repeated', collect)
    .option(
      '--data-option <name=value>',
      'an option of the data set (subset, resize, ...); may be repeated',
      collect,
    )
    .option('--input <CxHxW>', "input shape, where it is not the data's")
    .option(
      '--weights <file.safetensors>',
      'start from these weights; once more for the second network of a comparison',
      collect,
    )
    .option('--runs <folder>', 'where runs are kept (default: .skiplens/runs)')
    .option('--report <file.html>', 'write a self-contained report in the end')
    .option('--json', 'print events as JSON lines');
  for (const [name, spec] of Object.entries<OptionSpec>(settingSpecs)) {
    const flag = name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    const range =
      spec.kind === 'choice'
        ? ` (${spec.values.join(', ')})`
        : spec.kind === 'flag'
          ? ''
          : ` (${spec.min} to ${spec.max})`;
    if (spec.kind === 'flag' && spec.default)
      command.option(`--no-${flag}`, without[name] ?? `Turns this off: ${spec.summary}`);
    else
      command.option(
        spec.kind === 'flag' ? `--${flag}` : `--${flag} <value>`,
        `${spec.summary}${range} [${spec.default}]`,
      );
  }
  return command;
}

/** The settings of a run from flags; throws the sentence that names what is wrong. */
export function settingsFrom(
  networks: readonly Pick<NetworkSettings, 'network' | 'plain'>[],
  flags: TrainingFlags,
): RunSettings {
  const given: Record<string, OptionValue> = {};
  for (const name of Object.keys(settingSpecs)) {
    const value = flags[name];
    if (typeof value === 'string' || typeof value === 'boolean') given[name] = value;
  }
  const options = readPairs('--option', flags.option);
  const input = readInputShape(flags.input);
  const settings = readSettings(given);
  const { weights = [] } = flags;
  if (weights.length > networks.length)
    throw new SkiplensError(
      'cli/weights',
      t('There are {0} files of weights for {1} networks.', weights.length, networks.length),
    );
  const dataOptions = readPairs('--data-option', flags.dataOption);
  readDataOptions(dataOptions);
  datasetOf(parseDataSpec(flags.data));
  const nested = {
    optimizerOptions: readPairs('--optimizer-option', flags.optimizerOption),
    scheduleOptions: readPairs('--schedule-option', flags.scheduleOption),
  };
  return {
    ...settings,
    ...readNestedOptions(settings, nested),
    networks: networks.map(
      (network, i): NetworkSettings => ({
        ...network,
        options,
        input,
        ...(weights[i] === undefined ? {} : { weights: path.resolve(weights[i]) }),
      }),
    ),
    data: flags.data,
    dataOptions,
    device: flags.device,
  };
}

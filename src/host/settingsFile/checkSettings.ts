/**
 * Reads the text of a `*.skiplens.json` file: run settings, or what is wrong with it and where. Everything is
 * checked against the tables that a run is read by; only what the data alone can tell (classes, sizes, missing
 * folders) is left to the start of the run. Knows no editor.
 */
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { OptionValue } from '../../base/options';
import { readOption } from '../../base/options';
import { datasetOf } from '../../datasets';
import { readDataOptions } from '../../datasets/dataOptions';
import { parseDataSpec } from '../../datasets/dataSpec';
import { type RunSettings, readNestedOptions, readSettings, settingSpecs } from '../../protocol/settings';
import { readNetworks } from './checkNetworks';
import { members, plainValue, readValues, type Values } from './jsonTree';

export interface SettingsProblem {
  /** `syntax`, or the code of the sentence (`network/depth`, `option/value`, ...). */
  readonly code: string;
  readonly message: string;
  /** Characters from the beginning of the text. */
  readonly offset: number;
  readonly length: number;
  /** Whether the JSON schema says the same, where the editor checks it. */
  readonly inSchema: boolean;
}

export interface CheckedSettings {
  /** Only where nothing is wrong. */
  readonly settings?: RunSettings;
  readonly problems: readonly SettingsProblem[];
}

const own = ['$schema', 'networks', 'data', 'dataOptions', 'device', 'optimizerOptions', 'scheduleOptions'];

/** `folder` is what relative paths of source files are relative to: that of the settings file. */
export function checkSettings(text: string, folder?: string): CheckedSettings {
  const problems: SettingsProblem[] = [];
  const say = (
    code: string,
    message: string,
    at: { offset: number; length: number } | undefined,
    inSchema = false,
  ) =>
    problems.push({ code, message, offset: at?.offset ?? 0, length: Math.max(1, at?.length ?? 1), inSchema });

  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  for (const error of errors)
    say('syntax', t('This is not JSON here: {0}.', printParseErrorCode(error.error)), error, true);
  // What is read from broken text may not be what the person means: first things first.
  if (errors.length > 0) return { problems };
  if (root?.type !== 'object') {
    say('settings/shape', t('The settings of a run are one JSON object, "{ ... }".'), root, true);
    return { problems };
  }
  /** Where something is missing: the brace that it is missing in. */
  const start = { ...root, length: 1 };

  const at = (...path: (string | number)[]) => findNodeAtLocation(root, path);
  const attempt = <T>(work: () => T, place: Node | undefined, inSchema = false): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SkiplensError)) throw error;
      say(error.code, error.message, place, inSchema);
      return undefined;
    }
  };

  const training: Record<string, OptionValue> = {};
  for (const [key, keyNode, value] of members(root)) {
    if (own.includes(key)) continue;
    const spec = settingSpecs[key as keyof typeof settingSpecs];
    if (!Object.hasOwn(settingSpecs, key)) {
      say('settings/unknown', t('There is no setting "{0}" in a run.', key), keyNode, true);
      continue;
    }
    const plain = plainValue(value);
    if (plain === undefined || (typeof plain === 'string') !== (spec.kind === 'choice'))
      say('option/value', t('"{0}" cannot be set to this.', key), value, true);
    else {
      const read = attempt(() => readOption(t('the run'), key, spec, plain), value, true);
      if (read !== undefined) training[key] = read;
    }
  }

  const networks = readNetworks({ start, root, folder, say, attempt });
  const data = at('data');
  if (!data) say('settings/missing', t('The setting "data" is missing; "drawn" is built in.'), start, true);
  else if (data.type !== 'string')
    say('settings/shape', t('The data set is a text such as "drawn" or "cifar10:FOLDER".'), data, true);
  else attempt(() => datasetOf(parseDataSpec(data.value)), data);

  const device = at('device');
  if (device && device.type !== 'string')
    say('settings/shape', t('The device is a text such as "auto" or "cpu".'), device, true);

  const tables: Partial<Record<OptionTable, Values>> = {};
  for (const key of ['dataOptions', 'optimizerOptions', 'scheduleOptions'] as const) {
    const node = at(key);
    const values = node && readValues(node, say);
    if (!values) continue;
    tables[key] = values;
    for (const [name, , value] of members(node))
      if (values[name] !== undefined)
        attempt(() => readTable(key, training, { [name]: values[name] }), value);
  }

  if (problems.length > 0) return { problems };
  const settings: RunSettings = {
    ...readSettings(training),
    networks,
    data: String(data!.value),
    device: device ? String(device.value) : 'auto',
    ...tables,
  };
  return { settings, problems };
}

type OptionTable = 'dataOptions' | 'optimizerOptions' | 'scheduleOptions';

/** Reads options of a table as the trainer will; they depend on the optimizer and the schedule that are chosen. */
function readTable(table: OptionTable, training: Values, values: Values): void {
  if (table === 'dataOptions') readDataOptions(values);
  else readNestedOptions(readSettings(training), { [table]: values });
}

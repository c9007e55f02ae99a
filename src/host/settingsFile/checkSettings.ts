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
import { findNetwork } from '../../networks';
import {
  type NetworkSettings,
  type RunSettings,
  readNestedOptions,
  readSettings,
  settingSpecs,
} from '../../protocol/settings';

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

export function checkSettings(text: string): CheckedSettings {
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

  const networks = readNetworks(start, at, say, attempt);
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

type Values = Record<string, OptionValue>;
type OptionTable = 'dataOptions' | 'optimizerOptions' | 'scheduleOptions';

/** Reads options of a table as the trainer will; they depend on the optimizer and the schedule that are chosen. */
function readTable(table: OptionTable, training: Values, values: Values): void {
  if (table === 'dataOptions') readDataOptions(values);
  else readNestedOptions(readSettings(training), { [table]: values });
}
type Say = (code: string, message: string, at: Node | undefined, inSchema?: boolean) => void;
type Attempt = <T>(work: () => T, place: Node | undefined, inSchema?: boolean) => T | undefined;

function readNetworks(
  start: Node,
  at: (...path: (string | number)[]) => Node | undefined,
  say: Say,
  attempt: Attempt,
): NetworkSettings[] {
  const list = at('networks');
  if (list?.type !== 'array' || !list.children?.length) {
    say(
      'settings/missing',
      t('"networks" lists the networks to train, at least one: [{ "network": "resnet20" }].'),
      list ?? start,
      true,
    );
    return [];
  }
  const networks: NetworkSettings[] = [];
  for (const [i, node] of list.children.entries()) {
    const name = at('networks', i, 'network');
    if (name?.type !== 'string') {
      say('settings/missing', t('A network needs its name: { "network": "resnet20" }.'), name ?? node, true);
      continue;
    }
    const inputNode = at('networks', i, 'input');
    const input = inputNode && readInput(inputNode, say);
    const optionsNode = at('networks', i, 'options');
    const options = optionsNode && readValues(optionsNode, say);
    for (const [key, keyNode] of members(node))
      if (!['network', 'options', 'input'].includes(key))
        say('settings/unknown', t('There is no setting "{0}" of a network.', key), keyNode, true);
    // One option at a time, so that a sentence stands at the option that it is about.
    const base = attempt(() => findNetwork(name.value), name);
    if (!base) continue;
    let isGood = true;
    for (const [key, keyNode, value] of optionsNode ? members(optionsNode) : []) {
      if (options?.[key] === undefined) continue;
      const one = attempt(
        () => findNetwork(name.value, { options: { [key]: options[key] } }),
        key in base.options ? value : keyNode,
      );
      if (!one) isGood = false;
    }
    if (isGood) {
      try {
        build(name.value, options, input);
      } catch (error) {
        if (!(error instanceof SkiplensError)) throw error;
        say(error.code, error.message, placeOfFault(name, optionsNode, options));
      }
    }
    networks.push({ network: name.value, ...(options ? { options } : {}), ...(input ? { input } : {}) });
  }
  const names = networks.map((n) => JSON.stringify(n));
  const twice = names.findIndex((n, i) => names.indexOf(n) < i);
  if (twice >= 0)
    say('settings/twice', t('This network is listed twice with the same options.'), list.children[twice]);
  return networks;
}

const built = new Map<string, SkiplensError | undefined>();

/** Builds the graph, which finds depths and shapes that cannot be; a file is read at every pause of typing. */
function build(name: string, options?: Values, input?: [number, number, number]): void {
  const key = JSON.stringify([name, options, input]);
  if (!built.has(key)) {
    if (built.size > 100) built.clear();
    built.set(key, faultOf(name, options, input));
  }
  const fault = built.get(key);
  if (fault) throw fault;
}

function faultOf(
  name: string,
  options?: Values,
  input?: [number, number, number],
): SkiplensError | undefined {
  try {
    findNetwork(name, { options, input }).build(1, 'training');
    return undefined;
  } catch (error) {
    if (error instanceof SkiplensError) return error;
    throw error;
  }
}

/** The option that is wrong by itself, else all options, else the name. */
function placeOfFault(name: Node, optionsNode: Node | undefined, options: Values | undefined): Node {
  if (!optionsNode || !options) return name;
  for (const [key, , value] of members(optionsNode))
    if (options[key] !== undefined && faultOf(name.value, { [key]: options[key] })) return value;
  return optionsNode;
}

function readInput(node: Node, say: Say): [number, number, number] | undefined {
  const sizes = node.children?.map((child) => child.value as unknown) ?? [];
  if (node.type === 'array' && sizes.length === 3 && sizes.every((n) => Number.isInteger(n) && Number(n) > 0))
    return sizes as [number, number, number];
  say('settings/shape', t('The input is three whole numbers: channels, height, width.'), node, true);
  return undefined;
}

function readValues(node: Node, say: Say): Values | undefined {
  if (node.type !== 'object') {
    say('settings/shape', t('Options are an object of names and values.'), node, true);
    return undefined;
  }
  const values: Values = {};
  for (const [key, , value] of members(node)) {
    const plain = plainValue(value);
    if (plain === undefined) say('option/value', t('"{0}" cannot be set to this.', key), value, true);
    else values[key] = plain;
  }
  return values;
}

/** Name, the name's node and the value's node of every complete member. */
function members(node: Node): [string, Node, Node][] {
  return (node.children ?? []).flatMap((property): [string, Node, Node][] => {
    const [key, value] = property.children ?? [];
    return key && value ? [[String(key.value), key, value]] : [];
  });
}

function plainValue(node: Node): OptionValue | undefined {
  return ['string', 'number', 'boolean'].includes(node.type) ? (node.value as OptionValue) : undefined;
}

/** The `networks` of a settings file: names, options, inputs and source files, each checked at its place. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { findNetwork } from '../../networks';
import type { NetworkSettings } from '../../protocol/settings';
import { chooseNetwork, isSourceName } from '../../workspace/chooseNetwork';
import { type Attempt, members, readValues, type Say, type Values } from './jsonTree';

interface Reading {
  /** Where something is missing altogether. */
  readonly start: Node;
  readonly root: Node;
  /** What relative source files are relative to. */
  readonly folder: string | undefined;
  readonly say: Say;
  readonly attempt: Attempt;
}

/** The networks that could be read; what could not has been said. */
export function readNetworks({ start, root, folder, say, attempt }: Reading): NetworkSettings[] {
  const list = findNodeAtLocation(root, ['networks']);
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
  for (const node of list.children) {
    const one = readNetwork(node, folder, say, attempt);
    if (one) networks.push(one);
  }
  const names = networks.map((n) => JSON.stringify(n));
  const twice = names.findIndex((n, i) => names.indexOf(n) < i);
  if (twice >= 0)
    say('settings/twice', t('This network is listed twice with the same options.'), list.children[twice]);
  return networks;
}

function readNetwork(
  node: Node,
  folder: string | undefined,
  say: Say,
  attempt: Attempt,
): NetworkSettings | undefined {
  const at = (key: string) => (node.type === 'object' ? findNodeAtLocation(node, [key]) : undefined);
  // A name alone is a network without options.
  const name = node.type === 'string' ? node : at('network');
  if (name?.type !== 'string') {
    say('settings/missing', t('A network needs its name: { "network": "resnet20" }.'), name ?? node, true);
    return undefined;
  }
  for (const [key, keyNode] of node.type === 'object' ? members(node) : [])
    if (!['network', 'options', 'input', 'plain', 'weights'].includes(key))
      say('settings/unknown', t('There is no setting "{0}" of a network.', key), keyNode, true);
  const inputNode = at('input');
  const input = inputNode && readInput(inputNode, say);
  const optionsNode = at('options');
  const options = optionsNode && readValues(optionsNode, say);
  const plain = at('plain')?.value === true;
  const weights = readWeights(at('weights'), folder, say);
  const network = isSourceName(name.value) && folder ? path.resolve(folder, name.value) : String(name.value);
  const settings: NetworkSettings = {
    network,
    ...(options ? { options } : {}),
    ...(input ? { input } : {}),
    ...(plain ? { plain } : {}),
    ...(weights === undefined ? {} : { weights }),
  };
  if (isSourceName(network)) {
    attempt(() => chooseNetwork(settings), name);
    return settings;
  }
  // One option at a time, so that a sentence stands at the option that it is about.
  const base = attempt(() => findNetwork(network), name);
  if (!base) return undefined;
  let isGood = true;
  for (const [key, keyNode, value] of optionsNode ? members(optionsNode) : []) {
    if (options?.[key] === undefined) continue;
    const place = key in base.options ? value : keyNode;
    if (!attempt(() => findNetwork(network, { options: { [key]: options[key] } }), place)) isGood = false;
  }
  if (isGood) {
    const fault = faultOf(settings);
    if (fault) say(fault.code, fault.message, placeOfFault(network, name, optionsNode, options));
  }
  return settings;
}

const built = new Map<string, SkiplensError | undefined>();

/** Builds the graph, which finds depths and shapes that cannot be; a file is read at every pause of typing. */
function faultOf(settings: NetworkSettings): SkiplensError | undefined {
  const key = JSON.stringify(settings);
  if (!built.has(key)) {
    if (built.size > 100) built.clear();
    built.set(key, build(settings));
  }
  return built.get(key);
}

function build(settings: NetworkSettings): SkiplensError | undefined {
  try {
    chooseNetwork(settings).build(1, 'training');
    return undefined;
  } catch (error) {
    if (error instanceof SkiplensError) return error;
    throw error;
  }
}

/** The option that is wrong by itself, else all options, else the name. */
function placeOfFault(
  network: string,
  name: Node,
  optionsNode: Node | undefined,
  options: Values | undefined,
): Node {
  if (!optionsNode || !options) return name;
  for (const [key, , value] of members(optionsNode))
    if (options[key] !== undefined && faultOf({ network, options: { [key]: options[key] } })) return value;
  return optionsNode;
}

/** Whether the file fits is seen when it is read, at the start of a run; that it is there is seen here. */
function readWeights(node: Node | undefined, folder: string | undefined, say: Say): string | undefined {
  if (!node) return undefined;
  if (node.type !== 'string') {
    say('settings/shape', t('The weights are the path of a safetensors file.'), node, true);
    return undefined;
  }
  const file = folder ? path.resolve(folder, node.value) : String(node.value);
  if (path.isAbsolute(file) && !existsSync(file))
    say('weights/missing', t('There is no file {0}; check the path of the weights.', file), node);
  return file;
}

function readInput(node: Node, say: Say): [number, number, number] | undefined {
  const sizes = node.children?.map((child) => child.value as unknown) ?? [];
  if (node.type === 'array' && sizes.length === 3 && sizes.every((n) => Number.isInteger(n) && Number(n) > 0))
    return sizes as [number, number, number];
  say('settings/shape', t('The input is three whole numbers: channels, height, width.'), node, true);
  return undefined;
}

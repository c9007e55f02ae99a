/** The question for a network: names of the families, or any name that one of them knows. */
import path from 'node:path';
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { families, findNetwork } from '../../networks';
import type { Family, Network } from '../../networks/network';
import type { NetworkSettings } from '../../protocol/settings';
import { chooseNetwork, isSourceName } from '../../workspace/chooseNetwork';
import type { Host } from '../host';
import { modelOf } from '../source/modelOf';
import { askStep, type Step, type StepItem } from './steps';

/** Proposed first: small enough to train on a CPU while one watches. */
const first = 'resnet20';

type NetworkItem = StepItem<NetworkSettings> | vscode.QuickPickItem;

/** The proposal, the models of the file that is open, then every family's examples under its source. */
function networkItems(host: Host): NetworkItem[] {
  const items: NetworkItem[] = [itemOf(first), ...modelItems(host)];
  for (const family of Object.values<Family>(families)) {
    items.push({ label: shortOf(family.citation), kind: vscode.QuickPickItemKind.Separator });
    for (const name of family.examples) items.push(itemOf(name));
  }
  return items;
}

/** Who and what, without numbers of archives and sections: a separator is one line. */
const shortOf = (citation: string) => citation.split(/ \(|; /)[0];

function itemOf(name: string): StepItem<NetworkSettings> {
  return { label: findNetwork(name).title, description: name, value: { network: name } };
}

function modelItems(host: Host): NetworkItem[] {
  const document = vscode.window.activeTextEditor?.document;
  const models = (document && host.sources.analysisOf(document)?.models) ?? [];
  if (!document || models.length === 0) return [];
  const name = path.basename(document.uri.fsPath);
  return [
    { label: name, kind: vscode.QuickPickItemKind.Separator },
    ...models.map((model) => ({
      label: model.name,
      description: name,
      detail: t('line {0}', model.line),
      value: { network: `${document.uri.fsPath}#${model.name}` },
    })),
  ];
}

/** The first step of Train... (of `totalSteps`) and the only one of Inspect Network... */
export function networkStep(host: Host, totalSteps: number): Step<NetworkSettings> {
  return {
    title: totalSteps > 1 ? t('Train: Network') : t('Inspect Network'),
    step: 1,
    totalSteps,
    placeholder: t('Choose a network or type a name, such as resnet44'),
    items: networkItems(host),
    typed(text) {
      try {
        return itemOf(text.toLowerCase());
      } catch (error) {
        return error instanceof SkiplensError && error.code !== 'network/unknown' ? error.message : undefined;
      }
    },
  };
}

/** Asks for one network; a model of a file gets the shape that it is read with. */
export async function askForNetwork(host: Host): Promise<NetworkSettings | undefined> {
  const answer = await askStep(networkStep(host, 1));
  return answer === undefined || answer === 'back' ? undefined : settled(host, answer.value);
}

/** Asks for what a model of a source file lacks; a preset is as it is. */
export async function settled(host: Host, settings: NetworkSettings): Promise<NetworkSettings> {
  if (!isSourceName(settings.network)) return settings;
  const [file, model] = settings.network.split(/#(?=[^#]*$)/);
  return modelOf(host, vscode.Uri.file(file), model);
}

/** The network and, where it has skips, the same without them. */
export function withTwin(network: NetworkSettings): NetworkSettings[] {
  const twin = twinOf(network);
  return twin ? [network, twin] : [network];
}

/** The plain twin as settings, by its own name where it has one; null where nothing is added in the network. */
export function twinOf(settings: NetworkSettings): NetworkSettings | null {
  const twin = chooseNetwork(settings).twin();
  if (!twin) return null;
  // Weights are of the network that they were asked for.
  const { network, options, weights: _, ...rest } = settings;
  return isNamed(twin)
    ? { ...rest, network: twin.name }
    : { ...rest, network, ...(options ? { options } : {}), plain: true };
}

function isNamed(twin: Network): boolean {
  try {
    const named = findNetwork(twin.name).options;
    return Object.entries(twin.options).every(([key, value]) => named[key] === value);
  } catch (error) {
    if (error instanceof SkiplensError) return false;
    throw error;
  }
}

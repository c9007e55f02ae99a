/** The question for a network: names of the families, or any name that one of them knows. */
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { families, findNetwork } from '../../networks';
import type { Family } from '../../networks/network';
import type { NetworkSettings } from '../../protocol/settings';
import { askStep, type Step, type StepItem } from './steps';

/** Proposed first: small enough to train on a CPU while one watches. */
const first = 'resnet20';

/** Every family's examples under its source; the proposal stands first, once more. */
export function networkItems(): (StepItem<string> | vscode.QuickPickItem)[] {
  const items: (StepItem<string> | vscode.QuickPickItem)[] = [itemOf(first)];
  for (const family of Object.values<Family>(families)) {
    items.push({ label: family.citation, kind: vscode.QuickPickItemKind.Separator });
    for (const name of family.examples) items.push(itemOf(name));
  }
  return items;
}

function itemOf(name: string): StepItem<string> {
  return { label: findNetwork(name).title, description: name, value: name };
}

export function networkStep(totalSteps: number): Step<string> {
  return {
    title: totalSteps > 1 ? t('Train: Network') : t('Inspect Network'),
    step: 1,
    totalSteps,
    placeholder: t('Choose a network or type a name, such as resnet44'),
    items: networkItems(),
    typed(text) {
      const name = text.toLowerCase();
      try {
        return itemOf(name);
      } catch (error) {
        return error instanceof SkiplensError && error.code !== 'network/unknown' ? error.message : undefined;
      }
    },
  };
}

export async function askForNetwork(): Promise<string | undefined> {
  const answer = await askStep({ ...networkStep(1) });
  return answer === 'back' ? undefined : answer?.value;
}

/** The network and, where it has skips, the same without them. */
export function withTwin(name: string): NetworkSettings[] {
  const twin = twinOf({ network: name });
  return twin ? [{ network: name }, twin] : [{ network: name }];
}

/** The plain twin as settings; null where nothing is added in the network. */
export function twinOf({ network: name, options = {}, input }: NetworkSettings): NetworkSettings | null {
  const network = findNetwork(name, { options, input });
  const twin = network.twin();
  if (!twin) return null;
  // A name of its own says it all; a twin without one is the network with the options that differ.
  const other = Object.fromEntries(
    Object.entries(twin.options).filter(([key, value]) => value !== network.options[key]),
  );
  return isNamed(twin.name, twin.options)
    ? { network: twin.name, ...(input ? { input } : {}) }
    : { network: name, options: { ...options, ...other }, ...(input ? { input } : {}) };
}

function isNamed(name: string, options: Readonly<Record<string, unknown>>): boolean {
  try {
    const named = findNetwork(name).options;
    return Object.entries(options).every(([key, value]) => named[key] === value);
  } catch (error) {
    if (error instanceof SkiplensError) return false;
    throw error;
  }
}

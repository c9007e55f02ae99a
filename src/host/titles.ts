/** What networks are called in tabs, rows and messages: `ResNet-20 and its plain twin`. */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import type { Network } from '../networks/network';
import type { NetworkSettings } from '../protocol/settings';
import { chooseNetwork } from '../workspace/chooseNetwork';

/** One title for networks that are trained or inspected together. */
export function titleOf(networks: readonly NetworkSettings[]): string {
  const [first, second] = networks;
  if (!first) return 'Skiplens';
  if (!second) return nameOf(first);
  if (networks.length > 2) return networks.map(nameOf).join(' · ');
  return isTwin(first, second)
    ? t('{0} and its plain twin', nameOf(first))
    : t('{0} and {1}', nameOf(first), nameOf(second));
}

/** The same as the record of a run has it, which is shorter: `ResNet-20 and Plain-20`. */
export function rowTitleOf(networks: readonly NetworkSettings[]): string {
  let title = rowTitles.get(networks);
  if (title === undefined) {
    const [first, second] = networks.slice(0, 2).map(nameOf);
    title = second === undefined ? (first ?? 'Skiplens') : t('{0} and {1}', first, second);
    rowTitles.set(networks, title);
  }
  return title;
}

/** A row is made anew every second, and a model of a source file takes reading. */
const rowTitles = new WeakMap<readonly NetworkSettings[], string>();

/** Several runs in one picture, each by the networks that it trained. */
export function titleOfRuns(runs: readonly (readonly NetworkSettings[])[]): string {
  const titles = [...new Set(runs.map(titleOf))];
  return titles.length < runs.length
    ? t('{0} runs: {1}', runs.length, titles.join(' · '))
    : titles.join(' · ');
}

function nameOf(settings: NetworkSettings): string {
  return found(settings)?.title ?? settings.network;
}

function isTwin(first: NetworkSettings, second: NetworkSettings): boolean {
  if (second.plain && !first.plain && second.network === first.network) return true;
  const twin = found(first)?.twin();
  const other = found(second);
  return (
    twin?.family === other?.family &&
    twin !== null &&
    Object.entries(twin?.options ?? {}).every(([key, value]) => other?.options[key] === value)
  );
}

/** Undefined for a network that no family knows: its name is all that can be said. */
function found(settings: NetworkSettings): Network | undefined {
  try {
    return chooseNetwork(settings);
  } catch (error) {
    if (error instanceof SkiplensError) return undefined;
    throw error;
  }
}

/** The sheets that an HTML report carries, from the command line and from the editor alike. */
import { SkiplensError } from '../base/errors';
import type { DataCard, DataCardRequest } from '../protocol/dataCard';
import type { NetworkDescription } from '../protocol/description';
import type { PanelSnapshot } from '../protocol/panel';
import type { NetworkSettings, RunSettings } from '../protocol/settings';
import { asDescribed } from './asDescribed';
import { chooseNetwork } from './chooseNetwork';
import { figuresTable } from './figures';

/** Asks for the card of a run's data. */
export function cardRequest({ data, dataOptions, seed, augment }: RunSettings): DataCardRequest {
  return { data, dataOptions, seed, augment };
}

/**
 * The figures of the networks and, where something was trained, the card of its data with few samples. What cannot be
 * read any more (a folder that has moved, an edited file) is no reason to write no report: it is left out.
 */
export async function reportSheets(
  networks: readonly NetworkSettings[],
  descriptions: readonly NetworkDescription[],
  settings: RunSettings | undefined,
  readCard: (request: DataCardRequest) => Promise<DataCard>,
): Promise<Pick<PanelSnapshot, 'card' | 'figures'>> {
  const figures = await whereReadable(() =>
    figuresTable(
      networks
        .slice(0, descriptions.length)
        .map((network, i) => chooseNetwork(asDescribed(network, descriptions[i]))),
    ),
  );
  const card =
    settings && (await whereReadable(() => readCard({ ...cardRequest(settings), size: 'report' })));
  return { ...(figures ? { figures } : {}), ...(card ? { card } : {}) };
}

async function whereReadable<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SkiplensError) return undefined;
    throw error;
  }
}

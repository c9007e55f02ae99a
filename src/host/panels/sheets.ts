/**
 * What the inspector's sheets show: the card of a run's data, read by the trainer process so that the editor never
 * waits for a disk, and the networks in figures, counted here.
 */
import { randomUUID } from 'node:crypto';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { DataCard, DataCardRequest } from '../../protocol/dataCard';
import type { FiguresTable } from '../../protocol/networkFigures';
import type { PanelSnapshot } from '../../protocol/panel';
import type { RunSettings } from '../../protocol/settings';
import { asDescribed } from '../../workspace/asDescribed';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { figuresTable } from '../../workspace/figures';
import { cardRequest, reportSheets } from '../../workspace/reportSheets';
import type { Session } from '../session/session';
import type { Gathered } from './snapshot';

export class Sheets {
  /** Tells this panel's reading from that of others, which goes on beside it. */
  readonly reader = randomUUID();
  private known: { readonly key: string; readonly card: DataCard } | undefined;

  constructor(private readonly session: Session) {}

  /** Read once for the same settings; `Cancelled` where nobody waits for it any more. */
  async card(settings: RunSettings | undefined): Promise<DataCard> {
    if (!settings)
      throw new SkiplensError('data/none', t('Nothing was trained here, so there is no data to show.'));
    const request = cardRequest(settings);
    const key = JSON.stringify(request);
    if (this.known?.key !== key) this.known = { key, card: await this.read(request, this.reader) };
    return this.known.card;
  }

  /** Of the reading that `card` waits for; what others read, a report for instance, goes on. */
  async cancel(): Promise<void> {
    await this.session.ask('data/cancel', { reader: this.reader });
  }

  figures({ networks, snapshot }: Gathered): FiguresTable {
    return figuresTable(
      networks
        .slice(0, snapshot.networks.length)
        .map((settings, i) => chooseNetwork(asDescribed(settings, snapshot.networks[i]))),
    );
  }

  /** What a report carries. */
  forReport({ networks, settings, snapshot }: Gathered): Promise<Pick<PanelSnapshot, 'card' | 'figures'>> {
    return reportSheets(networks, snapshot.networks, settings, (request) => this.read(request, randomUUID()));
  }

  private async read(request: DataCardRequest, reader: string): Promise<DataCard> {
    return (await this.session.ask('data/card', { ...request, reader })).card;
  }
}

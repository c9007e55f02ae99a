/**
 * What the inspector's sheets show: the card of a run's data, read by the trainer process so that the editor never
 * waits for a disk, and the networks in figures, counted here.
 */
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { DataCard } from '../../protocol/dataCard';
import type { FiguresTable } from '../../protocol/networkFigures';
import type { PanelSnapshot } from '../../protocol/panel';
import type { RunSettings } from '../../protocol/settings';
import { asDescribed } from '../../workspace/asDescribed';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { figuresTable } from '../../workspace/figures';
import type { Session } from '../session/session';
import type { Gathered } from './snapshot';

export class Sheets {
  private known: { readonly key: string; readonly card: DataCard } | undefined;

  constructor(private readonly session: Session) {}

  /** Read once for the same settings; `Cancelled` where nobody waits for it any more. */
  async card(settings: RunSettings | undefined): Promise<DataCard> {
    if (!settings)
      throw new SkiplensError('data/none', t('Nothing was trained here, so there is no data to show.'));
    const { data, dataOptions, seed, augment } = settings;
    const request = { data, dataOptions, seed, augment };
    const key = JSON.stringify(request);
    if (this.known?.key !== key)
      this.known = { key, card: (await this.session.ask('data/card', request)).card };
    return this.known.card;
  }

  async cancel(): Promise<void> {
    await this.session.ask('data/cancel', {});
  }

  figures({ networks, snapshot }: Gathered): FiguresTable {
    return figuresTable(
      networks
        .slice(0, snapshot.networks.length)
        .map((settings, i) => chooseNetwork(asDescribed(settings, snapshot.networks[i]))),
    );
  }

  /** What a report carries; a card that cannot be read (a folder that has moved) is no reason to write none. */
  async forReport(gathered: Gathered): Promise<Pick<PanelSnapshot, 'card' | 'figures'>> {
    const found: { card?: DataCard; figures?: FiguresTable } = {};
    try {
      found.figures = this.figures(gathered);
      if (gathered.settings) found.card = await this.card(gathered.settings);
    } catch (error) {
      if (!(error instanceof SkiplensError)) throw error;
    }
    return found;
  }
}

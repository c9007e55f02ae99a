/**
 * Networks side by side: parameters, multiply-adds, memory of activations and depth of each, how many times those of
 * the first the others are, why totals of one architecture differ, and what papers report.
 */
import { t } from '../../src/base/localize';
import type { FiguresTable, NetworkFigures } from '../../src/protocol/networkFigures';
import type { Answer } from '../host/host';
import { Dialog, refusal, waiting } from './dialog';
import { make, markIcon } from './element';

export class NetworkFiguresView {
  private readonly dialog = new Dialog(() => this.opened++);
  private opened = 0;

  constructor(private readonly ask: () => Promise<Answer<FiguresTable>>) {}

  get element(): HTMLElement {
    return this.dialog.element;
  }

  get isOpen(): boolean {
    return this.dialog.isOpen;
  }

  async open(): Promise<void> {
    const own = ++this.opened;
    const title = t('Networks in figures');
    this.dialog.open(title, waiting(t('Counting …')).element);
    const { result, failure } = await this.ask();
    if (own !== this.opened) return;
    if (result) this.dialog.open(title, ...partsOf(result));
    else if (failure) this.dialog.open(title, refusal(failure));
    else this.dialog.element.close();
  }
}

function partsOf({ networks, remarks }: FiguresTable): HTMLElement[] {
  const rows: readonly (readonly [string, (n: NetworkFigures) => number])[] = [
    [t('Parameters'), (n) => n.parameters.total],
    [t('trained'), (n) => n.parameters.trainable],
    [t('running statistics'), (n) => n.parameters.nonTrainable],
    [t('Multiply-adds an image'), (n) => n.macs],
    [t('Activations of an image, bytes'), (n) => n.activationBytes],
    [t('Layers with weights on the longest way'), (n) => n.depth],
  ];
  const table = make('table', 'figureTable');
  table.append(make('caption', '', t('Of one image; without running anything')));
  const head = make('tr', '', make('td'));
  networks.forEach(({ title }, i) => {
    const cell = make('th', '', markIcon(i), title);
    cell.scope = 'col';
    head.append(cell);
  });
  const body = make('tbody');
  for (const [name, of] of rows) {
    const title = make('th', '', name);
    title.scope = 'row';
    const line = make('tr', '', title);
    const first = of(networks[0]);
    networks.forEach((network, i) => {
      const value = of(network);
      const ratio = i > 0 && first > 0 ? make('span', 'muted ratio', `×${ratioText(value / first)}`) : '';
      line.append(make('td', '', whole(value), ratio));
    });
    body.append(line);
  }
  table.append(make('thead', '', head), body);
  return [table, ...remarks.map((text) => make('p', 'remark', text))];
}

const ratioText = (ratio: number) => (ratio >= 100 ? String(Math.round(ratio)) : ratio.toPrecision(3));

/** `25,557,032`: to the last one, because that is what totals are compared by. */
const whole = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

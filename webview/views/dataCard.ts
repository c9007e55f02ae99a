/**
 * The data card: classes with their counts and sample images, mean and deviation, and what is done to the images on
 * their way to the network. Read by the host when it is asked for; a report carries it.
 */
import { t } from '../../src/base/localize';
import {
  bytesOfImages,
  type CardSamples,
  type DataCard,
  transformationsOf,
} from '../../src/protocol/dataCard';
import type { Fact } from '../../src/protocol/panel';
import { formatShape } from '../figure/numbers';
import type { Answer } from '../host/host';
import { Dialog, refusal, waiting } from './dialog';
import { make } from './element';

export interface CardSource {
  ask(): Promise<Answer<{ card: DataCard }>>;
  /** Nobody looks any more. */
  cancel(): void;
}

export class DataCardView {
  private readonly dialog: Dialog;
  private pending: ReturnType<typeof waiting> | undefined;
  /** Counts openings, so that an answer to an earlier one is not shown. */
  private opened = 0;

  constructor(private readonly source: CardSource) {
    this.dialog = new Dialog(() => {
      this.opened++;
      if (this.pending) this.source.cancel();
      this.pending = undefined;
    });
  }

  get element(): HTMLElement {
    return this.dialog.element;
  }

  get isOpen(): boolean {
    return this.dialog.isOpen;
  }

  async open(): Promise<void> {
    const own = ++this.opened;
    const pending = waiting(t('Reading the data …'));
    this.pending = pending;
    this.dialog.open(t('Data'), pending.element);
    const { result, failure } = await this.source.ask();
    if (own !== this.opened) return;
    this.pending = undefined;
    if (result) this.dialog.open(result.card.title, ...cardParts(result.card));
    else if (failure) this.dialog.open(t('Data'), refusal(failure));
    else this.dialog.element.close();
  }

  progress(share: number): void {
    this.pending?.show(share);
  }
}

function cardParts(card: DataCard): HTMLElement[] {
  const { summary, skipped } = card;
  const steps = make('ol', 'steps');
  for (const sentence of transformationsOf(card)) steps.append(make('li', '', sentence));
  const parts = [
    make('p', 'muted', summary),
    factList(factsOf(card)),
    make('h3', '', t('What is done to the images')),
    steps,
    classTable(card),
  ];
  if (skipped.length > 0) {
    const list = make('ul', 'steps');
    for (const { file, reason } of skipped) list.append(make('li', '', t('{0}: {1}', file, reason)));
    parts.push(make('h3', '', t('Left out as broken')), list);
  }
  return parts;
}

function factsOf(card: DataCard): Fact[] {
  const { classes, shape, train, validation, publisher, homepage, folder } = card;
  const facts: Fact[] = [
    [t('Classes'), String(classes.length)],
    [t('Training images'), whole(train)],
    [t('Validation images'), whole(validation)],
    [t('Shape'), formatShape(shape)],
    [t('Size'), t('{0} MB', (bytesOfImages(card) / 1e6).toFixed(1))],
  ];
  if (publisher) facts.push([t('Publisher'), publisher]);
  if (homepage) facts.push([t('Homepage'), homepage]);
  if (folder) facts.push([t('Folder'), folder]);
  return facts;
}

function factList(facts: readonly Fact[]): HTMLElement {
  const list = make('dl', 'facts wide');
  for (const [name, value] of facts) list.append(make('dt', '', name), make('dd', '', value));
  return list;
}

function classTable({ classes, samples }: DataCard): HTMLTableElement {
  const table = make('table', 'classTable');
  const shown =
    samples.rows < classes.length
      ? t('Classes and the first images of the first {0}', samples.rows)
      : t('Classes and their first images');
  table.append(make('caption', '', shown));
  const head = make('tr');
  for (const title of [t('Class'), t('Training'), t('Validation'), t('Samples')]) {
    const cell = make('th', '', title);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = make('tbody');
  classes.forEach(({ name, train, validation }, i) => {
    const title = make('th', '', name);
    title.scope = 'row';
    const strip = i < samples.rows && samples.filled[i] > 0 ? [stripOf(samples, i, name)] : [];
    body.append(
      make(
        'tr',
        '',
        title,
        make('td', '', whole(train)),
        make('td', '', whole(validation)),
        make('td', '', ...strip),
      ),
    );
  });
  table.append(make('thead', '', head), body);
  return table;
}

/** The images of one class beside each other. */
function stripOf(
  { columns, imageHeight, imageWidth, filled, pixels }: CardSamples,
  row: number,
  name: string,
) {
  const canvas = make('canvas', 'strip');
  const count = filled[row];
  canvas.width = count * imageWidth;
  canvas.height = imageHeight;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', t('{0} images of the class {1}', count, name));
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const plane = imageHeight * imageWidth;
  for (let column = 0; column < count; column++) {
    const image = context.createImageData(imageWidth, imageHeight);
    const from = (row * columns + column) * plane * 3;
    for (let p = 0; p < plane; p++) {
      for (let c = 0; c < 3; c++) image.data[4 * p + c] = pixels[from + 3 * p + c];
      image.data[4 * p + 3] = 255;
    }
    context.putImageData(image, column * imageWidth, 0);
  }
  return canvas;
}

/** `100,000`; the editor's Intl takes longer to wake than the whole sheet. */
const whole = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/**
 * A sheet over the inspector: the browser's own modal dialog, so that Escape closes it, the focus stays inside and
 * goes back to where it was, and screen readers hear its title. What it holds is the business of whoever opens it.
 */
import { t } from '../../src/base/localize';
import { button, make } from './element';

let titles = 0;

export class Dialog {
  readonly element = make('dialog', 'sheet');
  readonly body = make('div', 'sheetBody');
  private readonly title = make('h2');

  constructor(private readonly onClose: () => void = () => {}) {
    this.title.id = `sheetTitle${++titles}`;
    this.element.setAttribute('aria-labelledby', this.title.id);
    const close = button('×', { title: t('Close (Escape)'), onClick: () => this.element.close() });
    close.className = 'close';
    close.setAttribute('aria-label', t('Close'));
    this.element.append(make('div', 'sheetHead', this.title, close), this.body);
    this.element.addEventListener('close', () => this.onClose());
    // A click beside the sheet is one on the dialog itself.
    this.element.addEventListener('click', (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  get isOpen(): boolean {
    return this.element.open;
  }

  open(title: string, ...content: readonly Node[]): void {
    this.title.textContent = title;
    this.body.replaceChildren(...content);
    this.body.tabIndex = 0;
    if (!this.element.open) this.element.showModal();
  }
}

/** While something is read: words for everybody, and how far it is where that is known. */
export function waiting(text: string): { readonly element: HTMLElement; show(share: number): void } {
  const meter = make('progress');
  meter.setAttribute('aria-label', text);
  const words = make('p', '', text);
  words.setAttribute('role', 'status');
  return {
    element: make('div', 'waiting', words, meter),
    show(share) {
      meter.value = share;
    },
  };
}

/** Why there is nothing to see, in one sentence. */
export function refusal(text: string): HTMLElement {
  const words = make('p', 'refusal', text);
  words.setAttribute('role', 'alert');
  return words;
}

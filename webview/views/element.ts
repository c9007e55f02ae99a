/** HTML made in one line; classes and properties only, since the panel's policy forbids style attributes. */
import { select } from 'd3';
import { group, namespace } from '../figure/svg';
import { markClass, markPath } from '../tracks/gradient';

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export interface ButtonOptions {
  readonly primary?: boolean;
  readonly title?: string;
  onClick(): void;
}

export function button(text: string, { primary, title, onClick }: ButtonOptions): HTMLButtonElement {
  const element = make('button', primary ? 'button primary' : 'button', text);
  element.type = 'button';
  if (title) element.title = title;
  element.addEventListener('click', onClick);
  return element;
}

/** One of several: a row of small buttons that behave as a radio group. */
export interface Choice<T extends string> {
  readonly element: HTMLElement;
  show(value: T): void;
}

export function choice<T extends string>(
  label: string,
  values: readonly (readonly [T, string])[],
  onChoose: (value: T) => void,
): Choice<T> {
  const element = make('div', 'choice');
  element.setAttribute('role', 'radiogroup');
  element.setAttribute('aria-label', label);
  const buttons = values.map(([value, text], i) => {
    const one = button(text, { onClick: () => onChoose(value) });
    one.className = 'choiceButton';
    one.setAttribute('role', 'radio');
    one.addEventListener('keydown', (event) => {
      const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (by === 0) return;
      const next = (i + by + values.length) % values.length;
      onChoose(values[next][0]);
      buttons[next].focus();
      event.preventDefault();
    });
    return one;
  });
  element.append(...buttons);
  return {
    element,
    show(value) {
      values.forEach(([own], i) => {
        buttons[i].setAttribute('aria-checked', String(own === value));
        buttons[i].tabIndex = own === value ? 0 : -1;
      });
    },
  };
}

export function svg(className: string): SVGSVGElement {
  const element = document.createElementNS(namespace, 'svg');
  element.setAttribute('class', className);
  return element;
}

/** The root group of an SVG element, made once. */
export function rootOf(element: SVGSVGElement) {
  const known = select(element).select<SVGGElement>(':scope > g.root');
  return group(known.empty() ? select(element).append('g').attr('class', 'root').node()! : known.node()!);
}

/** A network's mark, 14 pixels square, for running text. */
export function markIcon(network: number): SVGSVGElement {
  const icon = svg('sk icon');
  icon.setAttribute('viewBox', '-7 -7 14 14');
  icon.setAttribute('aria-hidden', 'true');
  select(icon).append('path').attr('class', markClass(network)).attr('d', markPath(network));
  return icon;
}

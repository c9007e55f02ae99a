/** The Export button and its menu: the picture as it is shown, the numbers, the report, the run itself. */
import { t } from '../../src/base/localize';
import type { Actions } from './actions';
import { button, make } from './element';

export function exportMenu(actions: Actions, hasRun: boolean): HTMLElement {
  const menu = make('div', 'menu');
  menu.setAttribute('role', 'menu');
  menu.hidden = true;
  const entries: (readonly [string, () => void])[] = [
    [t('Picture as SVG'), () => actions.savePicture('svg')],
    [t('Picture as PNG'), () => actions.savePicture('png')],
  ];
  if (hasRun) entries.push([t('Numbers as CSV'), () => actions.exportRun('csv')]);
  if (hasRun && actions.hasHost)
    entries.push(
      [t('Report as one HTML file'), () => actions.exportRun('html')],
      [t('The run itself'), () => actions.exportRun('run')],
    );
  const toggle = (open: boolean) => {
    menu.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
    if (open) (menu.firstElementChild as HTMLElement).focus();
  };
  const opener = button(t('Export…'), { onClick: () => toggle(menu.hidden === true) });
  opener.setAttribute('aria-haspopup', 'menu');
  opener.setAttribute('aria-expanded', 'false');
  for (const [text, run] of entries) {
    const item = button(text, {
      onClick: () => {
        toggle(false);
        opener.focus();
        run();
      },
    });
    item.className = 'menuItem';
    item.setAttribute('role', 'menuitem');
    menu.append(item);
  }
  const frame = make('div', 'menuFrame', opener, menu);
  frame.addEventListener('keydown', (event) => {
    if (menu.hidden) return;
    const items = [...menu.children] as HTMLElement[];
    const at = items.indexOf(event.target as HTMLElement);
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by !== 0) items[(at + by + items.length) % items.length].focus();
    else if (event.key === 'Escape') {
      toggle(false);
      opener.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  frame.addEventListener('focusout', (event) => {
    if (!frame.contains(event.relatedTarget as Node | null)) toggle(false);
  });
  return frame;
}

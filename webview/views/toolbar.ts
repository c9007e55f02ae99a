/** Search, folding, zoom, picture or table. */
import { t } from '../../src/base/localize';
import { type FoldLevel, rowHeights } from '../layout/rows';
import { search } from '../store/selectors';
import type { State } from '../store/state';
import type { Actions } from './actions';
import { button, type Choice, choice, make } from './element';

export class Toolbar {
  readonly element = make('div', 'toolbar');
  readonly field = make('input', 'search');
  private readonly count = make('span', 'muted count');
  private readonly levels: Choice<FoldLevel>;
  private readonly views: Choice<State['view']>;
  private readonly data: HTMLButtonElement;
  private readonly figures: HTMLButtonElement;
  private found: string[] = [];
  private at = -1;
  private query = '';
  private tree: State['tree'] = [];

  constructor(
    private readonly actions: Actions,
    zoom: (factor: number | null) => void,
    private readonly goTo: (id: string) => void,
  ) {
    this.field.type = 'search';
    this.field.placeholder = t('Search layers');
    this.field.setAttribute('aria-label', t('Search layers by scope, kind or operator'));
    this.field.addEventListener('input', () => {
      this.at = -1;
      actions.dispatch({ type: 'query', text: this.field.value });
    });
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.next(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') {
        this.field.value = '';
        actions.dispatch({ type: 'query', text: '' });
      } else return;
      event.preventDefault();
    });
    this.count.setAttribute('role', 'status');
    this.levels = choice<FoldLevel>(
      t('Fold to'),
      [
        ['stages', t('Stages')],
        ['runs', t('Repeats')],
        ['blocks', t('Blocks')],
        ['layers', t('Layers')],
      ],
      (level) => actions.dispatch({ type: 'level', level }),
    );
    this.views = choice<State['view']>(
      t('Show as'),
      [
        ['picture', t('Picture')],
        ['table', t('Table')],
      ],
      (view) => actions.dispatch({ type: 'view', view }),
    );
    const zooms = make(
      'div',
      'zooms',
      button('−', { title: t('Lower rows (−)'), onClick: () => zoom(1 / 1.25) }),
      button(t('Fit'), { title: t('Fit the rows to the panel (0)'), onClick: () => zoom(null) }),
      button('+', { title: t('Higher rows (+)'), onClick: () => zoom(1.25) }),
    );
    zooms.firstElementChild!.setAttribute('aria-label', t('Lower rows'));
    zooms.lastElementChild!.setAttribute('aria-label', t('Higher rows'));
    this.data = button(t('Data…'), {
      title: t('Classes, samples, mean and deviation of the images, and what is done to them'),
      onClick: () => actions.showData(),
    });
    this.figures = button(t('Figures…'), {
      title: t('Parameters, multiply-adds, memory and depth of the networks, side by side'),
      onClick: () => actions.showFigures(),
    });
    for (const opener of [this.data, this.figures]) opener.setAttribute('aria-haspopup', 'dialog');
    this.element.append(
      make('span', 'searchFrame', this.field, this.count),
      make('span', 'tool', make('span', 'label', t('Fold to')), this.levels.element),
      make('span', 'tool', make('span', 'label', t('Rows')), zooms),
      make('span', 'space'),
      this.data,
      this.figures,
      this.views.element,
    );
  }

  render(state: State): void {
    const offers = this.actions.offers();
    this.data.hidden = !offers.data;
    this.figures.hidden = !offers.figures;
    this.levels.show(state.folding.level);
    this.views.show(state.view);
    if (this.query !== state.query || this.tree !== state.tree) {
      [this.query, this.tree] = [state.query, state.tree];
      this.found = search(state.tree, state.query);
    }
    const said = state.query.trim() === '' ? '' : t('{0} found', this.found.length);
    if (this.count.textContent !== said) this.count.textContent = said;
  }

  private next(by: number): void {
    if (this.found.length === 0) return;
    this.at = (this.at + by + this.found.length) % this.found.length;
    this.goTo(this.found[this.at]);
  }
}

/** Row height after zooming, within what is useful; whole pixels keep lines crisp. */
export function zoomed(height: number, factor: number): number {
  const next = height * factor;
  const whole = factor > 1 ? Math.ceil(next) : Math.floor(next);
  return Math.max(rowHeights.least, Math.min(rowHeights.most, whole));
}

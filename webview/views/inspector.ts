/**
 * The inspector: the views on one state, redrawn together when the browser is ready to paint. Messages come in from
 * the host, gestures from the views; both only change the state.
 */
import { t } from '../../src/base/localize';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { themeOf } from '../figure/palette';
import type { Host } from '../host/host';
import { digestOf, missingStep, rowsOf } from '../store/selectors';
import { choicesOf, type State } from '../store/state';
import { Store } from '../store/store';
import type { Actions } from './actions';
import { DataCardView } from './dataCard';
import { Details, findNode, scopeOf } from './details';
import { make } from './element';
import { Header } from './header';
import { Moment } from './moment';
import { NetworkFiguresView } from './networkFigures';
import { Picture } from './picture';
import { savePicture } from './savePicture';
import { Scrubber } from './scrubber';
import { TableTwin } from './tableTwin';
import { Toolbar } from './toolbar';
import { VerdictLine } from './verdictLine';

export class Inspector {
  readonly store = new Store();
  readonly errors: string[] = [];
  readonly dataCard: DataCardView;
  readonly figures: NetworkFiguresView;
  /** Which sheets there is something for; a report has what it carries. */
  private offers = { data: false, figures: false };
  private readonly header: Header;
  private readonly verdicts = new VerdictLine();
  private readonly moment: Moment;
  private readonly toolbar: Toolbar;
  private readonly picture: Picture;
  private readonly scrubber: Scrubber;
  private readonly details: Details;
  private readonly table = new TableTwin();
  private readonly main = make('main', 'main');
  private frame = 0;
  private tableTimer = 0;
  private stepTimer = 0;
  /** What was asked for last, so that a step that no record has is asked for once. */
  private stepAsked: { readonly series: State['series']; readonly step: number } | null = null;

  constructor(
    private readonly body: HTMLElement,
    private readonly host: Host,
  ) {
    this.dataCard = new DataCardView({
      ask: () => host.ask('data/card', {}),
      cancel: () => void host.ask('data/cancel', {}),
    });
    this.figures = new NetworkFiguresView(() => host.ask('network/figures', {}));
    const actions = this.actions();
    const redraw = () => this.schedule();
    this.header = new Header(actions);
    this.moment = new Moment(actions);
    this.scrubber = new Scrubber(actions);
    this.picture = new Picture(actions, this.scrubber, redraw);
    this.toolbar = new Toolbar(
      actions,
      (factor) => this.picture.zoom(factor),
      (id) => this.goTo(id),
    );
    this.details = new Details(actions);
    const card = make('div', 'cardFrame', this.moment.card);
    const stage = make('div', 'stage', this.picture.element, this.table.element, card);
    this.main.append(stage, this.details.element);
    body.append(
      this.header.element,
      this.verdicts.element,
      this.toolbar.element,
      this.main,
      this.moment.line,
      this.dataCard.element,
      this.figures.element,
    );
    this.store.subscribe((state, before) => this.onChange(state, before));
    window.addEventListener('keydown', (event) => this.onKey(event));
    new MutationObserver(redraw).observe(body, { attributes: true, attributeFilter: ['class'] });
  }

  private actions(): Actions {
    const { host, store } = this;
    const ask: Actions['ask'] = async (method, params) => {
      const { failure } = await host.ask(method, params);
      if (failure) store.dispatch({ type: 'notice', text: failure });
    };
    return {
      dispatch: (action) => store.dispatch(action),
      state: () => store.state,
      ask,
      measure: async () => {
        store.dispatch({ type: 'measuring', on: true });
        const { result, failure } = await host.ask('network/measure', {});
        if (result) store.dispatch({ type: 'measured', numbers: result.numbers });
        else store.dispatch({ type: 'measuring', on: false });
        store.dispatch({ type: 'notice', text: failure ?? '' });
      },
      showData: () => void this.dataCard.open(),
      showFigures: () => void this.figures.open(),
      offers: () => this.offers,
      savePicture: (format) => this.savePicture(format),
      exportRun: (format) => ask('run/export', { format }),
      hasHost: host.isEditor,
    };
  }

  savePicture(format: 'svg' | 'png'): void {
    savePicture(this.store.state, this.body, format)
      .then((params) => this.host.ask('picture/save', params))
      .then(({ failure }) => failure && this.store.dispatch({ type: 'notice', text: failure }))
      .catch((error: unknown) => this.host.fail(error));
  }

  private onChange(state: State, before: State): void {
    this.schedule();
    const node = state.selected === null ? undefined : findNode(state.tree, state.selected);
    if (node && state.selected !== before.selected) this.askDetails(scopeOf(node));
    const [now, then] = [choicesOf(state), choicesOf(before)];
    const isMoved = (Object.keys(now) as (keyof typeof now)[]).some((name) => now[name] !== then[name]);
    if (isMoved || state.subject !== before.subject) this.remember(state);
    this.wantExactStep(state);
  }

  /** A step that the picture's series has thinned away is read from the record once the hand rests on it. */
  private wantExactStep({ run, playing, series, step }: State): void {
    if (!this.host.isEditor || run === null || playing) return;
    const missing = missingStep({ series, step });
    if (missing === null || (this.stepAsked?.series === series && this.stepAsked.step === missing)) return;
    this.stepAsked = { series, step: missing };
    window.clearTimeout(this.stepTimer);
    this.stepTimer = window.setTimeout(async () => {
      const { result } = await this.host.ask('run/readStep', { step: missing });
      const { state } = this.store;
      if (result && state.series === series && missingStep(state) === missing)
        this.store.dispatch({ type: 'stepRead', series: result.series });
    }, 60);
  }

  private remember(state: State): void {
    const { folding, ...others } = choicesOf(state);
    const choices = { ...others, level: folding.level, folds: [...folding.own] };
    this.host.remember({ subject: state.subject, choices });
  }

  /** The snapshot, and on a page that is new what the person had chosen on the one before it. */
  show(snapshot: PanelSnapshot): void {
    const isNew = this.store.state.subject === '';
    const remembered = isNew ? this.host.recall() : undefined;
    const { card, figures, run } = snapshot;
    const { isEditor } = this.host;
    this.offers = {
      data: isEditor ? run !== null : card !== undefined,
      figures: isEditor || figures !== undefined,
    };
    this.store.dispatch({ type: 'snapshot', snapshot });
    if (remembered?.subject !== snapshot.subject || !remembered.choices) return;
    const { level, folds, ...others } = remembered.choices;
    const folding = { level, own: new Map(folds) };
    this.store.dispatch({ type: 'choices', choices: { ...others, folding } });
  }

  private async askDetails(scope: string): Promise<void> {
    if (scope === '') return;
    const { result } = await this.host.ask('row/details', { scope });
    if (result) this.store.dispatch({ type: 'details', details: { scope, ...result } });
  }

  private goTo(id: string): void {
    const { store } = this;
    const node = findNode(store.state.tree, id);
    const scope = node ? scopeOf(node) : '';
    // Stages carry a scope that no layer has; everything else is revealed by its scope.
    if (node && node.kind !== 'stage') store.dispatch({ type: 'reveal', scope });
    else store.dispatch({ type: 'select', id });
    this.revealSelected();
  }

  revealSelected(): void {
    const { state } = this.store;
    const row = rowsOf(state).find((r) => r.id === state.selected);
    if (row) this.picture.scrollTo(row);
  }

  private schedule(): void {
    if (this.frame === 0)
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.render();
      });
  }

  private render(): void {
    const { state } = this.store;
    this.header.render(state);
    this.verdicts.render(state);
    this.moment.render(state);
    this.toolbar.render(state);
    this.scrubber.render(state);
    const isTable = state.view === 'table';
    const isHeard = this.body.classList.contains('vscode-using-screen-reader');
    this.picture.element.hidden = isTable;
    this.table.element.hidden = !isTable && !isHeard;
    this.table.element.classList.toggle('heardOnly', !isTable);
    if (!isTable) this.picture.render(state);
    if (isTable || isHeard) this.scheduleTable();
    this.details.render(state);
  }

  private scheduleTable(): void {
    if (this.tableTimer !== 0) return;
    this.table.render(this.store.state);
    this.tableTimer = window.setTimeout(() => {
      this.tableTimer = 0;
      if (this.tableState !== this.store.state) this.schedule();
    }, 1000);
    this.tableState = this.store.state;
  }
  private tableState: State | null = null;

  private onKey(event: KeyboardEvent): void {
    if (this.dataCard.isOpen || this.figures.isOpen) return;
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target instanceof HTMLInputElement) return;
    const { dispatch } = { dispatch: this.store.dispatch.bind(this.store) };
    switch (event.key) {
      case '/':
        this.toolbar.field.focus();
        break;
      case '+':
      case '=':
        this.picture.zoom(1.25);
        break;
      case '-':
        this.picture.zoom(1 / 1.25);
        break;
      case '0':
        this.picture.zoom(null);
        break;
      case 'p':
      case 'P':
        this.scrubber.toggle();
        break;
      case ',':
        this.scrubber.nudge(-1);
        break;
      case '.':
        this.scrubber.nudge(1);
        break;
      case 'Escape':
        if (this.store.state.selected === null) return;
        dispatch({ type: 'select', id: null });
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  digest() {
    return digestOf(this.store.state, {
      ...this.picture.digest(),
      theme: themeOf(this.body.classList),
      errors: this.errors,
    });
  }

  /** One sentence where the panel itself broke. */
  broke(message: string): void {
    this.errors.push(message);
    this.store.dispatch({
      type: 'notice',
      text: t('Something broke in this panel; the log says what. Close and open it to go on.'),
    });
  }
}

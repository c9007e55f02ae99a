/**
 * Moves every track to a step: a slider over the steps that the picture keeps, a field for any recorded one, play,
 * and back to the newest. The field always says which step is shown.
 */
import { t } from '../../src/base/localize';
import { firstStep, hasSteps, newestStep, shownStep } from '../store/selectors';
import type { State } from '../store/state';
import type { Actions } from './actions';
import { button, make } from './element';

/** A whole run plays in about this many seconds, however many steps it has. */
const playSeconds = 15;
const tick = 66;

export class Scrubber {
  readonly element = make('div', 'scrubber');
  private readonly slider = make('input', 'slider');
  private readonly play: HTMLButtonElement;
  private readonly newest: HTMLButtonElement;
  private readonly field = make('input', 'stepField');
  private timer: number | undefined;
  private position = 0;
  private state: State | null = null;
  /** A number that is half typed is not replaced by what is shown. */
  private isTyping = false;

  constructor(private readonly actions: Actions) {
    this.play = button(t('▶ Play'), {
      title: t('Show the run as it happened (P)'),
      onClick: () => this.toggle(),
    });
    this.play.className = 'button play';
    this.newest = button(t('Newest'), {
      title: t('Follow the newest step'),
      onClick: () => actions.dispatch({ type: 'step', step: null }),
    });
    this.slider.type = 'range';
    this.slider.min = '0';
    this.slider.setAttribute('aria-label', t('Step'));
    this.slider.addEventListener('input', () => this.goTo(Number(this.slider.value)));
    this.field.type = 'number';
    this.field.addEventListener('input', () => {
      this.isTyping = true;
    });
    this.field.addEventListener('change', () => {
      this.isTyping = false;
      const step = this.field.valueAsNumber;
      if (Number.isFinite(step)) this.goToStep(step);
      if (this.state) this.render(this.state);
    });
    const label = make('label', 'stepLabel', make('span', '', t('Step')), this.field);
    this.element.append(this.play, this.slider, label, this.newest);
  }

  render(state: State): void {
    this.state = state;
    this.element.hidden = !hasSteps(state);
    if (this.element.hidden) return;
    const [series] = state.series;
    const most = series.length - 1;
    const shown = shownStep(state);
    this.slider.max = String(most);
    this.slider.value = String(state.step === null ? most : series.indexAt(shown));
    this.slider.setAttribute('aria-valuetext', t('step {0}', shown));
    this.field.min = String(firstStep(state));
    this.field.max = String(newestStep(state));
    this.field.title = this.canReadSteps(state)
      ? t('Any recorded step; Enter goes there')
      : t('The nearest step at or before this one that the picture keeps');
    // Room for the longest number that this run will show, so that nothing beside it moves.
    const digits = String(Math.max(newestStep(state), state.run?.totalSteps ?? 0)).length;
    this.field.style.width = `calc(${Math.max(3, digits)}ch + 30px)`;
    if (!this.isTyping && this.field.value !== String(shown)) this.field.value = String(shown);
    this.newest.classList.toggle('invisible', state.step === null);
    const word = state.playing ? t('❚❚ Hold') : t('▶ Play');
    if (this.play.textContent !== word) this.play.textContent = word;
    this.play.setAttribute('aria-pressed', String(state.playing));
    if (!state.playing) this.stop();
  }

  /** Starts at the beginning where the newest step is shown. */
  toggle(): void {
    const { state } = this;
    if (!state || !hasSteps(state)) return;
    const playing = !state.playing;
    this.stop();
    if (playing) {
      const [series] = state.series;
      const at = state.step === null ? 0 : series.indexAt(state.step);
      this.position = at >= series.length - 1 ? 0 : at;
      this.goTo(this.position, true);
      this.timer = window.setInterval(() => this.advance(), tick);
    }
    this.actions.dispatch({ type: 'play', on: playing });
  }

  /** The next step, or the one before: of the record where it can be read, else of those that the picture keeps. */
  nudge(by: number): void {
    const { state } = this;
    if (!state || !hasSteps(state)) return;
    if (this.canReadSteps(state)) {
      this.goToStep(Math.min(state.step ?? Infinity, newestStep(state)) + by);
      return;
    }
    const [series] = state.series;
    this.goTo(series.indexAt(shownStep(state)) + by);
  }

  private canReadSteps({ run }: State): boolean {
    return this.actions.hasHost && run !== null;
  }

  private goToStep(step: number): void {
    const { state } = this;
    if (!state) return;
    if (state.playing) this.actions.dispatch({ type: 'play', on: false });
    const newest = newestStep(state);
    const next = step >= newest ? null : Math.max(firstStep(state), Math.round(step));
    this.actions.dispatch({ type: 'step', step: next });
  }

  private advance(): void {
    const { state } = this;
    if (!state) return;
    const [series] = state.series;
    this.position += Math.max(0.25, (series.length * tick) / (1000 * playSeconds));
    if (this.position < series.length - 1) {
      this.goTo(Math.floor(this.position), true);
      return;
    }
    this.actions.dispatch({ type: 'step', step: null });
    this.actions.dispatch({ type: 'play', on: false });
  }

  private goTo(index: number, isPlaying = false): void {
    const { state } = this;
    if (!state) return;
    const [series] = state.series;
    const at = Math.max(0, Math.min(series.length - 1, index));
    if (!isPlaying && state.playing) this.actions.dispatch({ type: 'play', on: false });
    const step = series.stepAt(at);
    const isNewest = !isPlaying && at === series.length - 1 && step === newestStep(state);
    this.actions.dispatch({ type: 'step', step: isNewest ? null : step });
  }

  private stop(): void {
    if (this.timer !== undefined) window.clearInterval(this.timer);
    this.timer = undefined;
  }
}

/** Moves every track to a step: a slider over the recorded steps, play, and back to the newest. */
import { t } from '../../src/base/localize';
import { hasSteps, newestStep, shownStep } from '../store/selectors';
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
  private readonly label = make('output', 'stepLabel');
  private timer: number | undefined;
  private position = 0;
  private state: State | null = null;

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
    this.element.append(this.play, this.slider, this.label, this.newest);
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
    const text = t('step {0}', shown);
    this.slider.setAttribute('aria-valuetext', text);
    if (this.label.textContent !== text) this.label.textContent = text;
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

  /** By recorded steps: the next one, or the one before. */
  nudge(by: number): void {
    if (!this.state || !hasSteps(this.state)) return;
    const [series] = this.state.series;
    this.goTo(series.indexAt(shownStep(this.state)) + by);
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

/**
 * Title, what is trained where, how far it is, and the buttons that belong to this moment of the run. Its height is
 * the style sheet's, by the width of the panel alone: words that grow are cut, so that nothing below ever moves.
 */
import { t } from '../../src/base/localize';
import type { PanelRun } from '../../src/protocol/panel';
import { formatCount } from '../figure/numbers';
import { hasNumbers } from '../store/selectors';
import type { State } from '../store/state';
import type { Actions } from './actions';
import { button, make } from './element';
import { exportMenu } from './exportMenu';

export class Header {
  readonly element = make('header', 'header');
  private readonly title = make('h1');
  private readonly chips = make('div', 'chips');
  private readonly buttons = make('div', 'buttons');
  private shown = '';

  constructor(private readonly actions: Actions) {
    this.element.append(this.title, this.chips, this.buttons);
  }

  render(state: State): void {
    say(this.title, state.title);
    const chips = chipsOf(state);
    while (this.chips.childElementCount > chips.length) this.chips.lastElementChild!.remove();
    chips.forEach((text, i) => {
      const chip = this.chips.children[i] ?? this.chips.appendChild(make('span', 'chip'));
      say(chip, text);
    });
    this.renderButtons(state);
  }

  /** Buttons are made anew only when others are wanted, so that one that has the focus keeps it. */
  private renderButtons(state: State): void {
    const { run, abilities, measuring } = state;
    const wanted = wantedButtons(state);
    const signature = JSON.stringify([wanted, abilities, measuring, run === null]);
    if (signature === this.shown) return;
    this.shown = signature;
    const { actions } = this;
    const made = wanted.map((id) => {
      const { text, request, primary } = buttonSpecs[id];
      return button(text(), { primary, onClick: () => actions.ask(request, {}) });
    });
    this.buttons.replaceChildren(...made);
    if (abilities.export) this.buttons.append(exportMenu(actions, run !== null));
  }
}

/** A line that is cut where the room ends, and whole in its tooltip. */
function say(element: Element, text: string): void {
  if (element.textContent === text) return;
  element.textContent = text;
  element.setAttribute('title', text);
}

const buttonSpecs = {
  pause: { text: () => t('Pause'), request: 'run/pause', primary: false },
  continue: { text: () => t('Continue'), request: 'run/continue', primary: true },
  stop: { text: () => t('Stop'), request: 'run/stop', primary: true },
  resume: { text: () => t('Resume'), request: 'run/resume', primary: true },
  train: { text: () => t('Train'), request: 'network/train', primary: true },
} as const;

type ButtonId = keyof typeof buttonSpecs;

function wantedButtons({ run, abilities }: State): ButtonId[] {
  if (!run) return abilities.train ? ['train'] : [];
  if (!abilities.control) return [];
  if (run.status !== 'running') return run.resumable ? ['resume'] : [];
  if (run.phase === 'queued') return ['stop'];
  return run.phase === 'paused' ? ['continue', 'stop'] : ['pause', 'stop'];
}

function chipsOf(state: State): string[] {
  const { run, networks } = state;
  if (!run) {
    const [first] = networks;
    if (!first) return [];
    return [
      t('{0} parameters', formatCount(first.parameters.trainable)),
      t('{0} multiply-adds', formatCount(first.macs)),
      t('{0} blocks', first.blocks.length),
      hasNumbers(state) ? t('measured on one batch, not trained') : t('not trained'),
    ];
  }
  const speed = run.imagesPerSecond ? t('{0} images/s', formatSpeed(run.imagesPerSecond)) : '';
  const left = run.status === 'running' && run.secondsLeft ? timeLeft(run.secondsLeft) : '';
  const step = t('step {0} of {1}', whole(run.step), whole(run.totalSteps));
  return [
    [run.data, t('batch {0}', run.batchSize), run.seeds > 1 ? t('{0} seeds', run.seeds) : '']
      .filter(Boolean)
      .join(' · '),
    run.device,
    [step, speed, left].filter(Boolean).join(' · '),
    statusWord(run),
  ].filter(Boolean);
}

/** `100,000`; the editor's Intl takes longer to wake than the whole header. */
const whole = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const formatSpeed = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

function timeLeft(seconds: number): string {
  if (seconds < 90) return t('{0} s left', Math.max(1, Math.round(seconds)));
  if (seconds < 5400) return t('{0} min left', Math.round(seconds / 60));
  return t('{0} h left', (seconds / 3600).toFixed(1));
}

export function statusWord({ status, phase }: PanelRun): string {
  switch (status) {
    case 'running':
      return phase === 'paused' ? t('paused') : phase === 'evaluation' ? t('evaluating') : '';
    case 'finished':
      return t('finished');
    case 'stopped':
      return t('stopped');
    case 'diverged':
      return t('diverged');
    case 'crashed':
      return t('crashed');
    case 'interrupted':
      return t('interrupted');
  }
}

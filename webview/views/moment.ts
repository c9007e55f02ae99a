/** What there is to say while there are no numbers yet, or why there will be none: queued, compiling, not measured. */
import { t } from '../../src/base/localize';
import { percent } from '../figure/numbers';
import { hasNumbers } from '../store/selectors';
import type { State } from '../store/state';
import type { Actions } from './actions';
import { button, make } from './element';

export class Moment {
  /** Over the empty part of the picture. */
  readonly card = make('section', 'card');
  /** A line at the foot: why a run ended, what the host says. */
  readonly line = make('p', 'noticeLine');
  private shown = '';

  constructor(private readonly actions: Actions) {
    this.card.setAttribute('role', 'status');
    this.line.setAttribute('role', 'status');
  }

  render(state: State): void {
    const line = state.notice || endOf(state);
    this.line.hidden = line === '';
    if (this.line.textContent !== line) this.line.textContent = line;
    const said = wordsOf(state);
    this.card.hidden = said === null;
    if (!said) return;
    const signature = JSON.stringify([said, state.measuring, state.abilities]);
    if (signature === this.shown) return;
    this.shown = signature;
    const parts: Node[] = [make('h2', '', said.title), make('p', 'muted', said.text)];
    if (said.share !== undefined) {
      const bar = make('progress');
      bar.max = 1;
      bar.value = said.share;
      bar.setAttribute('aria-label', said.title);
      parts.push(bar);
    }
    if (state.run === null && state.abilities.measure) {
      const measure = button(state.measuring ? t('Measuring…') : t('Measure at initialisation'), {
        primary: true,
        onClick: () => this.actions.measure(),
      });
      measure.disabled = state.measuring;
      parts.push(measure);
    }
    this.card.replaceChildren(...parts);
  }
}

interface Words {
  readonly title: string;
  readonly text: string;
  readonly share?: number;
}

function wordsOf(state: State): Words | null {
  const { run, networks } = state;
  if (networks.length === 0) return { title: t('Skiplens'), text: t('Nothing has been opened yet.') };
  if (hasNumbers(state)) return null;
  if (!run)
    return {
      title: t('Not measured yet'),
      text:
        state.note ||
        t('One forward and backward pass on one batch shows how the gradient runs through the layers.'),
    };
  if (run.status !== 'running')
    return {
      title: t('No step was recorded'),
      text: run.reason ?? t('The run ended before its first step.'),
    };
  const share = run.share;
  const part = share === undefined ? '' : percent(share);
  switch (run.phase) {
    case 'queued':
      return {
        title: t('Queued'),
        text: run.behind ? t('Waits for {0}.', run.behind) : t('Waits for the run before it.'),
      };
    case 'data':
      return { title: t('Reading the data'), text: [run.data, part].filter(Boolean).join(' · '), share };
    case 'compile':
      return { title: t('Compiling'), text: [run.device, part].filter(Boolean).join(' · '), share };
    default:
      return { title: t('Waiting for the first step'), text: run.device };
  }
}

/** Why a run is over, where that was not its plan. */
function endOf({ run, note, networks }: State): string {
  if (!run) return networks.length > 0 ? note : '';
  if (run.status === 'running' || run.status === 'finished') return note;
  if (run.reason) return run.reason;
  if (run.status === 'interrupted')
    return t('The run was interrupted at step {0}; what was recorded is shown.', run.step);
  return note;
}

/** The verdicts in words, one line a network behind its mark; read off the numbers at the shown step. */
import { t } from '../../src/base/localize';
import { hasNumbers, newestStep, verdicts } from '../store/selectors';
import type { State } from '../store/state';
import { make, markIcon } from './element';

export class VerdictLine {
  readonly element = make('section', 'verdicts');
  private shown: { version: number; step: number | null } | null = null;

  constructor() {
    this.element.setAttribute('aria-label', t('What the numbers say'));
  }

  render(state: State): void {
    const { version, step } = state;
    if (this.shown?.version === version && this.shown.step === step) return;
    this.shown = { version, step };
    this.element.hidden = !hasNumbers(state);
    const lines = verdicts(state).map((text, i) => {
      const line = make('p', 'verdict', markIcon(i), make('span', '', text));
      line.title = text;
      return line;
    });
    if (newestStep(state) === 0 && hasNumbers(state))
      lines.push(
        make('p', 'verdict muted', t('Measured at initialisation, on one batch; nothing is trained.')),
      );
    this.element.replaceChildren(...lines);
  }
}

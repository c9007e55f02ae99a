/**
 * The verdicts in words, one a network behind its mark, and what they say of each other; read off the numbers at the
 * shown step. Each has as many lines as the width of the panel gives it, whatever it says, so that nothing below
 * moves with the numbers.
 */
import { t } from '../../src/base/localize';
import { comparison, hasNumbers, verdicts } from '../store/selectors';
import type { State } from '../store/state';
import { make, markIcon } from './element';

export class VerdictLine {
  readonly element = make('section', 'verdicts');
  private readonly grid = this.element.appendChild(make('div', 'verdictGrid'));
  private shown: { version: number; step: number | null } | null = null;

  constructor() {
    this.element.setAttribute('aria-label', t('What the numbers say'));
  }

  render(state: State): void {
    const { version, step, networks } = state;
    if (this.shown?.version === version && this.shown.step === step) return;
    this.shown = { version, step };
    this.element.hidden = networks.length === 0;
    // Where no number will come by itself there is nothing to keep room for.
    this.element.classList.toggle('bare', state.run === null && !hasNumbers(state));
    this.grid.classList.toggle('ofSeeds', (state.run?.seeds ?? 1) > 1);
    const said = verdicts(state);
    const lines = networks.map(({ title }, i) => {
      const text = said[i] || t('{0}: not measured yet.', title);
      const line = make('p', said[i] ? 'verdict' : 'verdict muted', markIcon(i), make('span', '', text));
      line.title = text;
      return line;
    });
    if (networks.length > 1) {
      const text = comparison(state) ?? '';
      const line = make('p', 'verdict conclusion muted', make('span', '', text));
      line.title = text;
      lines.push(line);
    }
    this.grid.replaceChildren(...lines);
  }
}

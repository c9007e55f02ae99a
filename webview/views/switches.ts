/** The second lines of the gradient's and the activation's heads: which metric they show, by one click. */
import { t } from '../../src/base/localize';
import type { Column } from '../layout/columns';
import type { ActivationMetric, GradientMetric } from '../store/readings';
import type { State } from '../store/state';
import type { Actions } from './actions';
import { type Choice, choice, make } from './element';

export class Switches {
  readonly element = make('div', 'switches');
  /** Tracks whose second line is here. */
  readonly columns: ReadonlySet<string> = new Set(['gradient', 'activation']);
  private readonly gradient: Choice<GradientMetric>;
  private readonly activation: Choice<ActivationMetric>;

  constructor(actions: Actions) {
    this.gradient = choice<GradientMetric>(
      t('Gradient metric'),
      [
        ['activationGradientNorm', t('activation')],
        ['weightGradientNorm', t('weight')],
        ['updateRatio', t('update ratio')],
      ],
      (metric) => actions.dispatch({ type: 'metric', metric }),
    );
    this.activation = choice<ActivationMetric>(
      t('Activation metric'),
      [
        ['activationStd', t('std')],
        ['activationMean', t('mean')],
      ],
      (metric) => actions.dispatch({ type: 'activation', metric }),
    );
    this.element.append(this.activation.element, this.gradient.element);
  }

  render(state: State, columns: readonly Column[]): void {
    this.gradient.show(state.metric);
    this.activation.show(state.activation);
    for (const track of ['gradient', 'activation'] as const) {
      const column = columns.find((c) => c.track === track);
      const { element } = this[track];
      element.hidden = column === undefined;
      if (column) element.style.left = `${column.x}px`;
    }
  }
}

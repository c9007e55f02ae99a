/** What batch norm's momentum and epsilon mean, in every framework's words, for pickers, hovers and warnings. */
import { t } from '../base/localize';

/** Whole sentences about a share `momentum` that a step keeps, in a run of `steps` steps. */
export function batchNormWords(momentum: number, epsilon: number, steps: number): string {
  const named = t(
    'A step keeps {0} of the running statistics: Keras calls this momentum {0}, PyTorch momentum {1}. Epsilon {2} is added to the variance before the root.',
    momentum,
    Number((1 - momentum).toPrecision(6)),
    epsilon,
  );
  const left = momentum ** steps;
  const rest =
    left < 0.01
      ? t('Evaluation uses them; after {0} steps less than 1 % of their start is left.', steps)
      : t(
          'Evaluation uses them, and after {0} steps {1} % of their start is left: validation in so short a run looks worse than the network is. Keep less of them, or train longer.',
          steps,
          Math.round(100 * left),
        );
  return `${named} ${rest}`;
}

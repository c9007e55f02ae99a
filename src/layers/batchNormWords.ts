/** What batch norm's momentum and epsilon mean, in every framework's words, for pickers, hovers and warnings. */
import { t } from '../base/localize';

export interface BatchNormNumbers {
  /** The share of the running statistics that a step keeps. */
  readonly momentum: number;
  readonly epsilon: number;
}

/** Below this share of their start, running statistics are taken for settled. */
const settled = 0.01;

/** Whether a run of `steps` steps ends before the running statistics have forgotten their start. */
export function isTooShort({ momentum }: BatchNormNumbers, steps: number): boolean {
  return momentum ** steps >= settled;
}

/** Whole sentences; with `steps`, also what that many steps leave of the statistics' start. */
export function batchNormWords({ momentum, epsilon }: BatchNormNumbers, steps?: number): string {
  const named = t(
    'A step keeps {0} of the running statistics: Keras calls this momentum {0}, PyTorch momentum {1}. Epsilon {2} is added to the variance before the root.',
    momentum,
    Number((1 - momentum).toPrecision(6)),
    epsilon,
  );
  if (steps === undefined) return named;
  const rest = isTooShort({ momentum, epsilon }, steps)
    ? t(
        'Evaluation uses them, and after {0} steps {1} % of their start is left: validation in so short a run looks worse than the network is. Keep less of them, or train longer.',
        steps,
        Math.round(100 * momentum ** steps),
      )
    : t('Evaluation uses them; after {0} steps less than 1 % of their start is left.', steps);
  return `${named} ${rest}`;
}

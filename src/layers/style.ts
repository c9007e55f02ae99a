/** What the layers of one network have in common, so that blocks take one argument for it. */
import type { ActivationName } from './activation';
import type { Initialization } from './initializers';

export interface Style {
  readonly activation: ActivationName;
  readonly norm: 'batch' | 'none';
  readonly init: Initialization;
  /** Added to the variance before the root. */
  readonly epsilon: number;
  /** The share of the running statistics that a step keeps: 0.9 is what PyTorch calls momentum 0.1. */
  readonly momentum: number;
}

/** What the layers of one network have in common, so that blocks take one argument for it. */
import type { ActivationName } from './activation';
import type { Initialization } from './initializers';
import type { NormName } from './norm';

export interface Style {
  readonly activation: ActivationName;
  readonly norm: NormName;
  /** Groups that group norm wants; fewer where they do not divide the channels. */
  readonly groups: number;
  readonly init: Initialization;
  /** Factor on what `init` draws: 1, or Fixup's inside a branch. */
  readonly gain: number;
  /** Added to the variance before the root. */
  readonly epsilon: number;
  /** The share of the running statistics that a step keeps: 0.9 is what PyTorch calls momentum 0.1. */
  readonly momentum: number;
  /** Biases of convolutions and dense layers: `auto` where nothing normalises behind them (He), or `always`. */
  readonly bias: 'auto' | 'always';
  /** Whether the last norm of every branch starts at zero, so that blocks start as identities (Goyal 2017). */
  readonly zeroGamma: boolean;
  /** One scalar bias before every weight layer and activation, in place of biases a channel (Fixup). */
  readonly scalarBiases: boolean;
}

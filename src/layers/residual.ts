/**
 * Every way in which the literature joins a skip and a branch: where norm and activation stand (He 2016, figure
 * 4), what else acts on the skip (He 2016, table 1), how the branch is scaled (constant, 1 / sqrt(L), SkipInit,
 * ReZero, Fixup) and whether it is dropped at random (stochastic depth, Huang 2016).
 */
import type { Builder } from '../ir/builder';
import type { ShortcutKind, Value } from '../ir/graph';
import { activate } from './convNormAct';
import { dropBranch, dropout } from './dropout';
import { normalize } from './norm';
import { pointwise } from './pointwise';
import { constantScale, scalarBias, scalarScale } from './scalar';
import type { Carrier, ShortcutOption } from './shortcut';
import type { Style } from './style';

/** Where norm and activation stand: before or behind each weight layer, and around the addition. */
export const units = {
  original: { title: 'original (He 2015)', preactivated: false, preNorm: false },
  'bn-after-addition': { title: 'batch norm after addition', preactivated: false, preNorm: false },
  'relu-before-addition': { title: 'ReLU before addition', preactivated: false, preNorm: false },
  'relu-only-preactivation': { title: 'ReLU-only pre-activation', preactivated: true, preNorm: false },
  'full-preactivation': { title: 'full pre-activation (He 2016)', preactivated: true, preNorm: true },
} as const;

export type UnitName = keyof typeof units;
export const unitNames = Object.keys(units) as UnitName[];

export const skipNames = [
  'identity',
  'scaled',
  'exclusive-gate',
  'shortcut-gate',
  'conv',
  'dropout',
] as const;
export type SkipName = (typeof skipNames)[number];

export const scalingNames = ['none', 'constant', '1/sqrt(L)', 'skipinit', 'rezero', 'fixup'] as const;
export type ScalingName = (typeof scalingNames)[number];

/** What all residual blocks of a network have in common. */
export interface Residual {
  readonly shortcut: ShortcutOption;
  readonly unit: UnitName;
  /** What acts on the skip beside what its shape demands. */
  readonly skip: SkipName;
  /** Factor of the `scaled` skip. */
  readonly skipScale: number;
  /** Start of the gates' biases: the skip is multiplied by 1 - sigmoid(W x + bias). */
  readonly gateBias: number;
  readonly skipDropout: number;
  readonly scaling: ScalingName;
  /** Factor of the `constant` scaling. */
  readonly branchScale: number;
  /** Probability with which the last branch survives a step; that of branch l of L is 1 - l / L (1 - it). */
  readonly survival: number;
  /** L: blocks in the whole network. */
  readonly blocks: number;
}

/** How a picture shows the skip of a block. */
export function shortcutKindOf(carrier: Carrier, skip: SkipName): ShortcutKind {
  if (skip === 'exclusive-gate' || skip === 'shortcut-gate') return 'gate';
  if (skip === 'conv') return 'projection';
  if (skip === 'scaled' || skip === 'dropout') return carrier === 'identity' ? 'other' : carrier;
  return carrier;
}

/**
 * The sum of a carried skip and a branch of the same shape. `input` is what the skip forked from (the gates read
 * it), `index` the block's number from 1.
 */
export function join(
  b: Builder,
  input: Value,
  carried: Value,
  branch: Value,
  { index, stride }: { index: number; stride: number },
  style: Style,
  residual: Residual,
): Value {
  let skip = carried;
  let sum = branch;
  const { skip: kind } = residual;
  if (kind === 'scaled') skip = constantScale(b, 'skipScale', skip, residual.skipScale);
  if (kind === 'dropout') skip = dropout(b, 'skipDropout', skip, residual.skipDropout);
  if (kind === 'conv' && carried === input)
    skip = pointwise(b, 'skipConv', skip, { out: carried.type.shape[1], bias: false, init: style.init });
  if (kind === 'exclusive-gate' || kind === 'shortcut-gate') {
    const gate = gateOf(b, input, carried.type.shape[1], stride, style, residual.gateBias);
    const one = b.constant({ dtype: 'float32', shape: [] }, [1]);
    const gated = skip;
    skip = b.layer('gateSkip', 'Mul', [gated, gate], () => b.op('Mul', [gated, b.op('Sub', [one, gate])]));
    if (kind === 'exclusive-gate')
      sum = b.layer('gateBranch', 'Mul', [branch, gate], () => b.op('Mul', [branch, gate]));
  }
  const scaled = scaleBranch(b, sum, index, residual);
  return b.layer('add', 'Add', [skip, scaled], () => b.op('Add', [skip, scaled]));
}

/** g(x) = sigmoid(W x + bias), a 1x1 convolution (He 2016, section 3.1, after highway networks). */
function gateOf(b: Builder, x: Value, out: number, stride: number, style: Style, start: number): Value {
  const spec = { out, stride, bias: true, init: style.init, biasStart: start };
  const y = pointwise(b, 'gate', x, spec);
  return b.layer('gateSigmoid', 'Sigmoid', [y], () => b.op('Sigmoid', [y]));
}

function scaleBranch(b: Builder, branch: Value, index: number, residual: Residual): Value {
  const { scaling, branchScale, blocks, survival } = residual;
  let y = branch;
  if (scaling === 'constant') y = constantScale(b, 'scale', y, branchScale);
  if (scaling === '1/sqrt(L)') y = constantScale(b, 'scale', y, 1 / Math.sqrt(blocks));
  if (scaling === 'skipinit' || scaling === 'rezero') y = scalarScale(b, 'scale', y, 0);
  if (scaling === 'fixup') y = scalarBias(b, 'biasOut', scalarScale(b, 'scale', y, 1));
  // Linear decay (Huang 2016, equation 4).
  return dropBranch(b, 'stochasticDepth', y, 1 - (index / blocks) * (1 - survival));
}

/** What follows the addition (or, in a plain block, the last weight layer and its norm). */
export function finishBlock(b: Builder, last: number, sum: Value, style: Style, unit: UnitName): Value {
  if (unit === 'original') return activate(b, last, sum, style);
  if (unit === 'bn-after-addition') return activate(b, last, normalize(b, last, sum, style), style);
  return sum;
}

/**
 * The style inside the branches: under Fixup, weights of a branch of `layers` weight layers are drawn
 * L^(-1 / (2 m - 2)) times smaller (Zhang et al. 2019, section 3).
 */
export function branchStyle(style: Style, layers: number, { scaling, blocks }: Residual): Style {
  const isSmaller = scaling === 'fixup' && layers > 1;
  return isSmaller ? { ...style, gain: blocks ** (-1 / (2 * layers - 2)) } : style;
}

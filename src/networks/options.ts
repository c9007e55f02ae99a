/**
 * The options that families have in common, and what blocks need read off them. A family spreads these tables and
 * says again, behind them, whatever has another default there.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { amount, choice, integer, type OptionsOf, type OptionValue, toggle } from '../base/options';
import { activationNames } from '../layers/activation';
import { initializations } from '../layers/initializers';
import { normNames } from '../layers/norm';
import { type Residual, scalingNames, skipNames, unitNames } from '../layers/residual';
import { shortcutOptions } from '../layers/shortcut';
import type { Style } from '../layers/style';

export const momentumOption = (value: number) =>
  amount(
    value,
    0,
    1,
    'Share of the running statistics that a step keeps. Keras calls this momentum too; PyTorch calls 1 minus this momentum, so its 0.1 is 0.9 here.',
  );

export const epsilonOption = (value: number) =>
  amount(
    value,
    1e-12,
    1,
    'Added to the variance before the root: 1e-5 in PyTorch, 1e-3 in Keras layers, 1.001e-5 in Keras applications.',
  );

/** Filters of a later stage, for networks whose stages do not simply double them. */
const stageWidth = (stage: number) =>
  integer(0, 0, 4096, `Filters of stage ${stage}; 0 takes what follows from the first stage.`);

/** Filters a stage: those of the second and third one, and of the fourth where there is one. */
export const threeStages = { width2: stageWidth(2), width3: stageWidth(3) };
export const fourStages = { ...threeStages, width4: stageWidth(4) };

/** Filters of a stage (from 1): as it was asked for, or what the first stage's come to. */
export function widthOf(
  settled: Readonly<Record<string, OptionValue>>,
  stage: number,
  following: number,
): number {
  const own = stage === 1 ? 0 : Number(settled[`width${stage}`] ?? 0);
  return own || following;
}

/** Options of everything that ends in a classifier. */
export const headOptions = {
  classes: integer(10, 2, 100_000, 'Classes to tell apart.'),
  dropout: amount(0, 0, 0.95, 'Share of the last features that training drops before the classifier.'),
};

/** Options of everything made of weight layers, norms and activations. */
export const styleOptions = {
  activation: choice('relu', activationNames, 'What follows every norm and every addition.'),
  norm: choice(
    'batch',
    normNames,
    'Normalisation of the weight layers; without one they have biases instead.',
  ),
  groups: integer(8, 1, 1024, 'Groups of group norm, or the next smaller number that divides the channels.'),
  init: choice('he-normal', initializations, 'How convolution weights start.'),
  bnMomentum: momentumOption(0.9),
  bnEpsilon: epsilonOption(1e-5),
};

/** Options of everything that adds a skip. */
export const residualOptions = {
  shortcut: choice(
    'projection',
    shortcutOptions,
    'What carries the input past a block where the shape changes (He 2015: pad is A, projection B, projection-everywhere C); none is the plain network.',
  ),
  skip: choice('identity', skipNames, 'What acts on every skip beside that (He 2016, table 1).'),
  skipScale: amount(0.5, 0, 2, 'Factor of the scaled skip.'),
  gateBias: amount(-6, -20, 20, 'Start of the gates: the skip is multiplied by 1 - sigmoid(W x + this).'),
  skipDropout: amount(0.5, 0, 0.95, 'Share of the skip that training drops where the skip has dropout.'),
  scaling: choice(
    'none',
    scalingNames,
    'How every branch is scaled before it is added: a constant, 1/sqrt(L) for L blocks, a trained scalar from 0 (SkipInit, De and Smith 2020; ReZero, Bachlechner 2020) or Fixup (Zhang 2019).',
  ),
  branchScale: amount(0.1, 0, 10, 'Factor of the constant scaling.'),
  survival: amount(
    1,
    0.01,
    1,
    'Probability with which the last branch survives a step of stochastic depth (Huang 2016 takes 0.5); earlier ones survive oftener.',
  ),
  zeroGamma: toggle(false, 'Starts the last norm of every branch at 0, so that blocks start as identities.'),
};

export const unitOption = choice(
  'original',
  unitNames,
  'Where norm and activation stand (He 2016, figure 4).',
);

export type StyleOptions = OptionsOf<typeof styleOptions>;
export type ResidualOptions = OptionsOf<typeof residualOptions>;

export function styleOf(options: StyleOptions & Partial<ResidualOptions>): Style {
  const isFixup = options.scaling === 'fixup' && options.shortcut !== 'none';
  return {
    activation: options.activation,
    norm: options.norm,
    groups: options.groups,
    init: options.init,
    gain: 1,
    epsilon: options.bnEpsilon,
    momentum: options.bnMomentum,
    bias: 'auto',
    zeroGamma: options.zeroGamma ?? false,
    scalarBiases: isFixup,
  };
}

/** The residual part of the options for a network of that many blocks; throws where they exclude each other. */
export function residualOf(
  options: ResidualOptions & StyleOptions & { readonly unit?: Residual['unit'] },
  blocks: number,
): Residual {
  const { shortcut, skip, scaling, survival, zeroGamma, norm, unit = 'original' } = options;
  if (shortcut === 'none' && (skip !== 'identity' || scaling !== 'none' || survival !== 1))
    throw exclusive(
      t('A plain network has no skips and no branches: leave skip, scaling and survival as they are.'),
    );
  if (scaling === 'fixup' && norm !== 'none')
    throw exclusive(t('Fixup takes the place of normalisation: add norm=none.'));
  if (scaling === 'fixup' && zeroGamma)
    throw exclusive(t('Fixup has no norms whose scale could start at 0: leave out zeroGamma.'));
  if (zeroGamma && norm === 'none')
    throw exclusive(t('Without normalisation there is no scale that could start at 0: leave out zeroGamma.'));
  if (zeroGamma && unit !== 'original' && unit !== 'relu-only-preactivation')
    throw exclusive(
      t(
        'In the unit "{0}" a branch does not end with a norm; with a zero scale it would never learn. Leave out zeroGamma.',
        unit,
      ),
    );
  const { skipScale, gateBias, skipDropout, branchScale } = options;
  return {
    shortcut,
    unit,
    skip,
    skipScale,
    gateBias,
    skipDropout,
    scaling,
    branchScale,
    survival,
    blocks,
  };
}

function exclusive(sentence: string): SkiplensError {
  return new SkiplensError('network/options', sentence);
}

/** The options of the plain twin of a residual network; null where it is plain already. */
export function plainTwin(
  settled: Readonly<Record<string, OptionValue>>,
): Record<string, OptionValue> | null {
  if (settled.shortcut === 'none') return null;
  const { zeroGamma: _, ...kept } = settled;
  return {
    ...kept,
    zeroGamma: false,
    shortcut: 'none',
    skip: 'identity',
    scaling: 'none',
    survival: 1,
  };
}

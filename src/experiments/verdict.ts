/**
 * The verdict, read off measured numbers and never off a network's name: by how much the activation gradient
 * grows from the last block to the first, and the same as a slope a block. The thresholds are those of the
 * project's facts (slopes of eight kinds of networks at 9, 27 and 54 blocks) and are printed with the word.
 */
import { t } from '../base/localize';
import { type Band, bandOf } from '../protocol/bands';

/** |log10 growth per block| below `flat` is flat, below `mild` mild, beyond it explodes or vanishes. */
export const slopeThresholds = { flat: 0.02, mild: 0.12 } as const;

export type Growth = 'flat' | 'growsMildly' | 'shrinksMildly' | 'explodes' | 'vanishes' | 'unknown';

export interface Profile {
  /** Gradient norm at the first block's output over that at the last block's. */
  readonly ratio: number;
  /** log10 of the gradient's growth a block, towards the input. */
  readonly slope: number;
  readonly growth: Growth;
  readonly blocks: number;
}

/** `norms` are ||dL / d block output|| from input to output. Fewer than two blocks have no slope. */
export function readProfile(norms: ArrayLike<number>): Profile {
  const blocks = norms.length;
  const [first, last] = [norms[0], norms[blocks - 1]];
  const ratio = first / last;
  const slope = Math.log10(ratio) / (blocks - 1);
  // A gradient that is exactly 0 in float32 has vanished beyond the range: the ratio is below anything printable.
  const growth = blocks < 2 || Number.isNaN(ratio) ? 'unknown' : growthOf(slope);
  return { ratio, slope, growth, blocks };
}

function growthOf(slope: number): Growth {
  const size = Math.abs(slope);
  if (size < slopeThresholds.flat) return 'flat';
  if (size < slopeThresholds.mild) return slope > 0 ? 'growsMildly' : 'shrinksMildly';
  return slope > 0 ? 'explodes' : 'vanishes';
}

/** The word for a growth, as sentences use it. */
export function growthWord(growth: Growth): string {
  switch (growth) {
    case 'flat':
      return t('flat');
    case 'growsMildly':
      return t('grows mildly');
    case 'shrinksMildly':
      return t('shrinks mildly');
    case 'explodes':
      return t('explodes');
    case 'vanishes':
      return t('vanishes');
    case 'unknown':
      return t('not measurable');
  }
}

/** `8.7e+3` from 1,000 on, `15.2`, `0.054`; `< 1e-38` for what float32 cannot hold. */
export function formatNorm(value: number): string {
  if (Number.isNaN(value)) return t('none');
  if (value === 0) return '< 1e-38';
  if (!Number.isFinite(value)) return '> 3e38';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace('e+', 'e');
  // Grouped by hand: a locale's formatter takes many milliseconds to start, in the middle of a panel's frame.
  if (size >= 1000) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
  return value.toPrecision(3);
}

/** What several seeds say of one network; a single seed's band is its own number. */
export interface ProfileOverSeeds {
  /** Geometric mean. */
  readonly ratio: Band;
  /** Arithmetic mean, which is the slope of that ratio. */
  readonly slope: Band;
  /** What all seeds agree on; null where they do not. */
  readonly growth: Growth | null;
  /** Each seed's, without repetition. */
  readonly growths: readonly Growth[];
  readonly blocks: number;
  readonly seeds: number;
}

/** One profile a seed, at least one. */
export function profileOverSeeds(profiles: readonly Profile[]): ProfileOverSeeds {
  const growths = [...new Set(profiles.map((p) => p.growth))];
  return {
    ratio: bandOf(
      profiles.map((p) => p.ratio),
      'geometric',
    ),
    slope: bandOf(
      profiles.map((p) => p.slope),
      'arithmetic',
    ),
    // Where one seed cannot be measured there is nothing to agree on.
    growth: growths.includes('unknown') ? 'unknown' : growths.length === 1 ? growths[0] : null,
    growths,
    blocks: profiles[0].blocks,
    seeds: profiles.length,
  };
}

export interface VerdictInput {
  readonly title: string;
  readonly profile: ProfileOverSeeds;
  /** The same at the first recorded step, where that differs. */
  readonly start?: ProfileOverSeeds;
}

/** What one network's gradient does: the number with its band over the seeds, and the step. */
export function verdictSentence({ title, profile, start }: VerdictInput, step: number): string {
  if (profile.growth === 'unknown')
    return t('{0}: too few blocks, or no gradient, to read a growth with depth at step {1}.', title, step);
  const now = nowSentence(title, profile, step);
  return start && start.growth !== 'unknown' ? withStart(now, start) : now;
}

function nowSentence(title: string, profile: ProfileOverSeeds, step: number): string {
  const { ratio, slope, growth, growths, seeds } = profile;
  const [middle, low, high] = [ratio.middle, ratio.low, ratio.high].map(formatNorm);
  if (growth === null)
    return t(
      '{0}: the seeds disagree on the gradient from output to input ({1}): ratio {2} ({3} to {4} over {5} seeds), slope {6} per block, at step {7}.',
      title,
      growths.map(growthSentence).join(', '),
      middle,
      low,
      high,
      seeds,
      signed(slope.middle),
      step,
    );
  if (seeds === 1)
    return t(
      '{0}: the gradient {1} from output to input: ratio {2}, slope {3} per block, at step {4} (one seed, no spread).',
      title,
      growthSentence(growth),
      middle,
      signed(slope.middle),
      step,
    );
  return t(
    '{0}: the gradient {1} from output to input: ratio {2} ({3} to {4} over {5} seeds), slope {6} per block, at step {7}.',
    title,
    growthSentence(growth),
    middle,
    low,
    high,
    seeds,
    signed(slope.middle),
    step,
  );
}

function withStart(now: string, { ratio, growth, growths, seeds }: ProfileOverSeeds): string {
  const [middle, low, high] = [ratio.middle, ratio.low, ratio.high].map(formatNorm);
  if (growth === null)
    return t(
      '{0} At step 1 the seeds disagree ({1}): ratio {2} ({3} to {4}).',
      now,
      growths.map(growthSentence).join(', '),
      middle,
      low,
      high,
    );
  const word = growthSentence(growth);
  return seeds === 1
    ? t('{0} At step 1 it {1}: ratio {2}.', now, word, middle)
    : t('{0} At step 1 it {1}: ratio {2} ({3} to {4}).', now, word, middle, low, high);
}

function growthSentence(growth: Growth): string {
  return growth === 'flat' ? t('stays flat') : growthWord(growth);
}

export function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
}

/**
 * The verdict, read off measured numbers and never off a network's name: by how much the activation gradient
 * grows from the last block to the first, and the same as a slope a block. The thresholds are those of the
 * project's facts (slopes of eight kinds of networks at 9, 27 and 54 blocks) and are printed with the word.
 */
import { t } from '../base/localize';

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

export interface VerdictInput {
  readonly title: string;
  readonly profile: Profile;
  /** The same at the first recorded step, where that differs. */
  readonly start?: Profile;
}

/** One sentence a network: what its gradient does, with the number, the step and the number of seeds. */
export function verdictSentence(
  { title, profile, start }: VerdictInput,
  step: number,
  seeds: number,
): string {
  if (profile.growth === 'unknown')
    return t('{0}: too few blocks, or no gradient, to read a growth with depth at step {1}.', title, step);
  const now = t(
    '{0}: the gradient {1} from output to input: ratio {2}, slope {3} per block, at step {4} (seeds: {5}).',
    title,
    growthSentence(profile.growth),
    formatNorm(profile.ratio),
    signed(profile.slope),
    step,
    seeds,
  );
  return start
    ? t('{0} At step 1 it {1}: ratio {2}.', now, growthSentence(start.growth), formatNorm(start.ratio))
    : now;
}

function growthSentence(growth: Growth): string {
  return growth === 'flat' ? t('stays flat') : growthWord(growth);
}

export function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
}

/**
 * What a comparison concludes, and when it does not: whose gradient grows more is said only where the bands of the
 * ratio over the seeds have no value in common. One seed has no band, so nothing can be concluded from it.
 */
import { t } from '../base/localize';
import { type Band, doOverlap } from '../protocol/bands';
import { formatNorm, type ProfileOverSeeds } from './verdict';

export interface Compared {
  readonly title: string;
  readonly profile: ProfileOverSeeds;
  readonly step: number;
}

/**
 * One sentence, or null where there is nothing to compare: fewer than two networks, a gradient that cannot be read,
 * or numbers of different steps.
 */
export function comparisonSentence(networks: readonly Compared[]): string | null {
  if (networks.length < 2) return null;
  if (networks.some(({ profile, step }) => profile.growth === 'unknown' || step !== networks[0].step))
    return null;
  if (networks.every(({ profile }) => profile.seeds === 1))
    return t(
      'Each network was trained from one seed, which shows no spread: nothing is concluded about whose gradient grows more.',
    );
  const alone = networks.find(({ profile }) => profile.seeds === 1);
  if (alone)
    return t(
      'Nothing is concluded about whose gradient grows more: {0} was trained from one seed, which shows no spread.',
      alone.title,
    );
  return networks.length === 2 ? pairSentence(networks[0], networks[1]) : mostSentence(networks);
}

function pairSentence(a: Compared, b: Compared): string {
  const [upper, lower] = a.profile.ratio.middle >= b.profile.ratio.middle ? [a, b] : [b, a];
  const [high, low] = [upper.profile.ratio, lower.profile.ratio];
  if (doOverlap(high, low))
    return t(
      'The bands overlap ({0}: {1}; {2}: {3}), so nothing is concluded about whose gradient grows more.',
      a.title,
      range(a.profile.ratio),
      b.title,
      range(b.profile.ratio),
    );
  // Where even the upper one does not clearly grow, it is the lower one that shrinks.
  return high.low > 1
    ? t(
        'The gradient grows more in {0} than in {1}: their bands do not overlap ({2} against {3}).',
        upper.title,
        lower.title,
        range(high),
        range(low),
      )
    : t(
        'The gradient shrinks more in {0} than in {1}: their bands do not overlap ({2} against {3}).',
        lower.title,
        upper.title,
        range(low),
        range(high),
      );
}

function mostSentence(networks: readonly Compared[]): string {
  const ordered = [...networks].sort((a, b) => b.profile.ratio.middle - a.profile.ratio.middle);
  const isApart = (one: Compared) =>
    ordered.every((other) => other === one || !doOverlap(one.profile.ratio, other.profile.ratio));
  const [first, last] = [ordered[0], ordered[ordered.length - 1]];
  if (isApart(first) && first.profile.ratio.low > 1)
    return t(
      'The gradient grows most in {0}: its band ({1}) overlaps with no other.',
      first.title,
      range(first.profile.ratio),
    );
  if (isApart(last) && last.profile.ratio.high < 1)
    return t(
      'The gradient shrinks most in {0}: its band ({1}) overlaps with no other.',
      last.title,
      range(last.profile.ratio),
    );
  return t('The bands overlap, so nothing is concluded about whose gradient grows most.');
}

const range = ({ low, high }: Band) => t('{0} to {1}', formatNorm(low), formatNorm(high));

/** What papers report for a network, in sentences to stand beside what was measured here. */
import { t } from '../base/localize';
import { publishedErrors } from '../networks';
import type { Network } from '../networks/network';

/** One sentence a published result; none for networks that no paper of ours reports. */
export function publishedSentences(network: Network): string[] {
  return publishedErrors(network).map(({ dataset, errorPercent, measure, source }) =>
    errorPercent === null
      ? t('Published for {0} on {1}: training fails ({2}).', network.title, dataset, source)
      : t(
          'Published for {0} on {1}: {2} % test error, {3} ({4}).',
          network.title,
          dataset,
          errorPercent,
          measure,
          source,
        ),
  );
}

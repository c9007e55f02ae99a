/** Networks in figures side by side, with the sentences that belong to them: for command line, panel and report. */
import { t } from '../base/localize';
import { publishedErrors } from '../networks';
import { explainTotals, figuresOf } from '../networks/comparison';
import type { Network } from '../networks/network';
import type { FiguresTable } from '../protocol/networkFigures';

/** What can be counted of each, why totals differ from the first one's, and what papers report. */
export function figuresTable(networks: readonly Network[]): FiguresTable {
  const figures = networks.map(figuresOf);
  const [first, ...others] = figures;
  const remarks = [
    ...others.flatMap((other) => explainTotals(first, other)),
    ...networks.flatMap(publishedSentences),
  ];
  return { networks: figures, remarks: [...new Set(remarks)] };
}

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

/**
 * The picture as a table: every row of the current folding with its numbers at the shown step. For screen readers,
 * for copying, and for whoever prefers figures. Kept up to date once a second at most while a run goes on.
 */
import { t } from '../../src/base/localize';
import { formatNorm } from '../../src/experiments/verdict';
import { formatCount, percent } from '../figure/numbers';
import { shortcutsOf } from '../layout/tree';
import type { Reading } from '../store/readings';
import { readingOf, rowsOf, shareOf, shownStep } from '../store/selectors';
import type { State } from '../store/state';
import { costOf, metricWord, readingWords, rowWords, shapeWords, shortcutWord } from '../tracks/words';
import { make } from './element';

export class TableTwin {
  readonly element = make('div', 'tableTwin');

  render(state: State): void {
    const scroll = this.element.scrollTop;
    this.element.replaceChildren(tableOf(state));
    this.element.scrollTop = scroll;
  }
}

export function tableOf(state: State): HTMLTableElement {
  const { networks, metric } = state;
  const table = make('table');
  table.append(
    make('caption', '', t('{0}, {1} at step {2}', state.title, metricWord(metric), shownStep(state))),
  );
  const perNetwork = networks.flatMap((n) => [
    t('{0}: {1}', n.title, metricWord(metric)),
    state.activation === 'activationStd' ? t('{0}: std', n.title) : t('{0}: mean', n.title),
    t('{0}: by the skip', n.title),
  ]);
  const titles = [t('Row'), t('Skips'), t('Shape'), t('Parameters'), t('Multiply-adds'), ...perNetwork];
  const head = make('tr');
  for (const title of titles) {
    const cell = make('th', '', title);
    cell.scope = 'col';
    head.append(cell);
  }
  table.append(make('thead', '', head));
  const body = make('tbody');
  for (const row of rowsOf(state)) {
    const { node } = row;
    const { name, note } = rowWords(node);
    const line = make('tr', `depth${row.depth}`);
    const first = make('th', '', note ? `${name} (${note})` : name);
    first.scope = 'row';
    const { parameters, macs } = costOf(node, 0);
    const skips = networks.flatMap((_, i) =>
      shortcutsOf(node, i).map(({ kind, count }) => `${shortcutWord(kind)} ×${count}`),
    );
    const cells = [
      skips.join(', '),
      shapeWords(state, node),
      parameters ? formatCount(parameters) : '',
      macs ? formatCount(macs) : '',
      ...networks.flatMap((_, i) =>
        row.isHeader
          ? ['', '', share(shareOf(state, node, i))]
          : [
              number(readingOf(state, node, i, metric)),
              number(readingOf(state, node, i, state.activation)),
              share(shareOf(state, node, i)),
            ],
      ),
    ];
    line.append(first, ...cells.map((text) => make('td', '', text)));
    body.append(line);
  }
  table.append(body);
  return table;
}

/** Over several seeds with their band. */
function number(reading: Reading): string {
  if (Number.isNaN(reading.middle)) return '';
  return reading.seeds ? readingWords(reading, formatNorm) : formatNorm(reading.middle);
}

const share = (reading: Reading) =>
  reading.seeds && !Number.isNaN(reading.middle) ? readingWords(reading, percent) : percent(reading.middle);

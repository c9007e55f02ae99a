/** The HTML report of a run: one file with the inspector's own pictures and the recorded numbers inside. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { readDataCard } from '../datasets/dataCard';
import type { PanelSnapshot } from '../protocol/panel';
import { reportPage } from '../protocol/panelPage';
import { asDescribed } from '../workspace/asDescribed';
import { chooseNetwork } from '../workspace/chooseNetwork';
import { figuresTable } from '../workspace/figures';
import { type RecordedRun, readRecorded } from '../workspace/recordedRun';

/** A report is sent around: a few samples of each class are enough. */
const reportSamples = { columns: 6, mostBytes: 400_000 };

export async function writeReport(folder: string, file: string): Promise<void> {
  const run = await readRecorded(folder);
  const page = reportPage(
    {
      language: 'en',
      bundle: {},
      title: run.title,
      networks: run.networks,
      series: run.series.map((s) => s.toSnapshot()),
      evaluations: run.evaluations,
      run: {
        id: run.id,
        status: run.status,
        step: run.steps,
        totalSteps: run.settings.steps,
        batchSize: run.settings.batchSize,
        device: run.device,
        data: run.data,
        seeds: run.seeds.length,
        reason: run.reason,
        resumable: false,
      },
      abilities: { measure: false, train: false, control: false, export: true, reveal: false },
      subject: '',
      ...(await carried(run)),
    },
    { script: asset('dist', 'webview.js'), styles: asset('media', 'inspector.css') },
  );
  const target = path.resolve(file);
  try {
    writeFileSync(target, page);
  } catch (error) {
    throw new SkiplensError(
      'report/notWritten',
      t(
        'The report could not be written to {0}: {1}. The run itself is recorded.',
        target,
        error instanceof Error ? error.message : String(error),
      ),
    );
  }
  process.stderr.write(`${t('Wrote {0}.', target)}\n`);
}

/** The sheets' contents; what cannot be read any more (a folder that has moved) is no reason to write no report. */
async function carried({
  settings,
  networks,
}: RecordedRun): Promise<Pick<PanelSnapshot, 'card' | 'figures'>> {
  const found: { card?: PanelSnapshot['card']; figures?: PanelSnapshot['figures'] } = {};
  try {
    const chosen = settings.networks.map((network, i) => chooseNetwork(asDescribed(network, networks[i])));
    found.figures = figuresTable(chosen);
    found.card = await readDataCard(settings, {}, reportSamples);
  } catch (error) {
    if (!(error instanceof SkiplensError)) throw error;
  }
  return found;
}

/** A file of the installed package; bundles lie in its `dist`. */
function asset(...place: string[]): string {
  return readFileSync(path.join(__dirname, '..', ...place), 'utf8');
}

/** The HTML report of a run: one file with the inspector's own pictures and the recorded numbers inside. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { readDataCard } from '../datasets/dataCard';
import { reportPage } from '../protocol/panelPage';
import { readRecorded } from '../workspace/recordedRun';
import { reportSheets } from '../workspace/reportSheets';

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
      ...(await reportSheets(run.settings.networks, run.networks, run.settings, (request) =>
        readDataCard(request),
      )),
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

/** A file of the installed package; bundles lie in its `dist`. */
function asset(...place: string[]): string {
  return readFileSync(path.join(__dirname, '..', ...place), 'utf8');
}

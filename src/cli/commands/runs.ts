/** `skiplens runs`: list, show, delete, export. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { t } from '../../base/localize';
import { exportCsv } from '../../runs/exportCsv';
import { exportTensorBoard } from '../../runs/exportTensorBoard';
import { exportWeights } from '../../runs/exportWeights';
import { deleteRun, findRun, listRuns } from '../../runs/listRuns';
import { replicatedNetworks } from '../../runs/replicas';
import { openRun, type RunReader } from '../../runs/runReader';
import { exportNetworks } from '../../workspace/exportNetworks';
import { runsRoot, startTrainer } from '../context';
import { count, table } from '../format';
import { writeReport } from '../report';
import { compareSummaries, printSummaries, readSummaries } from '../summaryTable';

interface RunsFlags {
  runs?: string;
  json?: boolean;
  output?: string;
  format?: string;
}

export function addRuns(program: Command): void {
  const runs = program.command('runs').description('list, show, delete and export recorded runs');
  const whereRunsAre = 'where runs are kept (default: .skiplens/runs)';
  const sub = (usage: string, description: string) =>
    runs
      .command(usage)
      .description(description)
      .option('--runs <folder>', whereRunsAre)
      .option('--json', 'print JSON');

  runs
    .option('--runs <folder>', whereRunsAre)
    .option('--json', 'print JSON')
    .action((flags: RunsFlags) => list(flags));
  // `runs` alone lists, so it has flags of its own: they hold for its commands, wherever they stand on the line.
  const flagsOf = (command: Command) => command.optsWithGlobals<RunsFlags>();
  sub('list', 'the runs, newest first').action((_, command: Command) => list(flagsOf(command)));
  sub('show <run>', 'what a run says').action((name: string, _, command: Command) =>
    show(name, flagsOf(command)),
  );
  sub('delete <run>', 'remove a run for good').action(async (name: string, _, command: Command) => {
    const folder = await findRun(runsRoot(flagsOf(command).runs), name);
    await deleteRun(folder);
    process.stderr.write(`${t('Deleted {0}.', path.basename(folder))}\n`);
  });
  sub(
    'export <run>',
    'every recorded number as CSV or TensorBoard events, the weights as safetensors, the networks with them as ONNX or TensorFlow.js models, or an HTML report',
  )
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['csv', 'tensorboard', 'weights', 'onnx', 'tfjs', 'html'])
        .default('csv'),
    )
    .option('-o, --output <file>', 'the file (csv, html), else the folder (default: named after the run)')
    .action((name: string, _, command: Command) => exportRun(name, flagsOf(command)));
}

async function list({ runs, json }: RunsFlags): Promise<void> {
  const root = runsRoot(runs);
  const found = await listRuns(root);
  if (json) {
    const plain = found.map((run) =>
      run.readable
        ? {
            id: run.id,
            status: run.status,
            title: run.description.title,
            device: run.description.device,
            steps: run.steps,
          }
        : { id: run.id, status: 'unreadable', reason: run.reason },
    );
    process.stdout.write(`${JSON.stringify(plain)}\n`);
    return;
  }
  if (found.length === 0) {
    process.stderr.write(`${t('There are no runs in {0}; `skiplens compare resnet20` makes one.', root)}\n`);
    return;
  }
  const rows = found.map((run) =>
    run.readable
      ? [
          run.id,
          run.status,
          run.description.title,
          String(run.description.data.title ?? ''),
          count(run.steps),
        ]
      : [run.id, t('unreadable'), run.reason, '', ''],
  );
  process.stdout.write(`${table([t('run'), t('status'), t('networks'), t('data'), t('steps')], rows, 4)}\n`);
}

async function show(name: string, { runs, json }: RunsFlags): Promise<void> {
  const folder = await findRun(runsRoot(runs), name);
  const run = await openRun(folder);
  const status = await run.status();
  const summaries = await readSummaries(folder);
  if (json) {
    const { networks: _, ...description } = run.description;
    const networks = replicatedNetworks(run.description).map((n) => n.name);
    const comparison = compareSummaries(summaries);
    process.stdout.write(
      `${JSON.stringify({ ...description, networks, ...status, summaries, comparison })}\n`,
    );
    return;
  }
  const { title, device, data, createdAt } = run.description;
  const lines = [
    `${run.id}  ${status.status}`,
    `${title} · ${String(data.title ?? '')} · ${device} · ${createdAt}`,
    ...(status.reason ? [status.reason] : []),
    '',
    summaries.length > 0 ? printSummaries(summaries) : t('No step was recorded.'),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function exportRun(name: string, { runs, format, output }: RunsFlags): Promise<void> {
  const run = await openRun(await findRun(runsRoot(runs), name));
  const ending = format === 'csv' || format === 'html' ? `.${format}` : '';
  const target = path.resolve(output ?? `${run.id}${ending}`);
  if (format === 'html') {
    await writeReport(run.folder, target);
    return;
  }
  if (format === 'csv') {
    const rows = await exportCsv(run, target);
    process.stderr.write(`${t('Wrote {0} rows to {1}.', count(rows), target)}\n`);
    return;
  }
  for (const file of await exportFiles(run, format, target))
    process.stderr.write(`${t('Wrote {0}.', file)}\n`);
}

async function exportFiles(run: RunReader, format: string | undefined, target: string): Promise<string[]> {
  if (format === 'tensorboard') return exportTensorBoard(run, target);
  if (format !== 'onnx' && format !== 'tfjs') return exportWeights(run, target);
  const client = await startTrainer();
  try {
    return await exportNetworks(run, format, target, (request) => client.request('network/export', request));
  } finally {
    await client.close();
  }
}

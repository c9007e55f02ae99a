/** `skiplens train` and `skiplens compare`: one network, or two on the same batches. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { shortRunWarnings } from '../../networks/batchNorms';
import type { NetworkSettings } from '../../protocol/settings';
import type { EndStatus, TrainerEvents } from '../../protocol/trainer';
import { hasCheckpoint } from '../../runs/checkpoints';
import { missingWeights } from '../../runs/errors';
import { findRun, markCrashed } from '../../runs/listRuns';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { publishedSentences } from '../../workspace/figures';
import { runsRoot, startTrainer } from '../context';
import { followRun } from '../follow';
import { writeReport } from '../report';
import { compareSummaries, printSummaries, readSummaries } from '../summaryTable';
import { addTrainingFlags, settingsFrom, type TrainingFlags } from '../trainingFlags';

export function addTrain(program: Command): void {
  addTrainingFlags(program.command('train [network]'))
    .description('train a network and record every step')
    .option('--resume <run>', 'go on with a run (its id, the end of one, or its folder) up to --steps')
    .action(async (network: string | undefined, flags: TrainingFlags & { resume?: string }) => {
      if (flags.resume !== undefined) return resume(flags.resume, flags);
      if (!network)
        throw new SkiplensError(
          'cli/network',
          t('Say which network to train, for instance resnet20, or --resume RUN.'),
        );
      return start([{ network }], flags);
    });
  addTrainingFlags(program.command('compare <network> [other]'))
    .description('train a network beside its plain twin (or another network) on the same batches')
    .action((network: string, other: string | undefined, flags: TrainingFlags) =>
      start(other ? [{ network }, { network: other }] : [{ network }, { network, plain: true }], flags),
    );
}

async function start(networks: readonly NetworkSettings[], flags: TrainingFlags): Promise<void> {
  const settings = settingsFrom(networks, flags);
  // What cannot be built is said before a process is started.
  for (const { weights } of settings.networks)
    if (weights !== undefined && !existsSync(weights)) throw missingWeights(weights);
  const chosen = settings.networks.map((network) => chooseNetwork(network));
  const steps = settings.epochs > 0 ? Number.POSITIVE_INFINITY : settings.steps;
  if (!flags.json)
    for (const warning of shortRunWarnings(chosen, steps)) process.stderr.write(`${warning}\n`);
  await run(flags, (client) => client.request('run/start', { settings, root: runsRoot(flags.runs) }));
}

async function resume(name: string, flags: TrainingFlags): Promise<void> {
  const folder = await findRun(runsRoot(flags.runs), name);
  const steps = typeof flags.steps === 'string' ? settingsFrom([], flags).steps : undefined;
  await run(flags, (client) => client.request('run/resume', { folder, steps }));
}

async function run(
  flags: TrainingFlags,
  order: (client: Awaited<ReturnType<typeof startTrainer>>) => Promise<{ ticket: string }>,
): Promise<void> {
  const client = await startTrainer();
  const json = flags.json ?? false;
  const { status, reason, started } = await followRun(client, () => order(client), json, markDead);
  await client.close();
  if (started) {
    const summaries = await readSummaries(started.folder);
    if (json) {
      const comparison = compareSummaries(summaries);
      process.stdout.write(`${JSON.stringify({ event: 'summary', status, summaries, comparison })}\n`);
    }
    if (!json && summaries.length > 0) {
      const published = started.settings.networks.flatMap((n) => publishedSentences(chooseNetwork(n)));
      process.stdout.write(`\n${[printSummaries(summaries), ...published].join('\n')}\n`);
    }
    if (flags.report) await writeReport(started.folder, flags.report);
    if (!json) for (const line of lastWords(started, status)) process.stderr.write(`${line}\n`);
  }
  if (status === 'finished') return;
  if (status === 'stopped') {
    process.exitCode = 130;
    return;
  }
  throw new SkiplensError(`training/${status}`, reason ?? t('The run ended as {0}.', status));
}

/** Where a run is recorded, and how it goes on where it was stopped and something was kept for that. */
export function lastWords(
  { id, folder }: Pick<TrainerEvents['run/started'], 'id' | 'folder'>,
  status: EndStatus,
): string[] {
  const words = [t('Recorded as {0} ({1}).', id, status)];
  if (status === 'stopped' && hasCheckpoint(folder))
    words.push(t('Go on with: skiplens train --resume {0}', id));
  return words;
}

/** A run whose trainer died under our eyes has crashed; one that nobody watched would be found interrupted. */
async function markDead(folder: string, death: SkiplensError): Promise<void> {
  await markCrashed(folder, death.message, death.code);
}

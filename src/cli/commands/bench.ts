/** `skiplens bench`: how fast a network compiles and steps on this machine, and what measuring costs. */
import type { Command } from 'commander';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { BenchResult } from '../../protocol/trainer';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { collect, readInputShape, readPairs, startTrainer } from '../context';
import { count, decimals, table } from '../format';

interface BenchFlags {
  option?: string[];
  input?: string;
  batchSize: string;
  steps: string;
  threads: string;
  device: string;
  json?: boolean;
}

export function addBench(program: Command): void {
  program
    .command('bench [networks...]')
    .description('time compilation and training steps on this machine, with and without measurements')
    .option('--option <name=value>', 'an option of the networks; may be repeated', collect)
    .option('--input <CxHxW>', 'input shape')
    .option('--batch-size <n>', 'images a step', '32')
    .option('--steps <n>', 'counted steps', '15')
    .option('--threads <n>', '0 is all cores but one', '0')
    .option('--device <id>', 'a device of `skiplens devices`, or auto', 'auto')
    .option('--json', 'print one JSON object a network')
    .action(async (names: string[], flags: BenchFlags) => {
      const whole = (flag: string, text: string, least: number) => {
        const value = Number(text);
        if (!Number.isInteger(value) || value < least)
          throw new SkiplensError(
            'cli/number',
            t('{0} takes a whole number from {1} on, not "{2}".', flag, least, text),
          );
        return value;
      };
      const networks = (names.length > 0 ? names : ['resnet20']).map((network) => {
        const chosen = {
          network,
          options: readPairs('--option', flags.option),
          input: readInputShape(flags.input),
        };
        chooseNetwork(chosen);
        return chosen;
      });
      const client = await startTrainer();
      const results: BenchResult[] = [];
      try {
        for (const network of networks) {
          const result = await client.request('network/bench', {
            network,
            device: flags.device,
            threads: whole('--threads', flags.threads, 0),
            batchSize: whole('--batch-size', flags.batchSize, 1),
            steps: whole('--steps', flags.steps, 1),
          });
          if (flags.json)
            process.stdout.write(`${JSON.stringify({ network: network.network, ...result })}\n`);
          results.push(result);
        }
      } finally {
        await client.close();
      }
      if (!flags.json) process.stdout.write(`${printBench(results)}\n`);
    });
}

function printBench(results: readonly BenchResult[]): string {
  const milliseconds = (seconds: number) => decimals(1000 * seconds, 1);
  const rows = results.map((r) => [
    r.title,
    String(r.batchSize),
    milliseconds(r.compileSeconds),
    milliseconds(r.stepSeconds.median),
    milliseconds(r.bareStepSeconds.median),
    `${decimals(100 * (r.stepSeconds.median / r.bareStepSeconds.median - 1), 1)} %`,
    count(Math.round(r.imagesPerSecond)),
    count(Math.round(r.memory / 2 ** 20)),
  ]);
  const head = [
    t('network'),
    t('batch'),
    t('compile ms'),
    t('step ms'),
    t('bare step ms'),
    t('recording'),
    t('images/s'),
    t('memory MiB'),
  ];
  const { device, threads } = results[0];
  return [
    t(
      '{0}, threads: {1}. Medians; bare steps measure nothing; memory is the process with both programs.',
      device.title,
      threads,
    ),
    '',
    table(head, rows),
  ].join('\n');
}

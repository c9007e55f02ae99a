/** `skiplens probe`: one forward and backward pass in training mode, for comparing with other frameworks. */
import type { Command } from 'commander';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { formatNorm } from '../../experiments/verdict';
import { formatShape } from '../../ir/tensorType';
import type { ProbeResult } from '../../protocol/trainer';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { collect, readInputShape, readPairs, startTrainer } from '../context';
import { decimals, table } from '../format';

interface ProbeFlags {
  weights?: string;
  batch?: string;
  data?: string;
  batchSize: string;
  option?: string[];
  input?: string;
  device: string;
  threads: string;
  seed: string;
  json?: boolean;
}

export function addProbe(program: Command): void {
  program
    .command('probe <network>')
    .description('measure one forward and backward pass, with given or freshly drawn weights and batch')
    .option('--weights <file.safetensors>', 'every parameter by its name')
    .option('--batch <file.safetensors>', 'input (float32, N x C x H x W) and labels (int64, N)')
    .option('--data <spec>', 'where the batch comes from if no file is given', 'drawn')
    .option('--batch-size <n>', 'images of that batch', '64')
    .option('--option <name=value>', 'an option of the network; may be repeated', collect)
    .option('--input <CxHxW>', 'input shape')
    .option('--device <id>', 'a device of `skiplens devices`, or auto', 'auto')
    .option('--threads <n>', '0 is all cores but one', '0')
    .option('--seed <n>', 'for weights and batch that are not given', '1')
    .option('--json', 'print one JSON object')
    .action(async (name: string, flags: ProbeFlags) => {
      const network = {
        network: name,
        options: readPairs('--option', flags.option),
        input: readInputShape(flags.input),
      };
      chooseNetwork(network);
      const client = await startTrainer();
      try {
        const result = await client.request('network/probe', {
          network,
          device: flags.device,
          threads: whole('--threads', flags.threads, 0),
          seed: whole('--seed', flags.seed, 0),
          weights: flags.weights,
          batch: flags.batch,
          data: flags.data,
          batchSize: whole('--batch-size', flags.batchSize, 1),
        });
        process.stdout.write(
          flags.json ? `${JSON.stringify(publicPart(result))}\n` : `${printProbe(result)}\n`,
        );
      } finally {
        await client.close();
      }
    });
}

function whole(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new SkiplensError(
      'cli/number',
      t('{0} takes a whole number from {1} on, not "{2}".', flag, least, text),
    );
  return value;
}

/** What the command promises; vectors are for views. */
function publicPart({ loss, logits, parameters, blocks }: ProbeResult) {
  return { loss, logits, parameters, blocks };
}

function printProbe({ network, loss, blocks }: ProbeResult): string {
  const rows = blocks.map((b) => [
    b.scope,
    formatShape(b.outputShape.slice(1), network.order),
    decimals(b.activationMean),
    decimals(b.activationStd),
    formatNorm(b.activationGradientNorm),
    b.skip ? formatNorm(b.skip.skipNorm) : '-',
    b.skip ? formatNorm(b.skip.branchNorm) : '-',
    b.skip ? decimals(b.skip.cosine) : '-',
  ]);
  const head = [
    t('block'),
    t('output'),
    t('mean'),
    t('std'),
    t('gradient'),
    t('by skip'),
    t('by branch'),
    t('cosine'),
  ];
  return [t('{0}: loss {1}', network.title, decimals(loss, 4)), '', table(head, rows)].join('\n');
}

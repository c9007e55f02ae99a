/**
 * `skiplens probe`: one forward and backward pass in training mode, for comparing with other frameworks; from several
 * seeds, how far what it says of the gradient depends on the draw.
 */
import type { Command } from 'commander';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import {
  formatNorm,
  type ProfileOverSeeds,
  profileOverSeeds,
  readProfile,
  verdictSentence,
} from '../../experiments/verdict';
import { formatShape } from '../../ir/tensorType';
import { bandOf, type Mean } from '../../protocol/bands';
import { seedsOf, settingSpecs } from '../../protocol/settings';
import type { ProbeResult } from '../../protocol/trainer';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { collect, readInputShape, readPairs, startTrainer } from '../context';
import { decimals, percent, table } from '../format';

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
  seeds: string;
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
    .option('--seeds <n>', 'measure from so many seeds: --seed, the one after it, ...', '1')
    .option('--json', 'print one JSON object')
    .action(async (name: string, flags: ProbeFlags) => {
      const network = {
        network: name,
        options: readPairs('--option', flags.option),
        input: readInputShape(flags.input),
      };
      chooseNetwork(network);
      const seeds = seedsOf({
        seed: whole('--seed', flags.seed, 0),
        seeds: whole('--seeds', flags.seeds, 1, settingSpecs.seeds.max),
      });
      if (seeds.length > 1 && flags.weights && flags.batch)
        throw new SkiplensError(
          'cli/seeds',
          t(
            'With --weights and --batch nothing is drawn, so every seed measures the same; leave out --seeds.',
          ),
        );
      const client = await startTrainer();
      try {
        const results: ProbeResult[] = [];
        for (const seed of seeds)
          results.push(
            await client.request('network/probe', {
              network,
              device: flags.device,
              threads: whole('--threads', flags.threads, 0),
              seed,
              weights: flags.weights,
              batch: flags.batch,
              data: flags.data,
              batchSize: whole('--batch-size', flags.batchSize, 1),
            }),
          );
        const several = () => ({
          ...profileOf(results),
          seeds: results.map((result, k) => ({ seed: seeds[k], ...publicPart(result) })),
        });
        const [first] = results;
        if (flags.json)
          process.stdout.write(`${JSON.stringify(results.length === 1 ? publicPart(first) : several())}\n`);
        else process.stdout.write(`${results.length === 1 ? printProbe(first) : printSeeds(results)}\n`);
      } finally {
        await client.close();
      }
    });
}

function whole(flag: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (value > most)
    throw new SkiplensError('cli/number', t('{0} takes at most {1}, not "{2}".', flag, most, text));
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

/** How the gradient grows over the blocks, over all seeds. */
function profileOf(results: readonly ProbeResult[]): ProfileOverSeeds {
  return profileOverSeeds(results.map((r) => readProfile(r.blocks.map((b) => b.activationGradientNorm))));
}

/** Means over the seeds, and the least and the greatest gradient. */
function printSeeds(results: readonly ProbeResult[]): string {
  const [{ network, blocks }] = results;
  const rows = blocks.map(({ scope, outputShape, skip }, i) => {
    const over = (of: (block: (typeof blocks)[number]) => number, mean: Mean = 'arithmetic') =>
      bandOf(
        results.map((r) => of(r.blocks[i])),
        mean,
      );
    const gradient = over((b) => b.activationGradientNorm, 'geometric');
    const share = over((b) =>
      b.skip ? b.skip.skipNorm / (b.skip.skipNorm + b.skip.branchNorm) : Number.NaN,
    );
    return [
      scope,
      formatShape(outputShape.slice(1), network.order),
      decimals(over((b) => b.activationStd).middle),
      formatNorm(gradient.middle),
      formatNorm(gradient.low),
      formatNorm(gradient.high),
      skip ? percent(share.middle) : '-',
    ];
  });
  const head = [t('block'), t('output'), t('std'), t('gradient'), t('least'), t('greatest'), t('by skip')];
  const loss = bandOf(
    results.map((r) => r.loss),
    'arithmetic',
  );
  const losses = [loss.middle, loss.low, loss.high].map((v) => decimals(v, 4));
  return [
    t('{0}: loss {1} ({2} to {3} over {4} seeds)', network.title, ...losses, results.length),
    '',
    table(head, rows),
    '',
    verdictSentence({ title: network.title, profile: profileOf(results) }, 0),
  ].join('\n');
}

function printProbe(result: ProbeResult): string {
  const { network, loss, blocks } = result;
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
  return [
    t('{0}: loss {1}', network.title, decimals(loss, 4)),
    '',
    table(head, rows),
    '',
    verdictSentence({ title: network.title, profile: profileOf([result]) }, 0),
  ].join('\n');
}

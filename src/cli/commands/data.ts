/** `skiplens data`: what data sets there are, the card of one, and its official files on request. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { datasets } from '../../datasets';
import { readDataCard } from '../../datasets/dataCard';
import { dataHome } from '../../datasets/dataHome';
import { readDataOptions } from '../../datasets/dataOptions';
import type { DatasetSource } from '../../datasets/dataset';
import { bytesOver, downloadOf } from '../../datasets/downloads/catalogue';
import { isFolder } from '../../datasets/files';
import { bytesOfImages, type CardSamples, type DataCard, transformationsOf } from '../../protocol/dataCard';
import { readSettings } from '../../protocol/settings';
import { collect, readPairs } from '../context';
import { type DownloadFlags, downloadData } from '../downloadData';
import { count, megabytes, table } from '../format';

interface DataFlags {
  dataOption?: string[];
  seed?: string;
  augment: boolean;
  samples?: string;
  json?: boolean;
}

export function addData(program: Command): void {
  const data = program
    .command('data [spec]')
    .description(
      'list the data sets, or show one: classes, counts, mean and deviation, what is done to images',
    )
    .option('--data-option <name=value>', 'an option of the data set (subset, resize, ...)', collect)
    .option('--seed <n>', 'of subset, split and the built-in images [1]')
    .option('--no-augment', 'what is done to the images of a run with --no-augment')
    .option('--samples <file.png>', 'write a grid of sample images, a class a row')
    .option('--json', 'print JSON')
    .action((spec: string | undefined, flags: DataFlags) =>
      spec === undefined ? list(flags) : show(spec, flags),
    );
  data
    .command('download <name>')
    .description('fetch the official files of a data set: says what and from where, asks, checks every byte')
    .option('--to <folder>', 'where to (default: a place that all projects share)')
    .option('--from <address>', 'another server that has the same files under the same names')
    .option('--yes', 'agree without being asked')
    .action((name: string, flags: DownloadFlags) => downloadData(name, flags));
}

async function list({ json }: DataFlags): Promise<void> {
  const entries = await Promise.all(
    Object.values<DatasetSource>(datasets).map(async ({ id, title, summary, argument }) => {
      const download = downloadOf(id);
      const folder = path.join(dataHome(), id);
      return {
        id,
        title,
        summary,
        argument,
        downloadBytes: download ? bytesOver(download) : null,
        downloaded: download && (await isFolder(folder)) ? folder : null,
      };
    }),
  );
  if (json) {
    process.stdout.write(`${JSON.stringify(entries)}\n`);
    return;
  }
  const rows = entries.map(({ id, summary, argument, downloaded, downloadBytes }) => [
    argument === 'folder' ? `${id}:FOLDER` : id,
    argument === 'none'
      ? t('built in')
      : downloaded !== null
        ? t('downloaded')
        : downloadBytes !== null
          ? t('{0}:FOLDER, or download {1} MB', id, megabytes(downloadBytes))
          : t('your own folder'),
    summary,
  ]);
  process.stdout.write(`${table([t('data'), t('where'), t('what')], rows, 3)}\n`);
}

async function show(spec: string, { dataOption, seed, augment, samples, json }: DataFlags): Promise<void> {
  const dataOptions = readPairs('--data-option', dataOption);
  readDataOptions(dataOptions);
  const settings = readSettings(seed === undefined ? {} : { seed });
  const card = await readDataCard({ data: spec, dataOptions, seed: settings.seed, augment });
  if (samples !== undefined) await writeSamples(card.samples, samples);
  if (json) {
    // Pixels are no reading for programs; the grid has a flag of its own.
    const { samples: _, ...rest } = card;
    process.stdout.write(`${JSON.stringify({ ...rest, transformations: transformationsOf(card) })}\n`);
  } else process.stdout.write(`${printCard(card)}\n`);
}

/** More classes than this are summed up in one line. */
const mostRows = 20;

export function printCard(card: DataCard): string {
  const { title, summary, publisher, homepage, folder, classes, shape, skipped } = card;
  const rows = classes
    .slice(0, mostRows)
    .map(({ name, train, validation }) => [name, count(train), count(validation)]);
  const rest = classes.slice(mostRows);
  if (rest.length > 0) {
    const sum = (of: 'train' | 'validation') => count(rest.reduce((total, c) => total + c[of], 0));
    rows.push([t('{0} more classes', rest.length), sum('train'), sum('validation')]);
  }
  rows.push([t('all'), count(card.train), count(card.validation)]);
  return [
    `${title}  ${shape.join('x')}`,
    summary,
    ...(publisher ? [t('Published by {0}: {1}', publisher, homepage ?? '')] : []),
    ...(folder ? [t('Read from {0}', folder)] : []),
    t('{0} classes; {1} MB of images.', classes.length, megabytes(bytesOfImages(card))),
    '',
    table([t('class'), t('training'), t('validation')], rows),
    '',
    ...transformationsOf(card),
    ...skipped.map(({ file, reason }) => t('Left out: {0} ({1})', file, reason)),
  ].join('\n');
}

/** One PNG with a class a row; places without an image stay black. */
async function writeSamples(samples: CardSamples, file: string): Promise<void> {
  const { encode } = await import('fast-png');
  const { rows, columns, imageHeight, imageWidth, pixels } = samples;
  const width = columns * imageWidth;
  const data = new Uint8Array(rows * imageHeight * width * 3);
  for (let image = 0; image < rows * columns; image++) {
    const top = Math.floor(image / columns) * imageHeight;
    const left = (image % columns) * imageWidth;
    for (let y = 0; y < imageHeight; y++) {
      const from = (image * imageHeight + y) * imageWidth * 3;
      data.set(pixels.subarray(from, from + imageWidth * 3), ((top + y) * width + left) * 3);
    }
  }
  const target = path.resolve(file);
  try {
    writeFileSync(target, encode({ width, height: rows * imageHeight, data, channels: 3 }));
  } catch (error) {
    throw new SkiplensError(
      'data/notWritten',
      t(
        'The samples could not be written to {0}: {1}.',
        target,
        error instanceof Error ? error.message : String(error),
      ),
    );
  }
  process.stderr.write(`${t('Wrote {0}.', target)}\n`);
}

/**
 * Every loader against every way in which data can be wrong: one sentence that names the file and says what is the
 * matter, with a stable code. What was damaged at random is refused like that too, or loads; it never breaks.
 */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { SkiplensError } from '../../src/base/errors';
import { randomStream } from '../../src/base/random';
import { loadData } from '../../src/datasets';
import { downloads } from '../../src/datasets/downloads/catalogue';
import { downloadDataset } from '../../src/datasets/downloads/download';
import { temporaryFolder } from '../temporaryFolder';
import { cifarRecords } from './cifarFixture';

const pictures = path.resolve(import.meta.dirname, '../fixtures/images');

function idx(dimensions: number[], fill = (i: number) => i % 10, magic = 0x0800 + dimensions.length): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(magic, 0);
  dimensions.forEach((size, d) => {
    header.writeUInt32BE(size, 4 + 4 * d);
  });
  const size = dimensions.reduce((product, d) => product * d, 1);
  return Buffer.concat([header, Buffer.from(Array.from({ length: size }, (_, i) => fill(i)))]);
}

function files(given: Record<string, Uint8Array | string>): string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(given)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  return folder;
}

const idxFiles = () => ({
  'train-images-idx3-ubyte.gz': gzipSync(idx([20, 28, 28])),
  'train-labels-idx1-ubyte.gz': gzipSync(idx([20])),
  't10k-images-idx3-ubyte': idx([10, 28, 28]),
  't10k-labels-idx1-ubyte': idx([10]),
});

const png = () =>
  encode({ width: 20, height: 20, channels: 3, data: Uint8Array.from({ length: 1200 }, (_, i) => i % 251) });

/** A whole data set of each kind, as small as it can be. */
const whole = {
  cifar10: () => files({ 'data_batch_1.bin': cifarRecords(20), 'test_batch.bin': cifarRecords(10) }),
  cifar100: () =>
    files({
      'train.bin': cifarRecords(200, { classes: 100, labelBytes: 2 }),
      'test.bin': cifarRecords(100, { classes: 100, labelBytes: 2 }),
    }),
  mnist: () => files(idxFiles()),
  'fashion-mnist': () => files(idxFiles()),
  folder: () =>
    files(
      Object.fromEntries(
        ['cat', 'dog'].flatMap((name) => Array.from({ length: 5 }, (_, i) => [`${name}/${i}.png`, png()])),
      ),
    ),
} as const;

type Loader = keyof typeof whole;
const load = (loader: Loader, folder: string, options = {}) =>
  loadData(`${loader}:${folder}`, { seed: 1, ...options });

/** Loader, what is wrong, how it comes about, the code, the sentence. */
type Case = readonly [Loader, string, (folder: string) => void, string, RegExp];

const put = (name: string, bytes: Uint8Array | string) => (folder: string) =>
  writeFileSync(path.join(folder, name), bytes);
const remove = (name: string) => (folder: string) => rmSync(path.join(folder, name), { recursive: true });
const cut = (name: string, bytes: number) => (folder: string) => truncateSync(path.join(folder, name), bytes);
const folderInItsPlace = (name: string) => (folder: string) => {
  rmSync(path.join(folder, name));
  mkdirSync(path.join(folder, name));
};

const cifar10: readonly Case[] = [
  ['cifar10', 'a missing file', remove('test_batch.bin'), 'data/missingFiles', /lacks test_batch\.bin/],
  ['cifar10', 'no file at all', remove('data_batch_1.bin'), 'data/missingFiles', /lacks data_batch_\*\.bin/],
  [
    'cifar10',
    'a truncated file',
    cut('data_batch_1.bin', 5000),
    'data/wrongSize',
    /data_batch_1\.bin has 5000/,
  ],
  ['cifar10', 'an empty file', cut('test_batch.bin', 0), 'data/empty', /test_batch\.bin is empty/],
  [
    'cifar10',
    'another format',
    put('data_batch_1.bin', idx([7, 28, 28])),
    'data/wrongSize',
    /multiple of 3073/,
  ],
  [
    'cifar10',
    "CIFAR-100's records",
    put('test_batch.bin', cifarRecords(5, { classes: 100, labelBytes: 2 })),
    'data/wrongSize',
    /test_batch\.bin has 15370 bytes/,
  ],
  [
    'cifar10',
    'a label out of range',
    put('test_batch.bin', cifarRecords(20, { classes: 12 })),
    'data/labelOutOfRange',
    /Record 10 of .*test_batch\.bin.* has the label 10; labels go from 0 to 9/,
  ],
  [
    'cifar10',
    'too few names of classes',
    put('batches.meta.txt', 'cat\ndog\n'),
    'data/classCount',
    /names 2 classes where this data set has 10/,
  ],
  [
    'cifar10',
    'a folder for a file',
    folderInItsPlace('test_batch.bin'),
    'data/unreadable',
    /test_batch\.bin.*EISDIR/,
  ],
];

const cifar100: readonly Case[] = [
  ['cifar100', 'a missing file', remove('train.bin'), 'data/missingFiles', /lacks train\.bin/],
  ['cifar100', 'a truncated file', cut('train.bin', 3073), 'data/wrongSize', /train\.bin has 3073 bytes/],
  ['cifar100', 'an empty file', cut('test.bin', 0), 'data/empty', /test\.bin is empty/],
  ['cifar100', "CIFAR-10's records", put('test.bin', cifarRecords(3)), 'data/wrongSize', /multiple of 3074/],
  [
    'cifar100',
    'a label out of range',
    put('test.bin', cifarRecords(120, { classes: 120, labelBytes: 2 })),
    'data/labelOutOfRange',
    /Record 100 of .*test\.bin/,
  ],
  [
    'cifar100',
    'too few names of classes',
    put('fine_label_names.txt', 'apple\n'),
    'data/classCount',
    /names 1 classes where this data set has 100/,
  ],
  ['cifar100', 'a folder for a file', folderInItsPlace('train.bin'), 'data/unreadable', /train\.bin.*EISDIR/],
];

const idxCases = (['mnist', 'fashion-mnist'] as const).flatMap((loader): Case[] => [
  [loader, 'a missing file', remove('t10k-labels-idx1-ubyte'), 'data/missingFiles', /lacks t10k-labels/],
  [
    loader,
    'no file at all',
    remove('train-images-idx3-ubyte.gz'),
    'data/missingFiles',
    /lacks train-images-idx3-ubyte\(\.gz\)/,
  ],
  [
    loader,
    'a truncated file',
    cut('t10k-images-idx3-ubyte', 4000),
    'data/truncated',
    /holds 4000 bytes where its header promises 7856/,
  ],
  [
    loader,
    'half a header',
    cut('t10k-images-idx3-ubyte', 9),
    'data/truncated',
    /holds 9 bytes .* promises 16/,
  ],
  [loader, 'an empty file', cut('t10k-images-idx3-ubyte', 0), 'data/empty', /is empty/],
  [
    loader,
    'no image in it',
    put('t10k-images-idx3-ubyte', idx([0, 28, 28])),
    'data/empty',
    /it has to hold at least one image/,
  ],
  [
    loader,
    'a wrong magic number',
    put('t10k-images-idx3-ubyte', idx([10, 28, 28], undefined, 0xdead)),
    'data/wrongMagic',
    /begins with 0x0000dead where 0x00000803 is expected/,
  ],
  [
    loader,
    'labels where images belong',
    put('t10k-images-idx3-ubyte', idx([10])),
    'data/wrongMagic',
    /begins with 0x00000801/,
  ],
  [
    loader,
    'wrong dimensions',
    put('t10k-images-idx3-ubyte', idx([10, 32, 32])),
    'data/wrongDimensions',
    /are 32 x 32 pixels where 28 x 28 is expected/,
  ],
  [
    loader,
    'dimensions beyond all memory',
    (folder) => {
      const file = path.join(folder, 't10k-images-idx3-ubyte');
      const bytes = readFileSync(file);
      bytes.fill(0xff, 4, 16);
      writeFileSync(file, bytes);
    },
    'data/truncated',
    /holds 7856 bytes where its header promises/,
  ],
  [
    loader,
    'fewer labels than images',
    put('t10k-labels-idx1-ubyte', idx([9])),
    'data/unequalCounts',
    /holds 10 images, and .* holds 9 labels/,
  ],
  [
    loader,
    'a label out of range',
    put(
      't10k-labels-idx1-ubyte',
      idx([10], (i) => (i === 4 ? 10 : 0)),
    ),
    'data/labelOutOfRange',
    /Record 4 of .*t10k-labels/,
  ],
  [
    loader,
    'a gzip file that is cut',
    cut('train-images-idx3-ubyte.gz', 60),
    'data/brokenGzip',
    /train-images-idx3-ubyte\.gz cannot be unpacked/,
  ],
  [
    loader,
    'a name that promises gzip',
    put('train-labels-idx1-ubyte.gz', idx([20])),
    'data/brokenGzip',
    /train-labels-idx1-ubyte\.gz cannot be unpacked/,
  ],
  [
    loader,
    'a folder for a file',
    folderInItsPlace('t10k-images-idx3-ubyte'),
    'data/unreadable',
    /t10k-images-idx3-ubyte.*EISDIR/,
  ],
]);

/** A PNG of 100,000 x 100,000 pixels, as its header says. */
function huge(): Buffer {
  const bytes = Buffer.from(png());
  bytes.writeUInt32BE(100_000, 16);
  bytes.writeUInt32BE(100_000, 20);
  return bytes;
}

const broken: readonly (readonly [string, () => Uint8Array])[] = [
  ['a truncated PNG', () => png().subarray(0, 60)],
  [
    'a PNG with a flipped byte',
    () => {
      const bytes = Uint8Array.from(png());
      bytes[50] ^= 0xff;
      return bytes;
    },
  ],
  ['a truncated JPEG', () => readFileSync(path.join(pictures, 'truncated.jpg'))],
  ['an image that is none', () => Buffer.from('GIF89a and no more')],
  ['an empty image', () => Buffer.alloc(0)],
  ['an image larger than all memory', huge],
];

const imageFolder: readonly Case[] = [
  [
    'folder',
    'an empty class folder',
    (f) => mkdirSync(path.join(f, 'fox')),
    'data/emptyClass',
    /fox holds no PNG/,
  ],
  [
    'folder',
    'a class folder without images',
    (f) => {
      mkdirSync(path.join(f, 'fox'));
      writeFileSync(path.join(f, 'fox', 'notes.txt'), 'soon');
    },
    'data/emptyClass',
    /fox holds no PNG or JPEG images/,
  ],
  [
    'folder',
    'one class only',
    remove('dog'),
    'data/tooFewClasses',
    /has 1 class folders; it needs two or more/,
  ],
  [
    'folder',
    'a validation class that training lacks',
    (f) => {
      mkdirSync(path.join(f, 'train'));
      for (const name of ['cat', 'dog']) renameSync(path.join(f, name), path.join(f, 'train', name));
      mkdirSync(path.join(f, 'val', 'fox'), { recursive: true });
    },
    'data/unequalClasses',
    /has a class "fox" that the training folder lacks/,
  ],
  ...broken.map(
    ([kind, bytes]): Case => [
      'folder',
      kind,
      (f) => writeFileSync(path.join(f, 'dog', '3.png'), bytes()),
      'data/brokenImage',
      /dog.3\.png cannot be used: .* Remove it, or ask for broken images to be skipped\./,
    ],
  ),
];

describe.each([
  ['cifar10', cifar10],
  ['cifar100', cifar100],
  ['mnist', idxCases.filter(([loader]) => loader === 'mnist')],
  ['fashion-mnist', idxCases.filter(([loader]) => loader === 'fashion-mnist')],
  ['folder', imageFolder],
] as const)('%s', (loader, cases) => {
  it('loads where nothing is wrong', async () => {
    const { train, validation } = await load(loader, whole[loader]());
    expect(Math.min(train.count, validation.count)).toBeGreaterThan(0);
  });

  it.each(cases)('%s: %s', async (_, __, spoil, code, sentence) => {
    const folder = whole[loader]();
    spoil(folder);
    const error = await load(loader, folder).then(
      () => expect.unreachable('it loaded'),
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(SkiplensError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect((error as Error).message).toMatch(/^[A-Z].*\.$/s);
    expect((error as Error).message).not.toMatch(/undefined|NaN|\n/);
  });

  it('a missing folder, and a file for a folder', async () => {
    const folder = whole[loader]();
    await expect(load(loader, path.join(folder, 'none'))).rejects.toMatchObject({
      code: 'data/missingFolder',
    });
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    await expect(load(loader, file)).rejects.toMatchObject({ code: 'data/missingFolder' });
  });

  it('a reading that is cancelled', async () => {
    await expect(load(loader, whole[loader](), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });

  it('damage at random is refused in a sentence, or loads', async () => {
    const random = randomStream(3, loader);
    const kept = whole[loader]();
    const names = readdirSync(kept, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(path.join(kept, name)).isFile(),
    );
    for (let i = 0; i < 40; i++) {
      const folder = temporaryFolder();
      const victim = random.below(names.length);
      for (const [k, name] of names.entries()) {
        mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        if (k !== victim) copyFileSync(path.join(kept, name), path.join(folder, name));
        else {
          const bytes = readFileSync(path.join(kept, name));
          const way = random.below(3);
          for (let flips = 0; way !== 0 && flips < 3; flips++)
            bytes[random.below(Math.min(bytes.length, way === 1 ? 64 : bytes.length))] = random.below(256);
          writeFileSync(
            path.join(folder, name),
            way === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes,
          );
        }
      }
      const error = await load(loader, folder).then(
        () => undefined,
        (e: unknown) => e,
      );
      if (error !== undefined) expect(error, `${names[victim]}: ${error}`).toBeInstanceOf(SkiplensError);
    }
  });
});

describe('broken images', () => {
  it('are skipped when that is asked for, and each is named with its reason', async () => {
    const folder = whole.folder();
    for (const [i, [, bytes]] of broken.entries())
      writeFileSync(path.join(folder, 'dog', `broken${i}.png`), bytes());
    const data = await load('folder', folder, { skipBroken: true });
    expect(data.train.count + data.validation.count).toBe(10);
    expect(data.skipped!.map(({ file }) => path.basename(file)).sort()).toEqual(
      broken.map((_, i) => `broken${i}.png`),
    );
    for (const { reason } of data.skipped!) expect(reason).toMatch(/\.$/);
  });

  it('and nothing else is no data', async () => {
    const folder = whole.folder();
    for (const name of ['cat', 'dog'])
      for (let i = 0; i < 5; i++) writeFileSync(path.join(folder, name, `${i}.png`), 'no PNG');
    await expect(load('folder', folder, { skipBroken: true })).rejects.toMatchObject({ code: 'data/empty' });
  });
});

describe('official files', () => {
  it.each(Object.values(downloads).map((download) => [download.id, download] as const))(
    '%s: without a network the sentence names the way by hand',
    async (_, download) => {
      const home = temporaryFolder();
      const gone = {
        ...download,
        files: download.files.map((file) => ({
          ...file,
          url: file.url.replace(/^https?:\/\/[^/]+/, 'http://127.0.0.1:9'),
        })),
      };
      await expect(downloadDataset(gone, home, { consent: () => true })).rejects.toMatchObject({
        code: 'data/offline',
        message: expect.stringContaining(`put it into ${path.join(home, `.${download.id}.partial`)}`),
      });
    },
  );
});

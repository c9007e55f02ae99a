/**
 * The official files that can be fetched on request: where they are, how large, and the checksum that their
 * publishers state (MD5; it finds damage, it is no defence). Nothing here is fetched without being asked for.
 */
import path from 'node:path';
import type { DatasetId } from '..';
import { wrongAddress } from '../errors';

export interface OfficialFile {
  readonly url: string;
  readonly bytes: number;
  readonly md5: string;
  /** Kept as it is, or unpacked (only files with these names) and removed. */
  readonly unpack?: RegExp;
}

export interface Download {
  readonly id: DatasetId;
  readonly title: string;
  /** Whose it is and under which terms, for the question that is asked before. */
  readonly publisher: string;
  readonly homepage: string;
  readonly files: readonly OfficialFile[];
  /** On disk when done. */
  readonly unpackedBytes: number;
}

const cifar = 'https://www.cs.toronto.edu/~kriz';
const mnistMirror = 'https://ossci-datasets.s3.amazonaws.com/mnist';
const fashion = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com';

/** The four files of a set in MNIST's format: bytes and MD5 of training images and labels, then test ones. */
const idxFiles = (base: string, sums: readonly (readonly [number, string])[]): OfficialFile[] =>
  [
    'train-images-idx3-ubyte',
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
    't10k-labels-idx1-ubyte',
  ].map((name, i) => ({ url: `${base}/${name}.gz`, bytes: sums[i][0], md5: sums[i][1] }));

export const downloads = {
  cifar10: {
    id: 'cifar10',
    title: 'CIFAR-10',
    publisher: 'Alex Krizhevsky, University of Toronto (2009)',
    homepage: `${cifar}/cifar.html`,
    files: [
      {
        url: `${cifar}/cifar-10-binary.tar.gz`,
        bytes: 170_052_171,
        md5: 'c32a1d4ab5d03f1284b67883e8d87530',
        unpack: /^(data_batch_\d+\.bin|test_batch\.bin|batches\.meta\.txt)$/,
      },
    ],
    unpackedBytes: 184_380_061,
  },
  cifar100: {
    id: 'cifar100',
    title: 'CIFAR-100',
    publisher: 'Alex Krizhevsky, University of Toronto (2009)',
    homepage: `${cifar}/cifar.html`,
    files: [
      {
        url: `${cifar}/cifar-100-binary.tar.gz`,
        bytes: 168_513_733,
        md5: '03b5dce01913d631647c71ecec9e9cb8',
        unpack: /^(train\.bin|test\.bin|fine_label_names\.txt|coarse_label_names\.txt)$/,
      },
    ],
    unpackedBytes: 184_441_500,
  },
  mnist: {
    id: 'mnist',
    title: 'MNIST',
    publisher:
      'Yann LeCun, Corinna Cortes and Christopher Burges (1998); from the mirror that torchvision uses',
    homepage: 'http://yann.lecun.com/exdb/mnist/',
    files: idxFiles(mnistMirror, [
      [9_912_422, 'f68b3c2dcbeaaa9fbdd348bbdeb94873'],
      [28_881, 'd53e105ee54ea40749a09fcbcd1e9432'],
      [1_648_877, '9fb629c4189551a2d022fa330f9573f3'],
      [4_542, 'ec29112dd5afa0611ce80d1b7f02629c'],
    ]),
    unpackedBytes: 11_594_722,
  },
  'fashion-mnist': {
    id: 'fashion-mnist',
    title: 'Fashion-MNIST',
    publisher: 'Zalando Research (2017), MIT licence',
    homepage: 'https://github.com/zalandoresearch/fashion-mnist',
    files: idxFiles(fashion, [
      [26_421_880, '8d4fb7e6c68d591d4c3dfef9ec88bf0d'],
      [29_515, '25c81989df183df01b3e8a0aad5dffbe'],
      [4_422_102, 'bef4ecab320f06d8554ea6380940ec79'],
      [5_148, 'bb300cfdad3c16e7a12a480ee83cd310'],
    ]),
    unpackedBytes: 30_878_645,
  },
} satisfies Partial<Record<DatasetId, Download>>;

export type DownloadId = keyof typeof downloads;

/** What can be fetched for a data set, if anything. */
export function downloadOf(id: string): Download | undefined {
  return Object.hasOwn(downloads, id) ? downloads[id as DownloadId] : undefined;
}

/** Bytes that go over the network. */
export const bytesOver = (download: Pick<Download, 'files'>): number =>
  download.files.reduce((sum, file) => sum + file.bytes, 0);

/** The same files from another server, under the same names at `address`; lengths and checksums stay the publisher's. */
export function fromMirror(download: Download, address: string): Download {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) throw wrongAddress(address);
  const base = address.endsWith('/') ? address : `${address}/`;
  const files = download.files.map((file) => ({
    ...file,
    url: new URL(path.posix.basename(new URL(file.url).pathname), base).href,
  }));
  return { ...download, files };
}

/** Small CIFAR files made for a test: image i of file f has label (f + i) % classes and pixels of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const recordBytes = 3073;

export function cifarRecords(
  count: number,
  { classes = 10, first = 0, labelBytes = 1 }: { classes?: number; first?: number; labelBytes?: number } = {},
): Buffer {
  const bytes = Buffer.alloc(count * (labelBytes + 3072));
  for (let i = 0; i < count; i++) {
    const start = i * (labelBytes + 3072);
    bytes[start + labelBytes - 1] = (first + i) % classes;
    for (let p = 0; p < 3072; p++) bytes[start + labelBytes + p] = (first * 31 + i * 7 + p * 13) % 251;
  }
  return bytes;
}

/** A folder as the archive unpacks; answers the folder with the files. */
export function cifar10Folder(parent: string, trainCounts = [30, 20], testCount = 10): string {
  const folder = path.join(parent, 'cifar-10-batches-bin');
  mkdirSync(folder);
  trainCounts.forEach((count, i) => {
    writeFileSync(path.join(folder, `data_batch_${i + 1}.bin`), cifarRecords(count, { first: 100 * i }));
  });
  writeFileSync(path.join(folder, 'test_batch.bin'), cifarRecords(testCount, { first: 5 }));
  return folder;
}

import { describe, expect, it } from 'vitest';
import { allocateBatch, evaluationBatches, trainingBatches } from '../../src/datasets/batches';
import type { ImageSplit } from '../../src/datasets/dataset';

/** Image i is i + 1 everywhere but for a ramp along each row, so that every move of it shows. */
function splitOf(count: number, shape: ImageSplit['shape'] = [2, 16, 16]): ImageSplit {
  const [c, h, w] = shape;
  return {
    count,
    shape,
    labels: Array.from({ length: count }, (_, i) => i % 3),
    read(i, target, offset) {
      for (let p = 0; p < c * h * w; p++)
        target[offset + p] = i + 1 + (p % w) / 100 + (Math.floor(p / w) % h) / 10_000;
    },
    pixels: () => new Uint8Array(c * h * w),
  };
}

const options = { batchSize: 4, seed: 3, augment: 'cropFlip' } as const;

describe('training batches', () => {
  it('show every image once an epoch, in another order each time, without the incomplete last batch', () => {
    const batches = trainingBatches(splitOf(10), { ...options, batchSize: 5 });
    expect(batches.stepsPerEpoch).toBe(2);
    const epoch = (e: number) => [0, 1].flatMap((k) => [...batches.at(2 * e + k).indices]);
    expect(epoch(0).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epoch(1)).not.toEqual(epoch(0));
    expect(trainingBatches(splitOf(11), { ...options, batchSize: 5 }).stepsPerEpoch).toBe(2);
  });

  it('depend on seed and position only: resumed or asked out of order, they are the same', () => {
    const straight = trainingBatches(splitOf(18), options);
    const seen = Array.from({ length: 9 }, (_, position) => {
      const { images, labels, indices } = straight.at(position);
      return { images: images.slice(), labels: labels.slice(), indices: indices.slice() };
    });
    const again = trainingBatches(splitOf(18), options);
    for (const position of [7, 2, 5, 4]) expect(again.at(position)).toMatchObject(seen[position]);
    const other = trainingBatches(splitOf(18), { ...options, seed: 4 });
    expect([...other.at(0).indices]).not.toEqual([...seen[0].indices]);
  });

  it('carry the label of each image', () => {
    const { labels, indices } = trainingBatches(splitOf(9), options).at(0);
    expect([...labels]).toEqual([...indices].map((i) => BigInt(i % 3)));
  });

  it('crop from an image padded by an eighth with zeros, and mirror half of them', () => {
    const [c, h, w] = [2, 16, 16];
    const split = splitOf(64);
    const batches = trainingBatches(split, { ...options, batchSize: 64 });
    const original = new Float32Array(c * h * w);
    const moves = new Set<string>();
    let mirrored = 0;
    for (const position of [0, 1, 2, 3]) {
      const { images, indices } = batches.at(position);
      for (let k = 0; k < 64; k++) {
        split.read(indices[k], original, 0);
        const image = images.subarray(k * c * h * w, (k + 1) * c * h * w);
        const found = [...candidates()].filter(({ dy, dx, flip }) =>
          image.every((v, p) => {
            const x = p % w;
            const from = { y: (Math.floor(p / w) % h) + dy, x: (flip ? w - 1 - x : x) + dx };
            const inside = from.y >= 0 && from.y < h && from.x >= 0 && from.x < w;
            return v === (inside ? original[Math.floor(p / (h * w)) * h * w + from.y * w + from.x] : 0);
          }),
        );
        expect(found.length).toBe(1);
        moves.add(`${found[0].dy} ${found[0].dx}`);
        mirrored += found[0].flip ? 1 : 0;
      }
    }
    // 256 draws of 25 moves: all but surely each of them.
    expect(moves.size).toBe(25);
    expect(mirrored).toBeGreaterThan(96);
    expect(mirrored).toBeLessThan(160);
  });

  it('refuse a batch that does not fit the data', () => {
    expect(() => trainingBatches(splitOf(3), options)).toThrow(
      /A batch of 4 does not fit the 3 training images/,
    );
  });

  it('fill the buffers they are given', () => {
    const split = splitOf(8);
    const target = allocateBatch(split, 4);
    const batches = trainingBatches(split, { ...options, augment: 'none' });
    expect(batches.at(1, target)).toBe(target);
    expect([target.size, Math.floor(target.images[0])]).toEqual([4, target.indices[0] + 1]);
  });
});

function* candidates() {
  for (let dy = -2; dy <= 2; dy++)
    for (let dx = -2; dx <= 2; dx++) for (const flip of [false, true]) yield { dy, dx, flip };
}

it('evaluation batches go through the split in order, the last one smaller', () => {
  const sizes: number[] = [];
  const seen: number[] = [];
  for (const batch of evaluationBatches(splitOf(10), 4)) {
    sizes.push(batch.size);
    seen.push(...batch.indices.subarray(0, batch.size));
    expect(Math.floor(batch.images[0])).toBe(batch.indices[0] + 1);
  }
  expect(sizes).toEqual([4, 4, 2]);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

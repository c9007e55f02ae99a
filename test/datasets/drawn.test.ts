import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/base/random';
import { loadData } from '../../src/datasets';
import type { ImageSplit, LoadedData } from '../../src/datasets/dataset';

const size = 3072;
const classes = 10;
let data: LoadedData;
beforeAll(async () => {
  data = await loadData('drawn', { seed: 1 });
});

describe('the built-in images', () => {
  it('say what they are and hold every class in equal number', () => {
    expect(data.title).toBe('Drawn shapes (built in, procedural)');
    expect(data.shape).toEqual([3, 32, 32]);
    expect(new Set(data.classes).size).toBe(classes);
    for (const [split, each] of [
      [data.train, 400],
      [data.validation, 100],
    ] as const) {
      const counts = new Array(classes).fill(0);
      for (let i = 0; i < split.count; i++) counts[split.labels[i]]++;
      expect(counts).toEqual(new Array(classes).fill(each));
    }
  });

  it('are the same for the same seed and others for another', async () => {
    const again = await loadData('drawn', { seed: 1 });
    const other = await loadData('drawn', { seed: 2 });
    for (const i of [0, 1234, 3999]) {
      expect(again.train.pixels(i)).toEqual(data.train.pixels(i));
      expect(other.train.pixels(i)).not.toEqual(data.train.pixels(i));
    }
    expect(data.validation.pixels(0)).not.toEqual(data.train.pixels(0));
  });

  it('leave a linear classifier on the pixels far below 60 %', () => {
    const { weights, trained } = softmaxRegression(data.train, 6);
    // It does learn, on images it has seen; on new ones it stays near chance.
    expect(trained).toBeGreaterThan(0.25);
    expect(accuracy(data.validation, weights)).toBeLessThan(0.35);
  });
});

/** Plain softmax regression with a bias, SGD with momentum; weights are classes x (pixels + 1). */
function softmaxRegression(split: ImageSplit, epochs: number) {
  const width = size + 1;
  const weights = new Float32Array(classes * width);
  const moment = new Float32Array(classes * width);
  const gradient = new Float32Array(classes * width);
  const image = new Float32Array(width).fill(1);
  const order = Int32Array.from({ length: split.count }, (_, i) => i);
  const batch = 50;
  for (let epoch = 0; epoch < epochs; epoch++) {
    randomStream(5, epoch).shuffle(order);
    for (let first = 0; first < split.count; first += batch) {
      gradient.fill(0);
      for (let k = first; k < first + batch; k++) {
        split.read(order[k], image, 0);
        const error = softmax(logits(weights, image));
        error[split.labels[order[k]]] -= 1;
        for (let c = 0; c < classes; c++)
          for (let p = 0; p < width; p++) gradient[c * width + p] += error[c] * image[p];
      }
      for (let j = 0; j < weights.length; j++) {
        moment[j] = 0.9 * moment[j] + gradient[j] / batch + 1e-3 * weights[j];
        weights[j] -= 1e-3 * moment[j];
      }
    }
  }
  return { weights, trained: accuracy(split, weights) };
}

function logits(weights: Float32Array, image: Float32Array): number[] {
  return Array.from({ length: classes }, (_, c) => {
    let sum = 0;
    for (let p = 0; p < image.length; p++) sum += weights[c * image.length + p] * image[p];
    return sum;
  });
}

function softmax(values: readonly number[]): number[] {
  const top = Math.max(...values);
  const powers = values.map((v) => Math.exp(v - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((p) => p / sum);
}

function accuracy(split: ImageSplit, weights: Float32Array): number {
  const image = new Float32Array(size + 1).fill(1);
  let right = 0;
  for (let i = 0; i < split.count; i++) {
    split.read(i, image, 0);
    const scores = logits(weights, image);
    if (scores.indexOf(Math.max(...scores)) === split.labels[i]) right++;
  }
  return right / split.count;
}

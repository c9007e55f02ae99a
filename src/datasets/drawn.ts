/**
 * The built-in set, for a first run with nothing at hand: ten classes of shapes and textures drawn by a program
 * from a seed. Class is a matter of form only: place, size, colours, contrast and its sign, light and noise are
 * drawn alike for all classes, so that single pixels say next to nothing and a linear classifier fails, while a
 * few convolutions see it at once. It is no substitute for photographs.
 */
import { type Random, randomStream } from '../base/random';
import type { DatasetSource } from './dataset';
import { assemble, type StoredImages } from './imageSplit';

const side = 32;
const trainCount = 4000;
const validationCount = 1000;
const drawnAtOnce = 100;

/**
 * How far a point lies outside the form, in pixels (negative inside); x and y are measured from its centre, r is
 * its radius, p the phase and period of a texture.
 */
type Form = (x: number, y: number, r: number, p: Texture) => number;

interface Texture {
  readonly period: number;
  readonly phaseX: number;
  readonly phaseY: number;
}

const disk: Form = (x, y, r) => Math.hypot(x, y) - r;
const square: Form = (x, y, r) => Math.max(Math.abs(x), Math.abs(y)) - 0.88 * r;
const bars = (x: number, y: number, r: number) =>
  Math.max(Math.min(Math.abs(x), Math.abs(y)) - 0.24 * r, Math.max(Math.abs(x), Math.abs(y)) - r);
const wave = (v: number, period: number, phase: number) =>
  (Math.abs(((((v / period + phase) % 1) + 1) % 1) - 0.5) - 0.25) * period;

const forms: Readonly<Record<string, Form>> = {
  disk,
  ring: (x, y, r) => Math.abs(Math.hypot(x, y) - 0.82 * r) - 0.18 * r,
  square,
  frame: (x, y, r, p) => Math.abs(square(x, y, r, p) + 0.18 * r) - 0.18 * r,
  triangle: (x, y, r) => Math.max(y - 0.6 * r, 0.87 * Math.abs(x) - 0.5 * y - 0.5 * r),
  plus: bars,
  cross: (x, y, r) => bars((x + y) * Math.SQRT1_2, (x - y) * Math.SQRT1_2, r),
  'level stripes': (x, y, r, p) => Math.max(wave(y, p.period, p.phaseY), disk(x, y, r, p)),
  'upright stripes': (x, y, r, p) => Math.max(wave(x, p.period, p.phaseX), disk(x, y, r, p)),
  checks: (x, y, r, p) => {
    const a = wave(x, p.period, p.phaseX);
    const b = wave(y, p.period, p.phaseY);
    // Inside where exactly one of the two waves is.
    return Math.max(Math.max(Math.min(a, b), -Math.max(a, b)), disk(x, y, r, p));
  },
};
const classes = Object.keys(forms);

export const drawn: DatasetSource = {
  id: 'drawn',
  title: 'Drawn shapes (built in, procedural)',
  argument: 'none',
  summary: 'Ten classes of shapes and textures, 3x32x32, drawn by a program from a seed.',
  augmentation: 'none',
  async load(_argument, options) {
    const { seed, signal } = options;
    const train = await draw(trainCount, randomStream(seed, 'drawn', 'train'), signal);
    const validation = await draw(validationCount, randomStream(seed, 'drawn', 'validation'), signal);
    options.onProgress?.(1);
    return assemble({ source: drawn, classes, shape: [3, side, side], train, validation }, options);
  },
};

async function draw(count: number, random: Random, signal?: AbortSignal): Promise<StoredImages> {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes.length);
  const pixels = new Uint8Array(count * 3 * side * side);
  for (let i = 0; i < count; i++) {
    // A second in all: whoever shares the process (a run in training, a stop) gets a word in between.
    if (i % drawnAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    drawImage(forms[classes[labels[i]]], random, pixels, i * 3 * side * side);
  }
  return { pixels, labels };
}

function drawImage(form: Form, random: Random, pixels: Uint8Array, offset: number): void {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const r = between(8, 13.5);
  const reach = side / 2 - 0.75 * r;
  const centreX = side / 2 - 0.5 + between(-reach, reach);
  const centreY = side / 2 - 0.5 + between(-reach, reach);
  const turn = between(-0.14, 0.14);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const texture = { period: between(5, 8), phaseX: random.uniform(), phaseY: random.uniform() };
  const [ground, ink] = colours(random);
  const slopeX = between(-0.12, 0.12) / side;
  const slopeY = between(-0.12, 0.12) / side;
  const noise = between(0.02, 0.1);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const dx = x - centreX;
      const dy = y - centreY;
      const outside = form(cos * dx + sin * dy, cos * dy - sin * dx, r, texture);
      const cover = Math.min(1, Math.max(0, 0.5 - outside));
      const light = slopeX * dx + slopeY * dy;
      // One draw a pixel holds a byte of grain a channel.
      let draws = random.uint32();
      for (let c = 0; c < 3; c++) {
        const grain = noise * ((draws & 255) / 127.5 - 1);
        draws >>>= 8;
        const value = ground[c] + (ink[c] - ground[c]) * cover + light + grain;
        pixels[offset + (c * side + y) * side + x] = Math.max(0, Math.min(255, Math.round(255 * value)));
      }
    }
  }
}

/** Two colours of the cube at least 0.45 apart; which of them is the brighter one is a matter of chance. */
function colours(random: Random): [number[], number[]] {
  const any = () => [random.uniform(), random.uniform(), random.uniform()];
  for (;;) {
    const a = any();
    const b = any();
    if (Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) >= 0.45) return [a, b];
  }
}

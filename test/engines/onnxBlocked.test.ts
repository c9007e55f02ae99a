/**
 * The blocked kernels of the onnxruntime engine beyond what the operators' own examples reach: channels in whole
 * blocks, every batch size, odd images, strides, uneven pads; and which nodes the writer puts down for them.
 */
import { describe, expect, it } from 'vitest';
import { createOnnxEngine } from '../../src/engines/onnx/onnxEngine';
import { spellGraph } from '../../src/engines/onnx/spellGraph';
import { interpret, referenceEngine } from '../../src/engines/reference/referenceEngine';
import type { Builder } from '../../src/ir/builder';
import type { Graph, Value } from '../../src/ir/graph';
import { float32, sizeOf } from '../../src/ir/tensorType';
import { newBuilder } from '../../src/ops';
import { hashUniform } from '../hashUniform';
import { expectAgreement as expectStepAgreement } from './conformance';
import { prepareSteps, runSteps, type StepCase, sgd } from './steps';

const engine = createOnnxEngine('blocked');
const [device] = await engine.probe();
if (!device.available) console.info(`skipped: the blocked layout. ${device.reason}`);

/** The worst difference of every output, relative to the output's largest element. */
async function differences(graph: Graph, draw = (name: string, n: number) => hashUniform(name, n)) {
  const given = new Map(
    graph.inputs.map(({ name, type }) => [name, Float32Array.from(draw(name, sizeOf(type.shape)))]),
  );
  const expected = interpret(graph, given);
  const program = await engine.compile(graph, { device: 'cpu', threads: 2 });
  const results = await program.evaluate(Object.fromEntries(given));
  await program.dispose();
  return Object.fromEntries(
    graph.outputs.map(({ name, value }) => {
      const want = expected.get(value.name)!.data;
      const scale = want.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
      const worst = want.reduce((a, v, i) => Math.max(a, Math.abs(v - results[name][i])), 0);
      return [name, worst / scale];
    }),
  );
}

async function expectAgreement(build: (b: Builder) => Record<string, Value>): Promise<void> {
  const b = newBuilder('blocked');
  for (const [name, value] of Object.entries(build(b))) b.output(`result:${name}`, value);
  for (const [name, difference] of Object.entries(await differences(b.finish())))
    expect(difference, name).toBeLessThan(2e-5);
}

interface ConvCase {
  readonly title: string;
  readonly batch: number;
  readonly channels: number;
  readonly out: number;
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
  readonly dilations?: readonly number[];
  readonly group?: number;
}

const padded = { kernel: 3, pads: [1, 1, 1, 1] };
const strided = { ...padded, strides: [2, 2] };
const convCases: ConvCase[] = [
  ...[1, 2, 6, 17, 20, 32, 37].map((batch) => ({
    ...padded,
    title: `batch ${batch}`,
    batch,
    channels: 16,
    out: 32,
    size: [5, 6] as const,
  })),
  ...[1, 3, 20, 32].map((batch) => ({
    ...strided,
    title: `stride 2, batch ${batch}`,
    batch,
    channels: 32,
    out: 48,
    size: [8, 8] as const,
  })),
  { ...strided, title: 'stride 2, odd size', batch: 3, channels: 32, out: 32, size: [7, 9] },
  { ...strided, title: 'stride 2, odd size, stacked', batch: 18, channels: 16, out: 32, size: [7, 5] },
  {
    ...strided,
    title: 'stride 2, uneven pads',
    batch: 2,
    channels: 16,
    out: 16,
    size: [6, 8],
    pads: [0, 0, 1, 1],
  },
  { ...strided, title: 'stride 3', batch: 2, channels: 16, out: 16, size: [10, 11], strides: [3, 3] },
  {
    ...padded,
    title: 'strides of two sorts',
    batch: 2,
    channels: 16,
    out: 16,
    size: [6, 8],
    strides: [1, 2],
  },
  { title: '1x1', batch: 20, channels: 32, out: 64, size: [5, 5], kernel: 1 },
  { title: '1x1, stride 2', batch: 4, channels: 16, out: 32, size: [6, 6], kernel: 1, strides: [2, 2] },
  { title: '1x1, stride 2, odd', batch: 20, channels: 16, out: 32, size: [7, 5], kernel: 1, strides: [2, 2] },
  { title: '5x5', batch: 19, channels: 16, out: 16, size: [6, 6], kernel: 5, pads: [2, 2, 2, 2] },
  {
    title: '5x5, stride 2',
    batch: 3,
    channels: 16,
    out: 16,
    size: [9, 8],
    kernel: 5,
    pads: [2, 2, 2, 2],
    strides: [2, 2],
  },
  { title: '2x2, stride 2', batch: 3, channels: 16, out: 16, size: [8, 7], kernel: 2, strides: [2, 2] },
  { title: 'no padding', batch: 3, channels: 16, out: 16, size: [6, 6], kernel: 3 },
  { title: 'no padding, stacked', batch: 18, channels: 16, out: 32, size: [6, 6], kernel: 3 },
  { ...padded, title: 'one pixel', batch: 2, channels: 16, out: 16, size: [1, 1] },
  { ...padded, title: 'a stem of three channels', batch: 6, channels: 3, out: 32, size: [6, 7] },
  { ...padded, title: 'a stem, batch 20', batch: 20, channels: 3, out: 16, size: [6, 6] },
  {
    title: 'a 7x7 stem',
    batch: 3,
    channels: 3,
    out: 16,
    size: [14, 13],
    kernel: 7,
    pads: [3, 3, 3, 3],
    strides: [2, 2],
  },
  { ...padded, title: 'large weights', batch: 16, channels: 128, out: 144, size: [4, 4] },
  {
    ...padded,
    title: 'dilated',
    batch: 2,
    channels: 16,
    out: 16,
    size: [7, 7],
    pads: [2, 2, 2, 2],
    dilations: [2, 2],
  },
  { ...padded, title: 'groups', batch: 2, channels: 32, out: 64, size: [5, 5], group: 2 },
  { ...padded, title: 'depthwise', batch: 2, channels: 32, out: 32, size: [5, 5], group: 32 },
  { ...padded, title: 'groups within a block', batch: 2, channels: 32, out: 32, size: [5, 5], group: 8 },
  { ...padded, title: 'channels that fill no block', batch: 2, channels: 24, out: 32, size: [5, 5] },
  { ...padded, title: 'outputs that fill no block', batch: 2, channels: 32, out: 24, size: [5, 5] },
];

describe.skipIf(!device.available)('convolutions of whole blocks', () => {
  it.each(convCases)('$title', async ({ batch, channels, out, size, kernel, ...rest }) => {
    const { strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], group = 1 } = rest;
    const attributes = { strides, pads, dilations, group };
    await expectAgreement((b) => {
      const x = b.input('x', float32(batch, channels, ...size));
      const w = b.input('w', float32(out, channels / group, kernel, kernel));
      const y = b.op('Conv', [x, w], attributes);
      const dy = b.input('dy', y.type);
      return {
        y,
        dx: b.op('ConvInputGradient', [dy, w], { ...attributes, size }),
        dw: b.op('ConvWeightGradient', [x, dy], { ...attributes, kernel: [kernel, kernel] }),
      };
    });
  });
});

describe.skipIf(!device.available)('layouts', () => {
  const conv = (b: Builder, name: string, x: Value, out: number) =>
    b.op('Conv', [x, b.input(name, float32(out, x.type.shape[1], 1, 1))]);

  it('runs every operator of a residual block between convolutions', async () => {
    await expectAgreement((b) => {
      const x = conv(b, 'w', b.input('x', float32(2, 16, 5, 6)), 16);
      const [scale, shift] = [b.input('scale', float32(16)), b.input('shift', float32(16))];
      const [y, mean, variance] = b.apply('BatchNormalizationTraining', [x, scale, shift]);
      const sum = b.op('Add', [y, x]);
      const out = b.op('Relu', [sum]);
      const dy = b.op('ReluGradient', [conv(b, 'v', x, 16), out]);
      const [dx, dscale, dshift] = b.apply('BatchNormalizationGradient', [dy, x, scale, mean, variance]);
      return { out, dx, dscale, dshift, mean, variance, next: conv(b, 'u', out, 32) };
    });
  });

  it('keeps a sum that somebody else reads, and one of two batch norms', async () => {
    await expectAgreement((b) => {
      const x = conv(b, 'w', b.input('x', float32(3, 16, 4, 4)), 32);
      const norm = (name: string) =>
        b.apply('BatchNormalizationTraining', [
          x,
          b.input(`${name} scale`, float32(32)),
          b.input(`${name} shift`, float32(32)),
        ])[0];
      const sum = b.op('Add', [norm('a'), norm('b')]);
      const double = b.op('Add', [norm('c'), norm('c2')]);
      return { sum, out: b.op('Relu', [sum]), double: b.op('Relu', [double]), self: b.op('Add', [x, x]) };
    });
  });

  it('subsamples, pads, joins, cuts and pools', async () => {
    await expectAgreement((b) => {
      const x = conv(b, 'w', b.input('x', float32(2, 16, 7, 6)), 32);
      const slice = (v: Value, starts: number[], ends: number[], steps: number[]) =>
        b.op('Slice', [v], { starts, ends, steps });
      const thin = slice(x, [0, 0, 0, 0], [2, 32, 7, 6], [1, 1, 2, 2]);
      const wide = b.op('Pad', [thin], { pads: [0, 0, 0, 0, 0, 32, 0, 0] });
      const means = b.op('GlobalAveragePool', [x]);
      const [left, right] = b.apply('Split', [x], { axis: 1, sizes: [16, 16] });
      const [odd] = b.apply('Split', [x], { axis: 1, sizes: [8, 24] });
      return {
        wide,
        odd,
        uneven: b.op('Pad', [x], { pads: [0, 3, 1, 0, 0, 5, 0, 1] }),
        back: slice(wide, [0, 16, 0, 0], [2, 48, 4, 3], [1, 1, 1, 1]),
        window: slice(x, [0, 0, 1, 2], [2, 32, 6, 5], [1, 1, 1, 1]),
        spread: b.op('SliceGradient', [thin], {
          starts: [0, 0, 0, 0],
          steps: [1, 1, 2, 2],
          shape: [2, 32, 7, 6],
        }),
        offset: b.op('SliceGradient', [thin], {
          starts: [0, 0, 1, 0],
          steps: [1, 1, 2, 2],
          shape: [2, 32, 8, 6],
        }),
        joined: b.op('Concat', [right, left, x], { axis: 1 }),
        means,
        expanded: b.op('Expand', [b.op('Mul', [means, b.constant(float32(), [0.5])])], {
          shape: [2, 32, 7, 6],
        }),
        pool: b.op('MaxPool', [x], { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
        rows: b.op('Flatten', [x]),
        gate: b.op('Mul', [x, b.op('Sigmoid', [means])]),
        total: b.op('ReduceSum', [x], { keepdims: false }),
        channels: b.op('ReduceSum', [x], { axes: [0, 2, 3], keepdims: false }),
      };
    });
  });

  it('normalises far from zero as exactly as near it', async () => {
    const b = newBuilder('far from zero');
    const x = b.op('Conv', [b.input('x', float32(4, 16, 6, 6)), b.input('w', float32(16, 16, 1, 1))]);
    const far = b.op('Add', [x, b.constant(float32(), [1])]);
    const [scale, shift] = [b.input('scale', float32(16)), b.input('shift', float32(16))];
    const [y, mean, variance] = b.apply('BatchNormalizationTraining', [far, scale, shift]);
    const [dx, dscale] = b.apply('BatchNormalizationGradient', [
      b.input('dy', y.type),
      far,
      scale,
      mean,
      variance,
    ]);
    for (const [name, value] of Object.entries({ y, mean, variance, dx, dscale }))
      b.output(`result:${name}`, value);
    // The deviation of x is a hundredth of the mean.
    const draw = (name: string, n: number) => hashUniform(name, n).map((v) => (name === 'w' ? v * 0.007 : v));
    for (const [name, difference] of Object.entries(await differences(b.finish(), draw)))
      expect(difference, name).toBeLessThan(1e-4);
  });
});

describe.skipIf(!device.available)('whole steps of a network of whole blocks', () => {
  const step = { ...sgd, network: 'resnet8', options: { width: 16, classes: 4 }, learningRate: 0.05 };
  const cases: StepCase[] = [
    ...[2, 6, 20].map((batch) => ({
      ...step,
      title: `padded shortcuts, batch ${batch}`,
      batch,
      input: [3, 8, 8] as const,
    })),
    { ...step, title: 'padded shortcuts, batch 32', batch: 32, input: [3, 6, 6] },
    { ...step, title: 'odd images', batch: 3, input: [3, 9, 7] },
    {
      ...step,
      title: 'projections, odd images, batch 20',
      batch: 20,
      input: [3, 7, 9],
      options: { ...step.options, shortcut: 'projection' },
    },
    { ...step, title: 'a plain network', network: 'plain8', batch: 6, input: [3, 8, 8] },
  ];

  it.each(cases)('$title', async (spec) => {
    const want = await runSteps(referenceEngine, 'reference', spec, 2);
    expectStepAgreement(await runSteps(engine, 'cpu', spec, 2), want);
  });

  it('keeps weights in their own order outside, whatever the layout inside', async () => {
    const { program, training } = await prepareSteps(engine, 'cpu', cases[0]);
    const state = new Map(
      [...(await program.readState())].map(([name, data]) => [name, data.map((_, i) => i % 1000)]),
    );
    await program.writeState(state);
    expect(await program.readState()).toEqual(state);
    // And there is a layout inside: the 3x3 weights of two whole blocks and more are kept blocked.
    const { packed } = spellGraph(training.graph, 'cpu', 16);
    expect(packed.get('parameters')!.length).toBe(
      training.parameters.entries.filter((e) => e.shape[2] === 3).length,
    );
    expect(packed.get('momentum')).toEqual(packed.get('parameters'));
    await program.dispose();
  });
});

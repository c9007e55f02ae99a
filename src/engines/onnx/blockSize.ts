/**
 * Which block size the blocked layout has on this machine: 16 channels with AVX-512, 8 on most others, none where
 * onnxruntime has no such kernels. Read off a re-ordered ramp (a re-ordering takes any number of channels, so
 * nothing is guessed), and then every kernel that the lowering relies on is compared with the plain layout. A
 * kernel is only ever given whole blocks, for fewer output channels would end the process.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { t } from '../../base/localize';
import { Builder } from '../../ir/builder';
import type { Graph } from '../../ir/graph';
import { float32, sizeOf } from '../../ir/tensorType';
import { rules } from '../../ops';
import { nchwc } from './blocked/nchwc';
import { OnnxModel } from './onnxModel';
import { spellGraph } from './spellGraph';

export type Runtime = { InferenceSession: typeof InferenceSession; Tensor: typeof Tensor };

/** The block size, or 0 and the reason why the plain layout is used. */
export interface BlockSize {
  readonly size: number;
  readonly reason?: string;
}

let known: Promise<BlockSize> | undefined;

/** Asked once a process. */
export function blockSizeOf(runtime: Runtime): Promise<BlockSize> {
  known ??= probe(runtime).catch((error) => ({ size: 0, reason: firstLine(error) }));
  return known;
}

async function probe(runtime: Runtime): Promise<BlockSize> {
  const size = await readBlockSize(runtime);
  if (![4, 8, 16, 32].includes(size)) return { size: 0, reason: t('blocks of {0} channels', size) };
  const graph = sampleGraph(size);
  const [plain, blocked] = [await runSample(runtime, graph, 0), await runSample(runtime, graph, size)];
  for (const [name, want] of Object.entries(plain)) {
    const scale = want.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const worst = want.reduce((a, b, i) => Math.max(a, Math.abs(b - blocked[name][i])), 0);
    if (!(worst <= 1e-4 * scale))
      return { size: 0, reason: t('{0} differs from the plain layout by {1}', name, worst / scale) };
  }
  return { size };
}

/** Two pixels of 32 channels, numbered: a pixel's channels come first, so pixel 2 lies `block` places in. */
async function readBlockSize({ InferenceSession, Tensor }: Runtime): Promise<number> {
  const model = new OnnxModel('cpu', 'block size');
  const type = float32(1, 32, 1, 2);
  model.input('x', type);
  model.output('y', nchwc(model, 'ReorderInput', ['x']), type);
  const session = await InferenceSession.create(model.finish(), { graphOptimizationLevel: 'disabled' });
  const ramp = Float32Array.from({ length: 64 }, (_, i) => i + 1);
  const { y } = await session.run({ x: new Tensor('float32', ramp, type.shape) });
  await session.release();
  return (y.data as Float32Array).indexOf(2);
}

/** One of each convolution: forward, both gradients, stride 1 and 2, batch norm, and a stem of few channels. */
function sampleGraph(block: number): Graph {
  const b = new Builder(rules, 'layout check');
  const [n, h, c] = [2, 6, 2 * block];
  const image = b.input('given:image', float32(n, 3, h, h));
  const x = b.input('given:x', float32(n, c, h, h));
  const dy = b.input('given:dy', float32(n, c, h, h));
  const half = b.input('given:half', float32(n, c, h / 2, h / 2));
  const [stem, weights] = [
    b.input('given:stem', float32(c, 3, 3, 3)),
    b.input('given:weights', float32(c, c, 3, 3)),
  ];
  const [scale, shift] = [b.input('given:scale', float32(c)), b.input('given:shift', float32(c))];
  const padded = { pads: [1, 1, 1, 1] };
  const strided = { ...padded, strides: [2, 2] };
  b.output('stem', b.op('Conv', [image, stem], padded));
  b.output('conv', b.op('Conv', [x, weights], padded));
  b.output('stridedConv', b.op('Conv', [x, weights], strided));
  b.output('inputGradient', b.op('ConvInputGradient', [dy, weights], { ...padded, size: [h, h] }));
  b.output('stridedInputGradient', b.op('ConvInputGradient', [half, weights], { ...strided, size: [h, h] }));
  b.output('weightGradient', b.op('ConvWeightGradient', [x, dy], { ...padded, kernel: [3, 3] }));
  b.output('stridedWeightGradient', b.op('ConvWeightGradient', [x, half], { ...strided, kernel: [3, 3] }));
  b.output('stemWeightGradient', b.op('ConvWeightGradient', [image, dy], { ...padded, kernel: [3, 3] }));
  const copied = b.op('Conv', [x, weights], padded);
  const [y, mean, variance] = b.apply('BatchNormalizationTraining', [copied, scale, shift]);
  b.output('norm', b.op('Relu', [b.op('Add', [y, dy])]));
  const [dx] = b.apply('BatchNormalizationGradient', [dy, copied, scale, mean, variance]);
  b.output('normGradient', dx);
  return b.finish();
}

async function runSample({ InferenceSession, Tensor }: Runtime, graph: Graph, block: number) {
  const session = await InferenceSession.create(spellGraph(graph, 'cpu', block).model, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = graph.inputs.map(({ name, type }, k) => {
    // A fixed zigzag: no two neighbours alike, and no common factor with any block size.
    const data = Float32Array.from({ length: sizeOf(type.shape) }, (_, i) => (((i + k) * 37) % 101) / 50 - 1);
    return [name, new Tensor('float32', data, type.shape)];
  });
  const outputs = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
}

function firstLine(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0] : String(error);
}

/** Networks written as ONNX and as TensorFlow.js give the outputs of the engine's own evaluation, to 1e-5. */
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { onnx } from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawNoises } from '../../src/autodiff/noises';
import { pack, unpack } from '../../src/autodiff/parameterLayout';
import { trainingGraph } from '../../src/autodiff/trainingGraph';
import { exportOnnx } from '../../src/engines/onnx/exportOnnx';
import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { interpret } from '../../src/engines/reference/referenceEngine';
import { exportTfjs, type TfjsModel } from '../../src/engines/tfjs/exportTfjs';
import type { Graph } from '../../src/ir/graph';
import { float32, sizeOf } from '../../src/ir/tensorType';
import { losses } from '../../src/losses';
import { findNetwork, type NetworkChoice } from '../../src/networks';
import type { Network } from '../../src/networks/network';
import { newBuilder, verify } from '../../src/ops';
import { optimizers } from '../../src/optimizers';
import { goldenParameters } from '../golden/golden';
import { hashUniform } from '../hashUniform';

/**
 * Fifty hashed layers multiply rounding errors by a hundred (float32 is 7e-5 from float64 then, whoever computes),
 * unless their branches are small, as training makes them.
 */
const damped = { scaling: '1/sqrt(L)' };

/** Small networks that have every operator of inference graphs between them. */
const cases: readonly (NetworkChoice & { readonly name: string })[] = [
  { name: 'resnet20' },
  { name: 'plain20' },
  { name: 'preact-resnet20', options: { activation: 'leaky-relu' } },
  { name: 'resnet8', options: { norm: 'group', groups: 4, activation: 'gelu' } },
  { name: 'resnet8', options: { skip: 'exclusive-gate', shortcut: 'projection', activation: 'elu' } },
  { name: 'resnet8', options: { scaling: 'fixup', norm: 'none', activation: 'silu' } },
  { name: 'resnet8', options: { survival: 0.5, activation: 'tanh' } },
  { name: 'resnext50-32x4d', options: { ...damped, width: 8, classes: 5 }, input: [3, 64, 64] },
  { name: 'resnet18', options: { width: 8, classes: 5 }, input: [3, 64, 64] },
  { name: 'resnet50v2', options: { ...damped, width: 8, classes: 5 }, input: [3, 64, 64] },
  { name: 'keras-blocks', options: { projection: true, blocks: 3, filters: 8 }, input: [3, 33, 30] },
  { name: 'd2l-resnet18', options: { width: 8 } },
  { name: 'sequential-cnn', options: { filters: 8, units: 16 }, input: [3, 40, 36] },
  { name: 'vgg16-bn', options: { width: 8, units: 32, classes: 5 }, input: [3, 32, 32] },
  { name: 'alexnet', options: { width: 8, units: 32, classes: 5 }, input: [3, 96, 96] },
  { name: 'mlp-resnet', options: { width: 16, blocks: 2 }, input: [3, 6, 5] },
  {
    name: 'mlp-resnet',
    options: { width: 16, blocks: 2, norm: 'group', skip: 'shortcut-gate' },
    input: [3, 6, 5],
  },
];

const batch = 3;

/** Hashed weights, and the running statistics that one batch of images leaves behind. */
async function weightsOf(name: string, choice: NetworkChoice): Promise<Map<string, Float32Array>> {
  const isNormed = findNetwork(name, choice).options.norm === 'batch';
  const options = isNormed ? { ...choice.options, bnMomentum: 0 } : choice.options;
  const network = findNetwork(name, { ...choice, options });
  const training = trainingGraph(network.build(batch, 'training'), {
    loss: losses['cross-entropy'],
    optimizer: optimizers.sgd,
    optimizerOptions: { momentum: 0, weightDecay: 0 },
    record: false,
  });
  const weights = goldenParameters(training.parameters);
  if (!isNormed) return weights;
  const program = await onnxEngine.compile(training.graph, { device: 'cpu', threads: 1 });
  await program.writeState(
    new Map([
      ['parameters', pack(training.parameters, weights)],
      ['statistics', new Float32Array(training.statistics.size)],
    ]),
  );
  await program.step({
    input: imagesFor(network),
    labels: BigInt64Array.from({ length: batch }, (_, i) => BigInt(i)),
    learningRate: Float32Array.of(0),
    step: Float32Array.of(1),
    lossScale: Float32Array.of(1),
    ...drawNoises(training.graph.noises, 1, 1),
  });
  const statistics = unpack(training.statistics, (await program.readState()).get('statistics')!);
  await program.dispose();
  return new Map([...weights, ...statistics]);
}

function imagesFor(network: Network): Float32Array {
  return Float32Array.from(hashUniform('input', batch * sizeOf(network.inputShape)));
}

async function expectedLogits(network: Network, weights: Map<string, Float32Array>, images: Float32Array) {
  const program = await onnxEngine.compile(network.build(batch, 'inference'), { device: 'cpu', threads: 1 });
  await program.writeState(weights);
  const { logits } = await program.evaluate({ input: images });
  await program.dispose();
  return logits;
}

function expectClose(got: ArrayLike<number>, want: Float32Array) {
  const largest = want.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  expect(got.length).toBe(want.length);
  want.forEach((v, i) => {
    expect(Math.abs(got[i] - v) / largest, `logit ${i}`).toBeLessThan(1e-5);
  });
}

/** N, C, H, W to N, H, W, C. */
function channelsBehind(images: Float32Array, [c, h, w]: readonly number[]): Float32Array {
  const result = new Float32Array(images.length);
  for (let n = 0; n < batch; n++)
    for (let k = 0; k < c; k++)
      for (let p = 0; p < h * w; p++) result[(n * h * w + p) * c + k] = images[(n * c + k) * h * w + p];
  return result;
}

async function runTfjs({ modelJson, files }: TfjsModel, images: Float32Array, input: readonly number[]) {
  const { modelTopology, weightsManifest, signature, format } = JSON.parse(modelJson);
  const weightData = Buffer.concat([...files.values()]);
  const model = await loadGraphModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: weightData.buffer.slice(weightData.byteOffset, weightData.byteOffset + weightData.length),
      signature,
      format,
    }),
  );
  const [c, h, w] = input;
  const x = tf.tensor4d(channelsBehind(images, input), [batch, h, w, c]);
  const y = model.predict(x) as tf.Tensor;
  const logits = await y.data();
  tf.dispose([x, y]);
  model.dispose();
  return logits;
}

const zeros = ({ parameters }: Graph) =>
  new Map(parameters.map(({ value: { name, type } }) => [name, new Float32Array(sizeOf(type.shape))]));

describe('networks for others', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(cases.map((c) => [`${c.name} ${JSON.stringify(c.options ?? {})}`, c] as const))(
    '%s',
    async (_, { name, ...choice }) => {
      const network = findNetwork(name, choice);
      const weights = await weightsOf(name, choice);
      const images = imagesFor(network);
      const want = await expectedLogits(network, weights, images);
      const graph = network.build(1, 'inference');

      const session = await InferenceSession.create(exportOnnx(graph, weights));
      const input = new Tensor('float32', images, [batch, ...network.inputShape]);
      const { logits } = await session.run({ input });
      expect(logits.dims).toEqual([batch, network.classes]);
      expectClose(logits.data as Float32Array, want);
      await session.release();

      expectClose(await runTfjs(exportTfjs(graph, weights), images, network.inputShape), want);
    },
  );

  it('ONNX files are opset 17, of ai.onnx alone, with parameters under their public names', () => {
    const graph = findNetwork('resnet20').build(1, 'inference');
    const bytes = exportOnnx(graph, zeros(graph));
    const model = onnx.ModelProto.decode(bytes);
    expect(model.opsetImport.map((o) => [o.domain ?? '', Number(o.version)])).toEqual([['', 17]]);
    const names = model.graph!.initializer!.map((i) => i.name);
    expect(names).toContain('layer2.0.conv1.weight');
    expect(names).toContain('layer3.2.bn2.running_var');
    expect(model.graph!.input!.map((i) => i.name)).toEqual(['input']);
    expect(model.graph!.input![0].type!.tensorType!.shape!.dim![0].dimParam).toBe('N');
  });

  it('weights of TensorFlow.js come in files of at most 4 MiB that model.json names', () => {
    const graph = findNetwork('resnet18').build(1, 'inference');
    const { modelJson, files } = exportTfjs(graph, zeros(graph));
    const { weightsManifest, format } = JSON.parse(modelJson);
    expect(format).toBe('graph-model');
    expect(weightsManifest[0].paths).toEqual([...files.keys()]);
    expect(files.size).toBe(12);
    for (const file of files.values()) expect(file.length).toBeLessThanOrEqual(4 * 1024 * 1024);
  });
});

describe('operators that only other people write', () => {
  /** A graph of reshapes, transposes, splits, means and joins, as read from somebody's source. */
  function oddGraph(size: number, mode: 'inference' | 'training' = 'inference'): Graph {
    const b = newBuilder('odd', mode);
    const x = b.input('input', float32(size, 4, 6, 6));
    const averages = b.constant(float32(4, 1, 2, 2), new Array<number>(16).fill(0.25));
    const pooled = b.op('Conv', [x, averages], { strides: [2, 2], group: 4 });
    const [first, second] = b.apply('Split', [pooled], { axis: 1, sizes: [1, 3] });
    const joined = b.op('Concat', [second, first], { axis: 1 });
    const turned = b.op('Transpose', [joined], { perm: [0, 2, 3, 1] });
    const rows = b.op('Reshape', [turned], { shape: [size, 9, 4] });
    const means = b.op('ReduceMean', [rows], { axes: [1], keepdims: false });
    const spread = b.op('ReduceMean', [b.op('Mul', [x, x])], { axes: [2, 3], keepdims: false });
    const root = b.op('Sqrt', [b.op('Add', [spread, b.constant(float32(), [1])])]);
    const ratio = b.op('Div', [means, root]);
    const sums = b.op('ReduceSum', [joined], { axes: [3], keepdims: false });
    const flat = b.op('Reshape', [sums], { shape: [size, 12] });
    const gate = b.op('Reshape', [b.op('Softplus', [means])], { shape: [size, 4, 1, 1] });
    const gated = b.op('Mul', [joined, b.op('Expand', [gate], { shape: [size, 4, 3, 3] })]);
    const shares = b.op('Softmax', [b.op('Softmax', [gated], { axis: 1 })], { axis: 3 });
    const products = b.op('MatMul', [shares, b.op('Transpose', [joined], { perm: [0, 1, 3, 2] })]);
    const attended = b.op('Flatten', [products]);
    const clipped = b.op('Clip', [ratio], { min: -0.05, max: 0.05 });
    b.output('logits', b.op('Concat', [clipped, flat, attended], { axis: 1 }));
    return verify(b.finish());
  }

  it('come out the same, for any batch', async () => {
    const images = Float32Array.from(hashUniform('odd', batch * 144));
    const values = interpret(oddGraph(batch), new Map([['input', images]]));
    const want = Float32Array.from(values.get(oddGraph(batch).outputs[0].value.name)!.data);
    const session = await InferenceSession.create(exportOnnx(oddGraph(1), new Map()));
    const { logits } = await session.run({ input: new Tensor('float32', images, [batch, 4, 6, 6]) });
    expectClose(logits.data as Float32Array, want);
    await session.release();
    await tf.setBackend('cpu');
    expectClose(await runTfjs(exportTfjs(oddGraph(1), new Map()), images, [4, 6, 6]), want);
  });
});

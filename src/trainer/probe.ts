/**
 * One forward and backward pass in training mode with given (or freshly drawn) weights and batch: what a network's
 * gradient looks like before anything was trained, and how other frameworks are compared with this one.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { loadData } from '../datasets';
import { augmentationOf } from '../datasets/augmentation';
import { trainingBatches } from '../datasets/batches';
import { readDataOptions } from '../datasets/dataOptions';
import type { LoadedData } from '../datasets/dataset';
import { describeNetwork } from '../networks/describe';
import type { Network } from '../networks/network';
import type { ProbeRequest, ProbeResult } from '../protocol/trainer';
import { readSafetensors } from '../runs/safetensors';
import { chooseNetwork } from '../workspace/chooseNetwork';
import { givenWeights } from './givenWeights';
import { place } from './place';
import { type LabelledBatch, type StepResult, TrainedNetwork } from './trainedNetwork';

export async function probe(request: ProbeRequest): Promise<ProbeResult> {
  const placed = await place(request.device, request.threads);
  const { network, batch, size } = request.batch
    ? batchFromFile(request, request.batch)
    : await batchFromData(request);
  const graph = network.build(size, 'training');
  const weights = givenWeights(network, graph, request.weights ?? request.network.weights);
  const settings = {
    optimizer: 'sgd',
    optimizerOptions: { momentum: 0, weightDecay: 0 },
    batchSize: size,
  } as const;
  const trained = await TrainedNetwork.compile(network, graph, { ...settings, seed: request.seed }, placed);
  try {
    if (weights) await trained.writeTensors(weights);
    return resultOf(trained, await trained.probe(batch), size);
  } finally {
    await trained.dispose();
  }
}

function batchFromFile(
  request: ProbeRequest,
  file: string,
): { network: Network; batch: LabelledBatch; size: number } {
  const { tensors } = readSafetensors(file);
  const input = tensors.get('input');
  const labels = tensors.get('labels');
  if (
    !(input?.data instanceof Float32Array) ||
    input.shape.length !== 4 ||
    !(labels?.data instanceof BigInt64Array)
  )
    throw new SkiplensError(
      'probe/batch',
      t('{0} is no batch: it needs "input" (float32, N x C x H x W) and "labels" (int64, N).', file),
    );
  const [size, c, h, w] = input.shape;
  const network = chooseNetwork({ ...request.network, input: request.network.input ?? [c, h, w] });
  if (network.inputShape.join() !== [c, h, w].join())
    throw new SkiplensError(
      'probe/batch',
      t(
        '{0} takes images of {1}, but those in {2} are {3}.',
        network.title,
        network.inputShape.join('x'),
        file,
        `${c}x${h}x${w}`,
      ),
    );
  if (labels.data.length !== size)
    throw new SkiplensError(
      'probe/batch',
      t('{0} holds {1} images and {2} labels.', file, size, labels.data.length),
    );
  const wrong = labels.data.findIndex((label) => label < 0n || label >= BigInt(network.classes));
  if (wrong >= 0)
    throw new SkiplensError(
      'probe/batch',
      t(
        'Label {0} in {1} is {2}, but {3} has the classes 0 to {4}.',
        wrong,
        file,
        String(labels.data[wrong]),
        network.title,
        network.classes - 1,
      ),
    );
  return { network, batch: { images: input.data, labels: labels.data }, size };
}

async function batchFromData(
  request: ProbeRequest,
): Promise<{ network: Network; batch: LabelledBatch; size: number }> {
  const spec = request.data ?? 'drawn';
  const size = request.batchSize ?? 64;
  const input = request.network.input;
  const data: LoadedData = await loadData(spec, {
    ...readDataOptions(request.dataOptions ?? {}),
    seed: request.seed,
  });
  const network = chooseNetwork(
    { ...request.network, input },
    { title: data.title, shape: data.shape, classes: data.classes.length },
  );
  const augment = augmentationOf(spec, request.dataOptions);
  const batch = trainingBatches(data.train, { batchSize: size, seed: request.seed, augment }).at(0);
  return { network, batch, size };
}

function resultOf(trained: TrainedNetwork, result: StepResult, size: number): ProbeResult {
  const { training, network, vectorNames } = trained;
  const { measurements, logits, loss } = result;
  const at = (kind: keyof typeof measurements) => {
    const places = new Map(vectorNames[kind].map((name, i) => [name, i]));
    return (name: string) => measurements[kind][places.get(name) ?? -1] ?? Number.NaN;
  };
  const norm = at('activationNorm');
  const mean = at('activationMean');
  const std = at('activationStd');
  const gradient = at('activationGradientNorm');
  const skip = at('skipNorm');
  const branch = at('branchNorm');
  const cosine = at('forkCosine');
  const classes = logits.length / size;
  return {
    network: describeNetwork(network, vectorNames),
    loss,
    logits: Array.from({ length: size }, (_, i) => [...logits.subarray(i * classes, (i + 1) * classes)]),
    parameters: training.parameters.entries.map(({ name, shape }, i) => ({
      name,
      shape,
      weightNorm: measurements.weightNorm[i],
      gradientNorm: measurements.weightGradientNorm[i],
    })),
    blocks: training.points
      .filter((p) => p.kind === 'block')
      .map(({ scope, name, value }) => ({
        scope,
        name,
        outputShape: value.type.shape,
        activationNorm: norm(`${scope}/`),
        activationMean: mean(`${scope}/`),
        activationStd: std(`${scope}/`),
        activationGradientNorm: gradient(`${scope}/`),
        skip: vectorNames.skipNorm.includes(scope)
          ? { skipNorm: skip(scope), branchNorm: branch(scope), cosine: cosine(scope) }
          : null,
      })),
    vectors: measurements,
  };
}

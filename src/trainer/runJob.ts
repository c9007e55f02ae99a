/**
 * One run from settings to its end: data, networks, device, compilation, the loop, and the record on disk. Events
 * leave through `emit`; the record has every step, the events at most ten a second.
 */
import { SkiplensError, toPlainError } from '../base/errors';
import { t } from '../base/localize';
import { loadData } from '../datasets';
import { augmentationOf } from '../datasets/augmentation';
import { trainingBatches } from '../datasets/batches';
import { readDataOptions } from '../datasets/dataOptions';
import type { LoadedData } from '../datasets/dataset';
import type { EngineNotice } from '../engines/engine';
import { findNetwork } from '../networks';
import { describeNetwork } from '../networks/describe';
import type { Network } from '../networks/network';
import { overSeeds } from '../protocol/bands';
import type { NetworkDescription } from '../protocol/description';
import { type NetworkSettings, type RunSettings, readNestedOptions, seedsOf } from '../protocol/settings';
import type { EndStatus, StepNumbers, TrainerEvents } from '../protocol/trainer';
import { describeReplicas } from '../runs/replicas';
import type { Json, NewRun } from '../runs/run';
import { createRun, type RunWriter, resumeRun } from '../runs/runWriter';
import { chooseNetwork, type DataFit } from '../workspace/chooseNetwork';
import { readResumable, restore, saveCheckpoint, type TrainedReplica } from './checkpoint';
import { givenWeights } from './givenWeights';
import { type LoopControl, type LoopEvent, trainingLoop } from './loop';
import { Pace } from './pace';
import { type Placed, place } from './place';
import { Throttle } from './throttle';
import { type StepResult, TrainedNetwork } from './trainedNetwork';

export type Emit = <K extends keyof TrainerEvents>(
  name: K,
  payload: Omit<TrainerEvents[K], 'ticket'>,
) => void;

export type JobOrder =
  | { readonly kind: 'start'; readonly settings: RunSettings; readonly root: string }
  | { readonly kind: 'resume'; readonly folder: string; readonly steps?: number };

interface Prepared {
  readonly settings: RunSettings;
  readonly data: LoadedData;
  readonly placed: Placed;
  /** The seeds of one network stand together. */
  readonly replicas: readonly TrainedReplica[];
  readonly writer: RunWriter;
  readonly firstStep: number;
}

/** Runs to the end; the promise resolves whatever the end is, and `run/ended` has said which. */
export async function runJob(order: JobOrder, control: LoopControl, emit: Emit): Promise<void> {
  let prepared: Prepared | undefined;
  try {
    prepared = await prepare(order, control, emit);
    await follow(prepared, control, emit);
  } catch (error) {
    const { code, message } = toPlainError(control.stopping && !prepared ? cancelled() : error);
    const status: EndStatus = code === 'run/cancelled' ? 'stopped' : 'crashed';
    prepared?.writer.end(status, message, code);
    emit('run/ended', { status, step: 0, code, reason: message });
    if (code === 'internal') emit('log/line', { level: 'error', text: toPlainError(error).stack ?? message });
  } finally {
    for (const { trained } of prepared?.replicas ?? []) await trained.dispose();
  }
}

/** What the run is called before it exists: for the queue. */
export function titleOf(settings: RunSettings): string {
  const [first, second] = settings.networks.map(nameOf);
  return second === undefined ? first : t('{0} and {1}', first, second);
}

function nameOf({ network, options, plain }: NetworkSettings): string {
  const name = presetTitle(network, options) ?? network;
  return plain ? t('the plain twin of {0}', name) : name;
}

/** Undefined for a model of a source file, which is read only when its turn has come. */
function presetTitle(network: string, options: NetworkSettings['options']): string | undefined {
  try {
    return findNetwork(network, { options }).title;
  } catch (error) {
    if (error instanceof SkiplensError) return undefined;
    throw error;
  }
}

async function prepare(order: JobOrder, control: LoopControl, emit: Emit): Promise<Prepared> {
  const resumed = order.kind === 'resume' ? await readResumable(order.folder) : null;
  const asked: RunSettings = resumed
    ? { ...resumed.settings, steps: (order as { steps?: number }).steps ?? resumed.settings.steps }
    : (order as { settings: RunSettings }).settings;
  emit('run/phase', { phase: 'data' });
  const data = await loadData(asked.data, {
    ...readDataOptions(asked.dataOptions ?? {}),
    seed: asked.seed,
    signal: control.signal,
    onProgress: (share) => emit('run/phase', { phase: 'data', share }),
  });
  const settings = settleSteps(asked, data, order);
  if (resumed && resumed.step >= settings.steps)
    throw new SkiplensError(
      'run/complete',
      t('This run has done all of its {0} steps; ask for more with --steps.', settings.steps),
    );
  const placed = await place(settings.device, settings.threads);
  const chosen = withOwnNames(settings.networks.map((n) => chooseNetwork(n, fitOf(data))));
  const seeds = seedsOf(settings);
  const compiled: TrainedNetwork[] = [];
  const descriptions: NetworkDescription[] = [];
  try {
    for (const [i, network] of chosen.entries()) {
      const onStage = async (share: number) => {
        emit('run/phase', {
          phase: 'compile',
          network: network.title,
          share: (i + share) / chosen.length,
        });
        await breath();
        if (control.stopping) throw cancelled();
      };
      await onStage(0);
      const graph = network.build(settings.batchSize, 'training');
      // A checkpoint knows better than the file that the run once began with.
      const weights = resumed ? undefined : givenWeights(network, graph, settings.networks[i].weights);
      await onStage(0.1);
      const onNotice = noticesOf(network.title, emit);
      const trained = await TrainedNetwork.compile(network, graph, settings, {
        ...placed,
        onNotice,
        onStage,
      });
      compiled.push(trained);
      // The others train in states of their own on what was compiled for the first.
      for (const seed of seeds.slice(1)) compiled.push(await trained.replica(seed));
      if (weights) for (const replica of compiled.slice(-seeds.length)) await replica.writeTensors(weights);
      descriptions.push(describeNetwork(network, trained.vectorNames));
    }
    const recorded = describeReplicas(descriptions, seeds);
    const replicas = compiled.map((trained, i): TrainedReplica => {
      const network = Math.floor(i / seeds.length);
      return { network, seed: seeds[i % seeds.length], name: recorded[i].name, trained };
    });
    const firstStep = resumed ? await restore(resumed, replicas) : 0;
    const writer =
      order.kind === 'resume'
        ? resumeRun(order.folder, firstStep)
        : createRun(order.root, newRun(settings, data, placed, descriptions));
    const { id, folder, description } = writer;
    emit('run/started', {
      id,
      folder,
      title: description.title,
      settings,
      device: { id: placed.device, title: placed.title },
      data: {
        title: data.title,
        classes: data.classes,
        train: data.train.count,
        validation: data.validation.count,
      },
      networks: descriptions,
      seeds,
      step: firstStep,
      totalSteps: settings.steps,
    });
    return { settings, data, placed, replicas, writer, firstStep };
  } catch (error) {
    // Nobody else knows of them yet.
    for (const trained of compiled) await trained.dispose();
    throw error;
  }
}

/** What an engine says while it makes ready (a first step that compiles for minutes): a phase, and a line of log. */
function noticesOf(network: string, emit: Emit): (notice: EngineNotice) => void {
  return ({ code, message, done, total }) => {
    if (code !== 'firstRun/running') emit('log/line', { level: 'info', text: message });
    if (code === 'firstRun/finished') emit('run/phase', { phase: 'training' });
    else emit('run/phase', { phase: 'compile', network, share: total ? (done ?? 0) / total : undefined });
  };
}

function fitOf({ title, shape, classes }: LoadedData): DataFit {
  return { title, shape, classes: classes.length };
}

/** Two variants of one network in a comparison are told apart by a number behind the name. */
function withOwnNames(networks: readonly Network[]): Network[] {
  return networks.map((network, i) => {
    const earlier = networks.slice(0, i).filter((n) => n.name === network.name).length;
    if (earlier === 0) return network;
    const suffix = earlier + 1;
    return { ...network, name: `${network.name}-${suffix}`, title: `${network.title} (${suffix})` };
  });
}

/** Epochs become steps; an explicit number of steps (on resuming) has the last word. */
function settleSteps(asked: RunSettings, data: LoadedData, order: JobOrder): RunSettings {
  const { stepsPerEpoch } = trainingBatches(data.train, { ...asked, augment: 'none' });
  if (!(asked.epochs > 0) || (order.kind === 'resume' && order.steps !== undefined)) return asked;
  return { ...asked, steps: Math.max(1, Math.round(asked.epochs * stepsPerEpoch)) };
}

function newRun(
  settings: RunSettings,
  data: LoadedData,
  placed: Placed,
  networks: readonly NetworkDescription[],
): NewRun {
  const first = networks[0];
  return {
    slug: first.name,
    title: networks.length > 1 ? t('{0} and {1}', first.title, networks[1].title) : first.title,
    seed: settings.seed,
    device: placed.device,
    data: {
      spec: settings.data,
      id: data.id,
      title: data.title,
      classes: data.classes,
      shape: data.shape,
      train: data.train.count,
      validation: data.validation.count,
      mean: data.normalisation.mean,
      std: data.normalisation.std,
    },
    // Defaults are written out, so that the record means the same when a default changes.
    settings: {
      ...settings,
      ...readNestedOptions(settings, settings),
      deviceTitle: placed.title,
      threads: placed.threads,
    } as unknown as { [key: string]: Json },
    networks: describeReplicas(networks, seedsOf(settings)) as unknown as NewRun['networks'],
  };
}

async function follow(prepared: Prepared, control: LoopControl, emit: Emit): Promise<void> {
  const { settings, replicas } = prepared;
  const networks = replicas.map(({ trained }) => trained);
  const seeds = replicas.map(({ seed }) => seed);
  const augmentation = augmentationOf(settings.data, settings.dataOptions, settings.augment);
  const steps = new Throttle((payload: TrainerEvents['run/step']) => emit('run/step', payload));
  const pace = new Pace(settings.batchSize * networks.length, settings.steps, prepared.firstStep);
  const now = () => performance.now() / 1000;
  emit('run/phase', { phase: 'training' });
  for await (const event of trainingLoop({ ...prepared, networks, seeds, augmentation, now }, control)) {
    await record(event, prepared, control);
    // Between steps the process listens: a stop must not wait for the end of the run.
    await breath();
    if (event.type === 'step') {
      const speed = pace.after(event.step, now());
      steps.offer({
        ticket: '',
        step: event.step,
        totalSteps: settings.steps,
        learningRate: event.learningRate,
        ...speed,
        networks: numbersOf(event.results, seedsOf(settings).length),
      });
      continue;
    }
    steps.flush();
    announce(event, replicas, emit);
    if (event.type === 'evaluated' || event.type === 'continued') pace.restart(event.step, now());
  }
  steps.flush();
}

/** Each network's numbers, over its seeds. */
function numbersOf(results: readonly StepResult[], seeds: number): StepNumbers[] {
  const all = results.map(({ loss, accuracy, measurements }) => ({ loss, accuracy, vectors: measurements }));
  return Array.from({ length: all.length / seeds }, (_, i) =>
    overSeeds(all.slice(i * seeds, (i + 1) * seeds)),
  );
}

function announce(
  event: Exclude<LoopEvent, { type: 'step' }>,
  replicas: readonly TrainedReplica[],
  emit: Emit,
): void {
  switch (event.type) {
    case 'evaluating':
      emit('run/phase', {
        phase: 'evaluation',
        network: replicas[event.network].trained.network.title,
        share: event.share,
      });
      return;
    case 'evaluated': {
      const { step, loss, accuracy, images } = event;
      const { seed, trained } = replicas[event.network];
      const network = trained.network.name;
      emit('run/evaluated', { step, network, seed, split: 'validation', loss, accuracy, images });
      emit('run/phase', { phase: 'training' });
      return;
    }
    case 'paused':
      emit('run/phase', { phase: 'paused' });
      return;
    case 'continued':
      emit('run/phase', { phase: 'training' });
      return;
    case 'ended':
      emit('run/ended', {
        status: event.status,
        step: event.step,
        code: event.reason?.code,
        reason: event.reason?.message,
      });
      return;
    case 'checkpoint':
      return;
  }
}

async function record(
  event: LoopEvent,
  { replicas, writer, data, settings }: Prepared,
  control: LoopControl,
): Promise<void> {
  switch (event.type) {
    case 'step':
      for (const [i, { loss, accuracy, measurements }] of event.results.entries())
        writer.recordStep(replicas[i].name, {
          step: event.step,
          loss,
          accuracy,
          learningRate: event.learningRate,
          batchSeconds: event.seconds[i],
          vectors: measurements,
        });
      return;
    case 'evaluated':
      writer.recordEvent({
        type: 'evaluation',
        step: event.step,
        network: replicas[event.network].name,
        split: 'validation',
        epoch: (event.step * settings.batchSize) / data.train.count,
        loss: event.loss,
        accuracy: event.accuracy,
        count: event.images,
      });
      return;
    case 'checkpoint':
      await saveCheckpoint(event, replicas, writer);
      return;
    case 'paused':
    case 'continued':
      writer.recordEvent({ type: event.type, step: event.step });
      return;
    case 'ended':
      // Without a last word the record reads as interrupted, which is what it is.
      if (control.abandoned && event.status === 'stopped') return;
      writer.end(event.status, event.reason?.message, event.reason?.code);
      return;
    case 'evaluating':
      return;
  }
}

/** Lets what waits have the thread: requests are read, events are sent. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function cancelled(): SkiplensError {
  return new SkiplensError('run/cancelled', t('The run was stopped before its first step.'));
}

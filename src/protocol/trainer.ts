/**
 * Everything said between the trainer process and whoever started it (editor or command line): requests down,
 * events up. Ids are `noun/verb`; payloads are plain data and typed arrays; every request is answered.
 */
import type { OptionValue } from '../base/options';
import type { Device } from '../engines/engine';
import type { SetUpOffer, SetUpProgress } from '../engines/tfjs/setUp';
import type { DataCard, DataCardRequest } from './dataCard';
import type { NetworkDescription, VectorKind } from './description';
import type { NetworkSettings, RunSettings } from './settings';

export interface TrainerRequests {
  'trainer/greet': { params: Record<string, never>; result: { version: string; node: string; pid: number } };
  /** Never fails: a device that cannot be used says why. */
  'device/list': { params: Record<string, never>; result: { devices: readonly Device[] } };
  /** Answered once the run has a place in the queue; all else comes as events, under `ticket` where one is given. */
  'run/start': {
    params: { settings: RunSettings; root: string; ticket?: string };
    result: { ticket: string };
  };
  /** Goes on from the last checkpoint up to `steps` (the run's own number by default). */
  'run/resume': {
    params: { folder: string; steps?: number; ticket?: string };
    result: { ticket: string };
  };
  /** Takes effect at the end of the current step; answered when nothing but the last checkpoint is left to do. */
  'run/stop': { params: { ticket: string }; result: Record<string, never> };
  'run/pause': { params: { ticket: string }; result: Record<string, never> };
  'run/continue': { params: { ticket: string }; result: Record<string, never> };
  /** Forward and backward once, in training mode, with given or freshly drawn weights and batch. */
  'network/probe': { params: ProbeRequest; result: ProbeResult };
  /** Writes a network with its weights for other programs; answers the files. */
  'network/export': { params: ExportRequest; result: { files: readonly string[] } };
  /** How long a network takes to compile and to step here, on random images. */
  'network/bench': { params: BenchRequest; result: BenchResult };
  /** Reads a data set as a run would; `data/progress` tells how far it is, and a cancelled one is answered so. */
  'data/card': { params: DataCardRequest & CardReader; result: { card: DataCard } };
  'data/cancel': { params: CardReader; result: Record<string, never> };
  /** What setting up TensorFlow.js would do, to be shown before it is asked for; does nothing. */
  'tfjs/offer': { params: TfjsTarget; result: SetUpOffer };
  /** Installs what the person agreed to; `tfjs/progress` tells how far it is, and a cancelled one is answered so. */
  'tfjs/setUp': { params: TfjsTarget; result: { device: Device } };
  'tfjs/cancel': { params: Record<string, never>; result: Record<string, never> };
  /** Removes what set-up installed; false where there was nothing. */
  'tfjs/remove': { params: Pick<TfjsTarget, 'folder'>; result: { removed: boolean } };
}

/** Whose reading of a data card it is: one reader's new question ends his last one, and nobody else's. */
export interface CardReader {
  readonly reader?: string;
}

/** What is set up, and where: the folder that editor and command line share unless another is named. */
export interface TfjsTarget {
  readonly flavour: 'gpu' | 'cpu';
  readonly folder?: string;
}

export interface ExportRequest {
  readonly network: NetworkSettings;
  readonly format: 'onnx' | 'tfjs';
  /** safetensors with every parameter and running statistic by name; drawn from the seed where absent. */
  readonly weights?: string;
  readonly seed: number;
  /** The .onnx file, or the folder that takes model.json and its weights. */
  readonly output: string;
}

export interface BenchRequest {
  readonly network: NetworkSettings;
  readonly device: string;
  readonly threads: number;
  readonly batchSize: number;
  /** Counted steps; three more come before and are not counted. */
  readonly steps: number;
}

/** Times in seconds. */
export interface BenchResult {
  readonly title: string;
  readonly device: { readonly id: string; readonly title: string };
  readonly threads: number;
  readonly batchSize: number;
  readonly graphNodes: number;
  readonly compileSeconds: number;
  /** Of a whole step with all measurements. */
  readonly stepSeconds: { readonly median: number; readonly least: number; readonly most: number };
  /** The same without measurements, step by step in turn with the above. */
  readonly bareStepSeconds: { readonly median: number; readonly least: number; readonly most: number };
  readonly imagesPerSecond: number;
  /** Largest resident memory of the trainer process, bytes. */
  readonly memory: number;
}

export interface ProbeRequest {
  readonly network: NetworkSettings;
  readonly device: string;
  readonly threads: number;
  readonly seed: number;
  /** safetensors with every parameter by name; drawn from the seed where absent. */
  readonly weights?: string;
  /** safetensors with `input` (float32 NCHW) and `labels` (int64). */
  readonly batch?: string;
  /** A data spec to draw the batch from, where no batch file is given. */
  readonly data?: string;
  /** Options of the data set, as in run settings. */
  readonly dataOptions?: Readonly<Record<string, OptionValue>>;
  readonly batchSize?: number;
}

export interface ProbeResult {
  readonly network: NetworkDescription;
  readonly loss: number;
  readonly logits: readonly (readonly number[])[];
  readonly parameters: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly weightNorm: number;
    readonly gradientNorm: number;
  }[];
  readonly blocks: readonly {
    readonly scope: string;
    /** torchvision's, `layer2.0` */
    readonly name: string;
    /** With the batch: N, C, H, W. */
    readonly outputShape: readonly number[];
    readonly activationNorm: number;
    readonly activationMean: number;
    readonly activationStd: number;
    readonly activationGradientNorm: number;
    readonly skip: { readonly skipNorm: number; readonly branchNorm: number; readonly cosine: number } | null;
  }[];
  /** The same as a step records, for views that draw a profile. */
  readonly vectors: Readonly<Record<VectorKind, Float32Array>>;
}

export type RunPhase = 'queued' | 'data' | 'compile' | 'training' | 'evaluation' | 'paused';

export type EndStatus = 'finished' | 'stopped' | 'diverged' | 'crashed';

/** The numbers of one step of one network from one seed. */
export interface SeedNumbers {
  readonly loss: number;
  /** Share of the batch. */
  readonly accuracy: number;
  readonly vectors: Readonly<Record<VectorKind, Float32Array>>;
}

/**
 * One network's numbers of one step, as they travel: what the run records, thinned to ten a second. Where there are
 * several seeds these are their means (`bands.ts` says which), and `seeds` holds each seed's own, in order.
 */
export interface StepNumbers extends SeedNumbers {
  readonly seeds?: readonly SeedNumbers[];
}

export interface TrainerEvents {
  /** `behind` says what the queue waits for, as the person would know it. */
  'run/phase': { ticket: string; phase: RunPhase; network?: string; share?: number; behind?: string };
  /** The run exists on disk from here on. */
  'run/started': {
    ticket: string;
    id: string;
    folder: string;
    title: string;
    settings: RunSettings;
    device: { id: string; title: string };
    data: { title: string; classes: readonly string[]; train: number; validation: number };
    networks: readonly NetworkDescription[];
    /** Each network is trained from all of them. */
    seeds: readonly number[];
    /** 0, or the step that a resumed run goes on from. */
    step: number;
    totalSteps: number;
  };
  /** At most ten a second; `step` counts from 1 and is done. The last step of a run always comes. */
  'run/step': {
    ticket: string;
    step: number;
    totalSteps: number;
    learningRate: number;
    /** Over all networks and seeds, smoothed. */
    imagesPerSecond: number;
    secondsLeft: number;
    networks: readonly StepNumbers[];
  };
  'run/evaluated': {
    ticket: string;
    step: number;
    network: string;
    seed: number;
    split: 'validation';
    loss: number;
    accuracy: number;
    images: number;
  };
  'run/ended': { ticket: string; status: EndStatus; step: number; code?: string; reason?: string };
  'data/progress': { share: number } & CardReader;
  'tfjs/progress': SetUpProgress;
  'log/line': { level: 'info' | 'warn' | 'error'; text: string };
}

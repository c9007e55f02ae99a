/**
 * The training loop as a generator: no transport, no process, no clock of its own: the one that times steps and says
 * when to save is handed in. The entry pipes its events to the channel, a test collects them in an array. A comparison
 * trains its networks step by step on the same batches; where there are several seeds, those of one seed share theirs.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { readOptions } from '../base/options';
import { type Augmentation, allocateBatch, trainingBatches } from '../datasets/batches';
import type { ImageSplit, LoadedData } from '../datasets/dataset';
import type { RunSettings } from '../protocol/settings';
import type { EndStatus } from '../protocol/trainer';
import { schedules, warmUp } from '../schedules';
import type { Schedule } from '../schedules/schedule';
import { crossEntropySum, type StepResult, type TrainedNetwork } from './trainedNetwork';

export type LoopEvent =
  | {
      readonly type: 'step';
      /** From 1; done. */
      readonly step: number;
      readonly learningRate: number;
      readonly results: readonly StepResult[];
      /** Seconds of each network's step. */
      readonly seconds: readonly number[];
    }
  | { readonly type: 'evaluating'; readonly network: number; readonly share: number }
  | {
      readonly type: 'evaluated';
      readonly step: number;
      readonly network: number;
      readonly loss: number;
      readonly accuracy: number;
      readonly images: number;
    }
  | {
      readonly type: 'checkpoint';
      readonly step: number;
      /** The step that each network's weights are at, where one of them diverged and the others went on. */
      readonly steps?: readonly number[];
    }
  | { readonly type: 'paused' | 'continued'; readonly step: number }
  | {
      readonly type: 'ended';
      readonly status: EndStatus;
      readonly step: number;
      readonly reason?: SkiplensError;
    };

/** What a person may ask of a running loop; it looks at the end of every step. */
export class LoopControl {
  private wanted: 'run' | 'pause' | 'stop' = 'run';
  private readonly aborter = new AbortController();
  private left = false;
  private wake: (() => void) | undefined;
  /** Ends the promise of `obeyed`. */
  obey: () => void = () => {};
  /** Resolves when nothing is computed any more. */
  readonly obeyed = new Promise<void>((resolve) => {
    this.obey = resolve;
  });

  /** Aborts with the stop: for what can be broken off half-way, such as reading data. */
  get signal(): AbortSignal {
    return this.aborter.signal;
  }

  get stopping(): boolean {
    return this.wanted === 'stop';
  }

  get pausing(): boolean {
    return this.wanted === 'pause';
  }

  stop(): void {
    this.wanted = 'stop';
    this.aborter.abort();
    this.wake?.();
  }

  /** Whoever asked for the run is gone: it stops with a checkpoint, and its record is left as interrupted. */
  abandon(): void {
    this.left = true;
    this.stop();
  }

  get abandoned(): boolean {
    return this.left;
  }

  pause(): void {
    if (this.wanted === 'run') this.wanted = 'pause';
  }

  continue(): void {
    if (this.wanted === 'pause') this.wanted = 'run';
    this.wake?.();
  }

  /** Resolves when the pause is over. */
  untilWanted(): Promise<void> {
    if (this.wanted !== 'pause') return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

export interface LoopPlan {
  readonly settings: RunSettings;
  readonly data: LoadedData;
  readonly augmentation: Augmentation;
  readonly networks: readonly TrainedNetwork[];
  /** The seed of each network's batches, in the same order; the settings' where absent. */
  readonly seeds?: readonly number[];
  /** Steps already done: 0, or a checkpoint's. */
  readonly firstStep: number;
  /** Seconds from any origin. */
  now(): number;
}

/** Ends with `ended`; expected failures become an end, bugs are thrown. */
export async function* trainingLoop(plan: LoopPlan, control: LoopControl): AsyncGenerator<LoopEvent> {
  const { settings, networks, now } = plan;
  const { train } = plan.data;
  const seeds = plan.seeds ?? networks.map(() => settings.seed);
  const sources = [...new Set(seeds)].map((seed) => ({
    seed,
    batches: trainingBatches(train, { ...settings, seed, augment: plan.augmentation }),
  }));
  const buffer = allocateBatch(train, settings.batchSize);
  const total = settings.steps;
  const saving = new Saving(now, plan.firstStep > 0 ? plan.firstStep : undefined);
  let step = plan.firstStep;
  while (step < total) {
    if (control.pausing) {
      yield* saving.save(step);
      yield { type: 'paused', step };
      await control.untilWanted();
      if (!control.stopping) yield { type: 'continued', step };
    }
    if (control.stopping) break;
    const learningRate = learningRateAt(settings, step);
    const results: StepResult[] = [];
    const seconds: number[] = [];
    for (const { seed, batches } of sources) {
      const batch = batches.at(step, buffer);
      for (const [i, network] of networks.entries()) {
        if (seeds[i] !== seed) continue;
        const start = now();
        results[i] = await network.step(batch, step + 1, learningRate);
        seconds[i] = now() - start;
      }
    }
    step++;
    yield { type: 'step', step, learningRate, results, seconds };
    const diverged = results.findIndex((r) => !Number.isFinite(r.loss));
    if (diverged >= 0) {
      // Only who diverged stayed behind. What was saved there is of one step, and worth more than this.
      if (saving.step !== step - 1) {
        const steps = results.map(({ loss }) => (Number.isFinite(loss) ? step : step - 1));
        yield { type: 'checkpoint', step: step - 1, ...(steps.includes(step) ? { steps } : {}) };
      }
      yield {
        type: 'ended',
        status: 'diverged',
        step,
        reason: lossNotFinite(
          networks[diverged],
          step,
          results[diverged],
          sources.length > 1 ? seeds[diverged] : undefined,
        ),
      };
      return;
    }
    const last = step === total;
    // Saved first: an evaluation may take long, and be broken off.
    if (last || step % settings.checkpointEvery === 0 || saving.isDue) yield* saving.save(step);
    if (last || (settings.evaluateEvery > 0 && step % settings.evaluateEvery === 0))
      yield* evaluate(plan, control, step);
  }
  control.obey();
  if (saving.step !== step) yield* saving.save(step);
  yield { type: 'ended', status: step < total ? 'stopped' : 'finished', step };
}

/**
 * When the state is saved beside the steps that settings name: what a killed process would lose is kept near
 * twenty times what saving costs. A step of a minute is so saved at once, and small ones every quarter of a minute.
 */
class Saving {
  private at: number;
  private cost = 0;

  /** `step` is the last one that was saved, in an earlier life of the run: undefined where there was none. */
  constructor(
    private readonly now: () => number,
    public step: number | undefined,
  ) {
    this.at = now();
  }

  get isDue(): boolean {
    // The first one comes early: a run that is broken off can go on from then on.
    return this.now() - this.at > (this.step === undefined ? 1 : Math.max(15, 20 * this.cost));
  }

  *save(step: number): Generator<LoopEvent> {
    const start = this.now();
    yield { type: 'checkpoint', step };
    this.step = step;
    this.at = this.now();
    this.cost = this.at - start;
  }
}

/** Base rate x warm-up x schedule, at a step counted from 0. */
export function learningRateAt(settings: RunSettings, step: number): number {
  const schedule: Schedule = schedules[settings.schedule];
  const options = readOptions(settings.schedule, schedule.options, settings.scheduleOptions ?? {});
  const factor = schedule.factor(step, settings.steps, options);
  return settings.learningRate * warmUp(step, settings.warmUpSteps) * factor;
}

/** Loss and accuracy with running statistics, on the first `evaluationImages` validation images. */
async function* evaluate(plan: LoopPlan, control: LoopControl, step: number): AsyncGenerator<LoopEvent> {
  const { settings, networks, data } = plan;
  const split: ImageSplit = data.validation;
  const images = Math.min(settings.evaluationImages, split.count);
  const batch = allocateBatch(split, settings.batchSize);
  const size = data.shape[0] * data.shape[1] * data.shape[2];
  for (const [network, trained] of networks.entries()) {
    // The first evaluation compiles its program.
    yield { type: 'evaluating', network, share: 0 };
    if (control.stopping) return;
    await trained.refreshEvaluation();
    let [loss, right] = [0, 0];
    for (let first = 0; first < images; first += settings.batchSize) {
      if (control.stopping) return;
      const count = Math.min(settings.batchSize, images - first);
      const labels: number[] = [];
      for (let k = 0; k < count; k++) {
        split.read(first + k, batch.images, k * size);
        labels.push(split.labels[first + k]);
      }
      const logits = await trained.logits(batch.images, count);
      loss += crossEntropySum(logits, labels, count);
      right += countRight(logits, labels);
      yield { type: 'evaluating', network, share: (first + count) / images };
    }
    yield { type: 'evaluated', step, network, loss: loss / images, accuracy: right / images, images };
  }
}

function countRight(logits: Float32Array, labels: readonly number[]): number {
  const classes = logits.length / labels.length;
  return labels.reduce((right, label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return right + (row.indexOf(Math.max(...row)) === label ? 1 : 0);
  }, 0);
}

/** One seed that diverges ends the run: a band over fewer seeds than were asked for would say too much. */
function lossNotFinite(
  { network: { title } }: TrainedNetwork,
  step: number,
  { loss }: StepResult,
  seed: number | undefined,
): SkiplensError {
  return new SkiplensError(
    'training/diverged',
    seed === undefined
      ? t(
          'The loss of {0} became {1} at step {2}. The weights before that step are kept; a smaller learning rate or a longer warm-up may help.',
          title,
          String(loss),
          step,
        )
      : t(
          'The loss of {0} with seed {1} became {2} at step {3}. The weights before that step are kept; a smaller learning rate or a longer warm-up may help.',
          title,
          seed,
          String(loss),
          step,
        ),
  );
}

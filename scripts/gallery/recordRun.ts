/**
 * Records what the gallery and the pictures' tests are fed with: a few dozen real training steps of a network and
 * its plain twin on the drawn images, or bare structures. The same loop as the product's, without process and disk.
 */
import { loadData } from '../../src/datasets';
import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { findNetwork } from '../../src/networks';
import { describeNetwork } from '../../src/networks/describe';
import { type Evaluation, overSeeds } from '../../src/protocol/bands';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { emptySeries, Series } from '../../src/protocol/series';
import { readSettings, seedsOf } from '../../src/protocol/settings';
import { LoopControl, trainingLoop } from '../../src/trainer/loop';
import { TrainedNetwork } from '../../src/trainer/trainedNetwork';

const nothing = { measure: false, train: false, control: false, export: true, reveal: false };

export interface Recording {
  readonly network: string;
  readonly width: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly shortcut?: 'pad' | 'projection';
  /** 1 by default. */
  readonly seeds?: number;
}

/** Trains and measures; about half a second a step for 56 narrow layers on two cores. */
export async function recordRun({
  network: name,
  width,
  steps,
  batchSize,
  shortcut,
  seeds: count = 1,
}: Recording): Promise<PanelSnapshot> {
  const first = findNetwork(name, { options: { width, ...(shortcut && { shortcut }) } });
  const networks = [first, first.twin()!];
  const evaluateEvery = Math.min(20, Math.ceil(steps / 2));
  const settings = {
    ...readSettings({ steps, batchSize, warmUpSteps: 5, evaluateEvery, evaluationImages: 256, seed: 1 }),
    networks: [{ network: name }],
    optimizerOptions: { momentum: 0.9, weightDecay: 1e-4 },
    data: 'drawn',
    device: 'cpu',
  };
  const data = await loadData('drawn', { seed: 1 });
  const placement = { engine: onnxEngine, device: 'cpu', threads: 2 };
  const graphs = networks.map((n) => n.build(batchSize, 'training'));
  const own = seedsOf({ seed: 1, seeds: count });
  const trained: TrainedNetwork[] = [];
  for (const [i, network] of networks.entries()) {
    const compiled = await TrainedNetwork.compile(network, graphs[i], settings, placement);
    trained.push(compiled);
    for (const seed of own.slice(1)) trained.push(await compiled.replica(seed));
  }
  const series = networks.map(() => new Series());
  const evaluations: Evaluation[] = [];
  const plan = {
    settings,
    data,
    augmentation: 'none',
    networks: trained,
    seeds: networks.flatMap(() => own),
    firstStep: 0,
    now: () => 0,
  } as const;
  for await (const event of trainingLoop(plan, new LoopControl())) {
    if (event.type === 'step') {
      const all = event.results.map(({ loss, accuracy, measurements }) => ({
        loss,
        accuracy,
        vectors: measurements,
      }));
      for (const [i, s] of series.entries())
        s.add(event.step, overSeeds(all.slice(i * count, (i + 1) * count)));
    }
    if (event.type === 'evaluated') {
      const { network: at, step, loss, accuracy } = event;
      evaluations.push({ network: Math.floor(at / count), seed: own[at % count], step, loss, accuracy });
    }
  }
  for (const t of trained) await t.dispose();
  return {
    language: 'en',
    bundle: {},
    title: `${first.title} and its plain twin`,
    networks: networks.map((n, i) =>
      describeNetwork(n, trained[i * count].vectorNames, n.build(1, 'training')),
    ),
    series: series.map((s) => s.toSnapshot()),
    evaluations,
    run: {
      id: `${name}-recorded`,
      status: 'finished',
      step: steps,
      totalSteps: steps,
      batchSize,
      device: 'CPU · onnxruntime',
      data: data.title,
      seeds: count,
      imagesPerSecond: 188,
      resumable: false,
    },
    abilities: nothing,
    subject: `run:${name}-recorded`,
  };
}

/** A network nobody has measured, with its twin where it has one and `twin` is asked for. */
export function structureOf(
  name: string,
  { twin = false, ...options }: { twin?: boolean; shortcut?: string } = {},
) {
  const first = findNetwork(name, { options });
  const other = twin ? first.twin() : null;
  const networks = other ? [first, other] : [first];
  const snapshot: PanelSnapshot = {
    language: 'en',
    bundle: {},
    title: other ? `${first.title} and its plain twin` : first.title,
    networks: networks.map((n) => describeNetwork(n)),
    series: networks.map(() => emptySeries),
    evaluations: [],
    run: null,
    abilities: { ...nothing, measure: true, train: true },
    subject: `network:${name}`,
  };
  return snapshot;
}

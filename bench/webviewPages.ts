/** Writes the pages that the panel's bench opens: `node webviewPages.mjs FOLDER`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { structureOf } from '../scripts/gallery/recordRun';
import { standInPage } from '../scripts/gallery/standInPage';
import { findNetwork } from '../src/networks';
import { describeNetwork } from '../src/networks/describe';
import { overSeeds } from '../src/protocol/bands';
import type { NetworkDescription } from '../src/protocol/description';
import type { PanelSnapshot } from '../src/protocol/panel';
import { Series } from '../src/protocol/series';

/**
 * A run of a network and its twin whose numbers are made up: a smooth profile that drifts with the steps, and a
 * little higher from seed to seed.
 */
function madeUpRun(name: string, steps: number, seeds = 1): PanelSnapshot {
  const first = findNetwork(name);
  const networks = [first, first.twin()!].map((network) => named(describeNetwork(network)));
  const series = networks.map(({ vectors }) => {
    const own = new Series();
    for (let step = 1; step <= steps; step++)
      own.add(
        step,
        overSeeds(
          Array.from({ length: seeds }, (_, seed) => ({
            loss: 2 + 1 / step + seed / 10,
            accuracy: 0.1 + step / (10 * steps),
            vectors: Object.fromEntries(
              Object.entries(vectors).map(([kind, names]) => [
                kind,
                Float32Array.from(names, (_, i) => 10 ** (Math.sin(i / 40 + step / 30) - 1 + seed / 8)),
              ]),
            ) as never,
          })),
        ),
      );
    return own.toSnapshot();
  });
  const structure = structureOf(name, { twin: true });
  return {
    ...structure,
    networks,
    series,
    run: {
      id: `${name}-bench`,
      status: 'running',
      phase: 'training',
      step: steps,
      totalSteps: 10_000,
      batchSize: 64,
      device: 'CPU',
      data: 'drawn',
      seeds,
      resumable: false,
    },
    abilities: { measure: false, train: false, control: true, export: true, reveal: false },
    subject: `bench:${name}`,
  };
}

/** The names of all vectors, as a training step of the network has them. */
function named(network: NetworkDescription): NetworkDescription {
  const points = [...network.layers.map((l) => l.scope), ...network.blocks.map((b) => `${b.scope}/`)];
  const parameters = network.layers.flatMap((l) => l.parameterNames);
  const forks = network.blocks.filter((b) => b.shortcut !== null).map((b) => b.scope);
  const by = (names: readonly string[], ...kinds: string[]) => kinds.map((kind) => [kind, names]);
  return {
    ...network,
    vectors: Object.fromEntries([
      ...by(points, 'activationNorm', 'activationMean', 'activationStd', 'activationGradientNorm'),
      ...by(parameters, 'weightNorm', 'weightGradientNorm', 'updateRatio'),
      ...by(forks, 'skipNorm', 'branchNorm', 'forkCosine'),
    ]),
  };
}

const [folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const pages = {
  open110: structureOf('resnet110', { twin: true }),
  open1202: structureOf('resnet1202', { twin: true }),
  open110measured: madeUpRun('resnet110', 200),
  replay56: madeUpRun('resnet56', 200),
  replay56seeds: madeUpRun('resnet56', 200, 3),
};
for (const [name, snapshot] of Object.entries(pages))
  writeFileSync(path.join(folder, `${name}.html`), await standInPage(snapshot));

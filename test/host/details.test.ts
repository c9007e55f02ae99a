/** What the host knows of a row: histograms of a real checkpoint, for a layer, for a block, and none without one. */
import { describe, expect, it } from 'vitest';
import { histogramOf, readDetails } from '../../src/host/panels/details';
import { findNetwork } from '../../src/networks';
import { describeNetwork } from '../../src/networks/describe';
import { createRun } from '../../src/runs/runWriter';
import type { Tensor } from '../../src/runs/safetensors';
import { sampleRun } from '../runs/sampleRun';
import { temporaryFolder } from '../temporaryFolder';

describe('histograms', () => {
  it('count every finite value once, over all arrays, between the least and the largest', () => {
    const { edges, counts } = histogramOf(
      [0, 0.5, 1],
      Float32Array.of(1, 4, Number.NaN, Number.POSITIVE_INFINITY),
    );
    expect(counts.reduce((a, b) => a + b, 0)).toBe(5);
    expect([edges[0], edges.at(-1)]).toEqual([0, 4]);
    expect(edges).toHaveLength(counts.length + 1);
    expect(counts.at(-1)).toBe(1);
    expect(histogramOf([])).toEqual({ edges: [0, 0], counts: [0] });
    expect(histogramOf([2, 2])).toEqual({ edges: [2, 2], counts: [2] });
  });

  it('are of the clicked layer, and of all matrices in a clicked block, at the newest checkpoint', async () => {
    const networks = ['resnet8', 'plain8'].map((name) => describeNetwork(findNetwork(name)));
    const writer = createRun(temporaryFolder(), {
      ...sampleRun,
      networks: networks.map(({ name, title, role }) => ({ name, title, role, vectors: {} })),
    });
    const tensors = new Map<string, Tensor>();
    for (const { name, layers } of networks)
      for (const parameter of layers.flatMap((layer) => layer.parameterNames))
        tensors.set(`${name}/${parameter}`, { shape: [3], data: Float32Array.of(-1, 0, 1) });
    writer.writeCheckpoint(12, tensors);
    const block = networks[0].blocks[0].scope;
    const conv = networks[0].layers.find(({ scope, op }) => scope.startsWith(`${block}/`) && op === 'Conv')!;
    const ofLayer = await readDetails(writer.folder, conv.scope, networks);
    expect(ofLayer.histograms.map(({ title, network }) => [title, network])).toEqual([
      [conv.parameterNames[0], 0],
      [conv.parameterNames[0], 1],
    ]);
    expect(ofLayer.facts.map(([, value]) => value)).toEqual([conv.parameterNames.join(', '), '12']);
    const ofBlock = await readDetails(writer.folder, block, networks);
    expect(ofBlock.histograms.map(({ title }) => title)).toEqual([
      'Weights of 2 layers',
      'Weights of 2 layers',
    ]);
    expect(ofBlock.histograms[0].counts.reduce((a, b) => a + b, 0)).toBe(6);
    // One network diverged at step 14, and the other one is a step ahead of it.
    writer.writeCheckpoint(13, tensors, { 'step/resnet8': '13', 'step/plain8': '14' });
    writer.end('diverged');
    const { facts } = await readDetails(writer.folder, block, networks);
    expect(facts.map(([, value]) => value)).toEqual(['13, 14']);
  });

  it('are left out where no run stands behind the row', async () => {
    const networks = [describeNetwork(findNetwork('resnet8'))];
    const scope = networks[0].layers.find((layer) => layer.parameterNames.length > 0)!.scope;
    const { facts, histograms } = await readDetails(undefined, scope, networks);
    expect(histograms).toEqual([]);
    expect(facts).toHaveLength(1);
    expect((await readDetails(undefined, 'stage1/block1', networks)).facts).toEqual([]);
  });
});

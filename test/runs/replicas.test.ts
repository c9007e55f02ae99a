/** Which entries of a record are one network from several seeds, and what a record from before seeds is. */
import { expect, it } from 'vitest';
import { describeReplicas, replicatedNetworks } from '../../src/runs/replicas';
import { createRun } from '../../src/runs/runWriter';
import { temporaryFolder } from '../temporaryFolder';
import { sampleRun } from './sampleRun';

it('describes each network once a seed, in full the first time, and finds them together again', () => {
  const networks = describeReplicas(sampleRun.networks, [7, 8, 9]);
  expect(networks.map((n) => n.name)).toEqual([
    'resnet20-seed7',
    'resnet20-seed8',
    'resnet20-seed9',
    'plain20-seed7',
    'plain20-seed8',
    'plain20-seed9',
  ]);
  expect(networks.map((n) => 'role' in n)).toEqual([true, false, false, true, false, false]);
  const { description } = createRun(temporaryFolder(), { ...sampleRun, networks });
  const [first, second] = replicatedNetworks(description);
  expect(first.description).toEqual(sampleRun.networks[0]);
  expect(first.replicas).toEqual([
    { seed: 7, place: 0, name: 'resnet20-seed7' },
    { seed: 8, place: 1, name: 'resnet20-seed8' },
    { seed: 9, place: 2, name: 'resnet20-seed9' },
  ]);
  expect(second.name).toBe('plain20');
  expect(second.replicas.map(({ place }) => place)).toEqual([3, 4, 5]);
});

it('leaves a record of one seed as records have always been', () => {
  expect(describeReplicas(sampleRun.networks, [7])).toEqual(sampleRun.networks);
  const networks = replicatedNetworks({ networks: sampleRun.networks, seed: 7 });
  expect(networks.map(({ name, replicas }) => [name, replicas])).toEqual([
    ['resnet20', [{ seed: 7, place: 0, name: 'resnet20' }]],
    ['plain20', [{ seed: 7, place: 1, name: 'plain20' }]],
  ]);
});

/** How a person asks for the network of each golden file. */
import type { NetworkChoice } from '../../src/networks';
import { findNetwork } from '../../src/networks';
import type { GoldenCase } from './conformance';

const choices: readonly (NetworkChoice & { readonly golden: string; readonly network: string })[] = [
  { golden: 'resnet20-pad', network: 'resnet20' },
  { golden: 'plain20', network: 'plain20' },
  { golden: 'resnet20-projection', network: 'resnet20', options: { shortcut: 'projection' } },
  { golden: 'preact20', network: 'preact-resnet20' },
  { golden: 'bottleneck29-narrow', network: 'cifar-resnet29', options: { width: 8 } },
  {
    golden: 'resnet18-imagenet-64px',
    network: 'resnet18',
    options: { classes: 10 },
    input: [3, 64, 64],
  },
  { golden: 'd2l-resnet18-narrow', network: 'd2l-resnet18', options: { width: 16 } },
  { golden: 'sequential-cnn', network: 'sequential-cnn', input: [3, 32, 32] },
];

export const goldenCases: readonly GoldenCase[] = choices.map(({ golden, network, ...choice }) => ({
  golden,
  build: (batch) => findNetwork(network, choice).build(batch, 'training'),
}));

export function goldenCase(name: string): GoldenCase {
  return goldenCases.find(({ golden }) => golden === name)!;
}

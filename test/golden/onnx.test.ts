import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { findNetwork, type NetworkChoice } from '../../src/networks';
import { goldenConformance } from './conformance';

/** How a person asks for the network of each file. */
const cases: readonly (NetworkChoice & { readonly golden: string; readonly network: string })[] = [
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

for (const { golden, network, ...choice } of cases)
  goldenConformance(onnxEngine, 'cpu', {
    golden,
    build: (batch) => findNetwork(network, choice).build(batch, 'training'),
  });

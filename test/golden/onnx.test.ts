import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { findNetwork } from '../../src/networks';
import { goldenConformance } from './conformance';

goldenConformance(onnxEngine, 'cpu', {
  golden: 'resnet20-pad',
  build: (batch) => findNetwork('resnet20').build(batch, 'training'),
});
goldenConformance(onnxEngine, 'cpu', {
  golden: 'plain20',
  build: (batch) => findNetwork('plain20').build(batch, 'training'),
});
goldenConformance(onnxEngine, 'cpu', {
  golden: 'resnet20-projection',
  build: (batch) => findNetwork('resnet20', { options: { shortcut: 'projection' } }).build(batch, 'training'),
});

import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { goldenCases } from './cases';
import { goldenConformance } from './conformance';

for (const golden of goldenCases) goldenConformance(onnxEngine, 'cpu', golden);

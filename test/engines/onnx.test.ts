import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { engineConformance } from './conformance';

await engineConformance(onnxEngine);

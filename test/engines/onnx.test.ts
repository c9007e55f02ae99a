import { createOnnxEngine } from '../../src/engines/onnx/onnxEngine';
import { engineConformance } from './conformance';

await engineConformance(createOnnxEngine('plain'));
await engineConformance(createOnnxEngine('blocked'));

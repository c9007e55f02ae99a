import { createOnnxEngine } from '../../src/engines/onnx/onnxEngine';
import { engineConformance } from './conformance';

await engineConformance(createOnnxEngine('plain'));
await engineConformance(createOnnxEngine('blocked'));
// As graphs of very many nodes are written: shapes are told when the model runs.
await engineConformance(createOnnxEngine('plain', true));
await engineConformance(createOnnxEngine('blocked', true));

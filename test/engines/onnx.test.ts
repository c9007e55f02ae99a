import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { operatorConformance } from './conformance';

operatorConformance(onnxEngine, 'cpu');

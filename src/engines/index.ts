/** The engines. Each imports its own package on first use only; to add one, write its folder and one line here. */
import type { Engine } from './engine';
import { onnxEngine } from './onnx/onnxEngine';
import { referenceEngine } from './reference/referenceEngine';
import { tfjsEngine } from './tfjs/tfjsEngine';

export const engines = {
  onnx: onnxEngine,
  tfjs: tfjsEngine,
  reference: referenceEngine,
} satisfies Record<string, Engine>;

export type EngineId = keyof typeof engines;

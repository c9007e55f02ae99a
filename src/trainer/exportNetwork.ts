/** Writes a network for other programs: ONNX (inference, opset 17) or a TensorFlow.js graph model. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exportOnnx } from '../engines/onnx/exportOnnx';
import { exportTfjs } from '../engines/tfjs/exportTfjs';
import { fitWeights } from '../networks/weights';
import type { ExportRequest } from '../protocol/trainer';
import { readSafetensors } from '../runs/safetensors';
import { chooseNetwork } from '../workspace/chooseNetwork';
import { initialValues } from './initialize';

export function exportNetwork({ network: wanted, format, weights, seed, output }: ExportRequest): {
  files: string[];
} {
  const network = chooseNetwork(wanted);
  const graph = network.build(1, 'inference');
  const numbers = weights
    ? fitWeights(network.title, weights, graph.parameters, readSafetensors(weights).tensors)
    : new Map(graph.parameters.map((p) => [p.value.name, initialValues(p, seed)]));
  if (format === 'onnx') {
    mkdirSync(path.dirname(path.resolve(output)), { recursive: true });
    writeWhole(output, exportOnnx(graph, numbers));
    return { files: [output] };
  }
  const { modelJson, files } = exportTfjs(graph, numbers);
  mkdirSync(output, { recursive: true });
  const written = [...files].map(([name, bytes]) => writeWhole(path.join(output, name), bytes));
  // The model names its weights, so it comes last: whoever finds it finds them.
  written.push(writeWhole(path.join(output, 'model.json'), new TextEncoder().encode(modelJson)));
  return { files: written };
}

/** Under a name of its own first, so that no half-written file carries the right one. */
function writeWhole(file: string, bytes: Uint8Array): string {
  const partial = `${file}.partial`;
  writeFileSync(partial, bytes);
  renameSync(partial, file);
  return file;
}

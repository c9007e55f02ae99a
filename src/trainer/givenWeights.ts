/** Weights that a person gives a network to start from: fitted by name and shape before anything is compiled. */
import type { Graph } from '../ir/graph';
import type { Network } from '../networks/network';
import { fitWeights } from '../networks/weights';
import { readSafetensors } from '../runs/safetensors';

/**
 * Undefined where none are given. Running statistics may be missing from the file: training makes its own. Fails with
 * `weights/mismatch` and the names and shapes that do not fit, or as reading the file does.
 */
export function givenWeights(
  network: Network,
  graph: Graph,
  file: string | undefined,
): ReadonlyMap<string, Float32Array> | undefined {
  if (file === undefined) return undefined;
  const { tensors } = readSafetensors(file);
  return fitWeights(network.title, file, graph.parameters, tensors, { statistics: 'optional' });
}

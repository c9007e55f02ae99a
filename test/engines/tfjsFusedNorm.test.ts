/** The native batch norm is used where it is right, in either of its two ways, and nowhere else. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine';
import { referenceEngine } from '../../src/engines/reference/referenceEngine';
import type { Tf } from '../../src/engines/tfjs/deviceValue';
import { findFusedNorm } from '../../src/engines/tfjs/fusedNorm';
import { composedNorm } from '../../src/engines/tfjs/kernels/normalization';
import { TfjsProgram } from '../../src/engines/tfjs/tfjsProgram';
import { verify } from '../../src/ops';
import { expectAgreement } from './conformance';
import { runSteps, sgd, tiny } from './steps';
import { tf } from './tfjsOnCpu';

type Way = 'processor' | 'gpu' | 'wrong' | 'missing';

/** The library with a stand-in for its native backend, which counts the batch norms that it is asked for. */
function libraryWith(way: Way): { library: Tf; calls: () => number } {
  let calls = 0;
  const { forward, backward } = composedNorm(tf);
  const attribute = (attributes: object[], name: string) =>
    (attributes as { name: string; value: number }[]).find((a) => a.name === name)!.value;
  const backend = {
    binding: { TF_FLOAT: 1, TF_ATTR_TYPE: 0, TF_ATTR_FLOAT: 1, TF_ATTR_STRING: 2, TF_ATTR_BOOL: 3 },
    executeMultipleOutputs(name: string, attributes: object[], inputs: Tensor[]): Tensor[] {
      if (way === 'missing') throw new Error(`No OpKernel was registered to support ${name}`);
      calls++;
      const epsilon = attribute(attributes, 'epsilon');
      if (name === 'FusedBatchNormV3') {
        const [x, scale, shift] = inputs;
        const [y, mean, variance] = forward(x, scale, shift, epsilon);
        const count = x.size / scale.size;
        const estimate = way === 'wrong' ? variance : tf.mul(variance, count / (count - 1));
        return [y, mean, estimate, mean, variance, tf.tensor1d([])];
      }
      const [dy, x, scale, mean, second] = inputs;
      const variance = way === 'gpu' ? tf.sub(tf.reciprocal(tf.square(second)), epsilon) : second;
      return [...backward(dy, x, scale, mean, variance, epsilon), mean, mean];
    },
  };
  return { library: { ...tf, backend: () => backend } as unknown as Tf, calls: () => calls };
}

const spec = { ...tiny, ...sgd, title: 'fused', options: { width: 2, classes: 4 } };

function engineOn(library: Tf): Engine {
  return {
    id: 'tfjs',
    probe: async () => [],
    compile: async (graph) => new TfjsProgram(library, verify(graph)),
  };
}

describe('the native batch norm', () => {
  it.each(['processor', 'gpu'] as const)('serves whole steps in the way of the %s', async (way) => {
    const { library, calls } = libraryWith(way);
    const want = await runSteps(referenceEngine, 'reference', spec, 3);
    expectAgreement(await runSteps(engineOn(library), '', spec, 3), want);
    // Seven batch norms, forward and backward, three times; and what was tried before the first.
    expect(calls()).toBeGreaterThan(7 * 2 * 3);
  });

  it.each(['wrong', 'missing'] as const)('is left alone where it is %s', async (way) => {
    const { library, calls } = libraryWith(way);
    expect(findFusedNorm(library, composedNorm(tf))).toBeNull();
    const tried = calls();
    const want = await runSteps(referenceEngine, 'reference', spec, 1);
    expectAgreement(await runSteps(engineOn(library), '', spec, 1), want);
    expect(calls()).toBe(tried);
  });

  it('is not looked for where the backend has none, and leaves no tensors behind', () => {
    const before = tf.memory().numTensors;
    expect(findFusedNorm(tf, composedNorm(tf))).toBeNull();
    expect(tf.memory().numTensors).toBe(before);
  });
});

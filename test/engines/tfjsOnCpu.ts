/**
 * The TensorFlow.js engine on the library's own cpu backend, which needs no native code. That backend can do more
 * than the native one, so what the native one refuses is refused here too: its convolution gradients and pools know
 * only `same` and `valid` padding, its convolution wants other pads spelled out a side, and its gradients take no
 * dilation (they have no attribute for it).
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Engine } from '../../src/engines/engine';
import { TfjsProgram } from '../../src/engines/tfjs/tfjsProgram';
import { verify } from '../../src/ops';

/** Every kernel of the library that ran so far. */
export const kernelsUsed = new Set<string>();

const paddingsKnown: Readonly<Record<string, (pad: unknown) => boolean>> = {
  Conv2D: (pad) => pad === 'same' || pad === 'valid' || Array.isArray(pad),
  Conv2DBackpropFilter: (pad) => pad === 'same' || pad === 'valid',
  Conv2DBackpropInput: (pad) => pad === 'same' || pad === 'valid',
  MaxPool: (pad) => pad === 'same' || pad === 'valid',
  MaxPoolGrad: (pad) => pad === 'same' || pad === 'valid',
};

// Without this the library advertises its native build on the first use.
tf.env().set('IS_TEST', true);
await tf.setBackend('cpu');
for (const config of tf.getKernelsForBackend('cpu')) {
  const { kernelName: name, kernelFunc: run } = config;
  tf.unregisterKernel(name, 'cpu');
  tf.registerKernel({
    ...config,
    kernelFunc: (call) => {
      kernelsUsed.add(name);
      const pad = (call.attrs as { pad?: unknown } | undefined)?.pad;
      if (paddingsKnown[name] && !paddingsKnown[name](pad))
        throw new Error(`the native backend's ${name} does not take the padding ${JSON.stringify(pad)}`);
      return run(call);
    },
  });
}

export const tfjsOnCpu: Engine = {
  id: 'tfjs',
  async probe() {
    return [{ id: 'cpu backend', title: 'TensorFlow.js in plain JavaScript', kind: 'cpu', available: true }];
  },
  async compile(graph, { onNotice }) {
    return new TfjsProgram(tf, verify(graph), { onFirstRun: onNotice });
  },
};

export { tf };

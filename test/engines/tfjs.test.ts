/** The TensorFlow.js engine: conformance on the cpu backend and on whatever is installed, a golden, its memory. */
import { describe, expect, it } from 'vitest';
import type { EngineNotice } from '../../src/engines/engine';
import { onnxEngine } from '../../src/engines/onnx/onnxEngine';
import { tfjsEngine } from '../../src/engines/tfjs/tfjsEngine';
import { optimizers } from '../../src/optimizers';
import { engineConformance, expectAgreement } from './conformance';
import { prepareSteps, runSteps, type StepCase } from './steps';
import { tf, tfjsOnCpu } from './tfjsOnCpu';

const width4: StepCase = {
  title: 'width 4',
  network: 'resnet8',
  batch: 4,
  optimizer: optimizers.sgd,
  optimizerOptions: { momentum: 0.9, weightDecay: 1e-4 },
  learningRate: 0.1,
};

await engineConformance(tfjsOnCpu);
// Whatever native library this machine has; what it lacks is named.
await engineConformance(tfjsEngine);

describe('the TensorFlow.js engine and onnxruntime', () => {
  it.each([8, 32])('agree over three whole steps of a width-4 ResNet-8 on %i pixels', async (side) => {
    const spec: StepCase = { ...width4, input: [3, side, side], options: { width: 4 } };
    const want = await runSteps(onnxEngine, 'cpu', spec, 3);
    expectAgreement(await runSteps(tfjsOnCpu, 'cpu backend', spec, 3), want);
  });
});

describe('the TensorFlow.js engine', () => {
  const spec: StepCase = { ...width4, input: [3, 8, 8], options: { width: 1, classes: 2 }, batch: 1 };

  it('holds as many tensors after a thousand steps as after one', async () => {
    const before = tf.memory().numTensors;
    const { program, feeds } = await prepareSteps(tfjsOnCpu, 'cpu backend', spec);
    await program.step(feeds(1));
    const { numTensors, numBytes } = tf.memory();
    for (let step = 2; step <= 1001; step++) await program.step(feeds(step), () => step % 7 > 0);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    await program.evaluate(feeds(1));
    await program.readState();
    expect(tf.memory().numTensors).toBe(numTensors);
    await program.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }, 300_000);

  it('leaves nothing behind where a step fails on the way', async () => {
    const before = tf.memory().numTensors;
    const { program, feeds } = await prepareSteps(tfjsOnCpu, 'cpu backend', spec);
    const ready = tf.memory().numTensors;
    await expect(program.step({ ...feeds(1), labels: BigInt64Array.of(0n, 1n) })).rejects.toThrow('labels');
    expect(tf.memory().numTensors).toBe(ready);
    await program.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says that the first step prepares kernels, and only the first', async () => {
    const notices: EngineNotice[] = [];
    const { graph } = (await prepareSteps(tfjsOnCpu, 'cpu backend', spec)).training;
    const options = { device: 'cpu backend', threads: 1, onNotice: (n: EngineNotice) => notices.push(n) };
    const program = await tfjsOnCpu.compile(graph, options);
    const { program: other, feeds } = await prepareSteps(tfjsOnCpu, 'cpu backend', spec);
    await program.writeState(await other.readState());
    await program.step(feeds(1));
    expect(notices[0].code).toBe('firstRun/started');
    expect(notices.at(-1)!.code).toBe('firstRun/finished');
    expect(notices.at(-1)!.done).toBe(notices.at(-1)!.total);
    const said = notices.length;
    await program.step(feeds(2));
    expect(notices.length).toBe(said);
  });
});

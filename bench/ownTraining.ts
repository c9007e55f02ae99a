/**
 * One training step of a network on the onnxruntime engine, for the training benches: the counterpart of
 * torchTraining.py, with the same conversation. Arguments: network, batch, threads, `record` or `bare`.
 */
import { createInterface } from 'node:readline';
import { pack } from '../src/autodiff/parameterLayout';
import { trainingGraph } from '../src/autodiff/trainingGraph';
import { onnxEngine } from '../src/engines/onnx/onnxEngine';
import { sizeOf } from '../src/ir/tensorType';
import { losses } from '../src/losses';
import { findNetwork } from '../src/networks';
import { optimizers } from '../src/optimizers';
import { initialValues } from '../src/trainer/initialize';

async function main([name, batch, threads, recording]: string[]): Promise<void> {
  const network = findNetwork(name);
  const size = Number(batch);
  const before = process.cpuUsage();
  const started = performance.now();
  const training = trainingGraph(network.build(size, 'training'), {
    loss: losses['cross-entropy'],
    optimizer: optimizers.sgd,
    optimizerOptions: { momentum: 0.9, weightDecay: 1e-4 },
    record: recording === 'record',
  });
  const graphSeconds = (performance.now() - started) / 1000;
  const [device] = await onnxEngine.probe();
  const compiling = performance.now();
  const program = await onnxEngine.compile(training.graph, { device: 'cpu', threads: Number(threads) });
  const compileSeconds = (performance.now() - compiling) / 1000;
  const { user, system } = process.cpuUsage(before);
  const { parameters, statistics, slots } = training;
  const state = new Map([
    [
      'parameters',
      pack(parameters, new Map(parameters.entries.map((e) => [e.name, initialValues(e.parameter, 0)]))),
    ],
  ]);
  for (const slot of slots) state.set(slot, new Float32Array(parameters.size));
  if (statistics.size > 0) state.set('statistics', new Float32Array(statistics.size));
  await program.writeState(state);
  const random = Float32Array.from(
    { length: sizeOf([size, ...network.inputShape]) },
    () => Math.random() * 2 - 1,
  );
  const labels = BigInt64Array.from({ length: size }, (_, i) => BigInt(i % network.classes));
  let number = 0;
  const step = () =>
    program.step({
      input: random,
      labels,
      learningRate: Float32Array.of(0.01),
      step: Float32Array.of(++number),
      lossScale: Float32Array.of(1024),
    });

  const nodes = training.graph.nodes.length;
  const cpuSeconds = (user + system) / 1e6;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(
    JSON.stringify({ version: device.title, graphSeconds, compileSeconds, cpuSeconds, nodes, peakBytes }),
  );
  for await (const line of createInterface({ input: process.stdin })) {
    const seconds: number[] = [];
    for (let i = 0; i < Number(line.split(' ')[1]); i++) {
      const start = performance.now();
      await step();
      seconds.push((performance.now() - start) / 1000);
    }
    console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
  }
}

await main(process.argv.slice(2));

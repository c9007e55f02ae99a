/**
 * The TensorFlow.js engine tried out on a machine that has none of Skiplens: every operator and whole training steps
 * against the float64 reference, then how long steps of known networks take. Packed by packGpuTrial.mjs; runs with
 * `node trial.mjs [--device tfjs-gpu|tfjs-cpu|js] [--quick] [--batch N]` and leaves results.json beside itself;
 * `node trial.mjs --graph` only prints the graph of a step.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from '../src/autodiff/parameterLayout';
import { trainingGraph } from '../src/autodiff/trainingGraph';
import type { Engine } from '../src/engines/engine';
import { referenceEngine } from '../src/engines/reference/referenceEngine';
import { createTfjsEngine } from '../src/engines/tfjs/tfjsEngine';
import { TfjsProgram } from '../src/engines/tfjs/tfjsProgram';
import { print } from '../src/ir/printer';
import { sizeOf } from '../src/ir/tensorType';
import { losses } from '../src/losses';
import { findNetwork } from '../src/networks';
import { verify } from '../src/ops';
import { optimizers } from '../src/optimizers';
import { exampleDifference } from '../test/engines/exampleDifference';
import { runSteps, stepCases, worstDifference } from '../test/engines/steps';
import { goldenParameters } from '../test/golden/golden';
import { exampleCases } from '../test/ops/examples';

interface Timing {
  readonly network: string;
  readonly input: readonly [number, number, number];
  readonly options?: Readonly<Record<string, number>>;
  readonly batch: number;
  readonly steps: number;
}

const cifar = [3, 32, 32] as const;

/** Enough to tell dispatch-bound from compute-bound; the slow plain backend gets a toy. */
function timingsFor(device: string, batch: number): Timing[] {
  if (device === 'js')
    return [{ network: 'resnet8', input: [3, 8, 8], options: { width: 2 }, batch: 4, steps: 3 }];
  return [
    { network: 'resnet20', input: cifar, batch: 32, steps: 20 },
    { network: 'resnet20', input: cifar, batch, steps: 20 },
    { network: 'resnet110', input: cifar, batch, steps: 5 },
    { network: 'resnet18', input: cifar, options: { classes: 10 }, batch, steps: 10 },
  ];
}

/** TensorFlow.js' plain JavaScript, which is in the pack: shows that the pack itself is sound. */
async function plainEngine(): Promise<Engine> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-cpu');
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
  return {
    id: 'js',
    probe: async () => [
      { id: 'js', title: 'CPU · TensorFlow.js in JavaScript', kind: 'cpu', available: true },
    ],
    compile: async (graph) => new TfjsProgram(tf, verify(graph)),
  };
}

async function checkOperators(engine: Engine, device: string) {
  const failures: string[] = [];
  let worst = 0;
  for (const example of exampleCases()) {
    const difference = await exampleDifference(engine, device, example).catch((error) => String(error));
    if (typeof difference === 'string' || difference >= 1e-4)
      failures.push(`${example.title}: ${difference}`);
    else worst = Math.max(worst, difference);
  }
  return { examples: exampleCases().length, worst, failures };
}

async function checkSteps(engine: Engine, device: string) {
  const results = [];
  for (const spec of stepCases()) {
    const want = await runSteps(referenceEngine, 'reference', spec, 3);
    const { difference, what } = worstDifference(await runSteps(engine, device, spec, 3), want);
    results.push({ case: spec.title, difference, where: what });
  }
  return results;
}

function stepGraph(timing: Pick<Timing, 'network' | 'input' | 'options' | 'batch'>, record: boolean) {
  const network = findNetwork(timing.network, timing);
  const training = trainingGraph(network.build(timing.batch, 'training'), {
    loss: losses['cross-entropy'],
    optimizer: optimizers.sgd,
    optimizerOptions: { momentum: 0.9, weightDecay: 1e-4 },
    record,
  });
  return { network, training };
}

async function timeSteps(engine: Engine, device: string, timing: Timing, record: boolean) {
  const { network, training } = stepGraph(timing, record);
  const onNotice = ({ message }: { message: string }) => console.log(`    ${message}`);
  const program = await engine.compile(training.graph, {
    device,
    threads: os.availableParallelism(),
    onNotice,
  });
  const { parameters, statistics, slots } = training;
  const state = new Map([['parameters', pack(parameters, goldenParameters(parameters))]]);
  for (const slot of slots) state.set(slot, new Float32Array(parameters.size));
  if (statistics.size > 0) state.set('statistics', new Float32Array(statistics.size));
  await program.writeState(state);
  const images = new Float32Array(sizeOf([timing.batch, ...network.inputShape]));
  const milliseconds: number[] = [];
  for (let step = 0; step <= timing.steps; step++) {
    for (let i = 0; i < images.length; i++) images[i] = Math.random() * 2 - 1;
    const started = performance.now();
    await program.step({
      input: images,
      labels: BigInt64Array.from({ length: timing.batch }, (_, i) => BigInt((i + step) % network.classes)),
      learningRate: Float32Array.of(0.01),
      step: Float32Array.of(step + 1),
      lossScale: Float32Array.of(1024),
    });
    milliseconds.push(performance.now() - started);
  }
  await program.dispose();
  const [first, ...rest] = milliseconds;
  const sorted = [...rest].sort((a, b) => a - b);
  const rounded = (v: number) => Math.round(v * 10) / 10;
  const nodes = training.graph.nodes.length;
  return { ...timing, record, nodes, first: rounded(first), median: rounded(sorted[sorted.length >> 1]) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      device: { type: 'string', default: 'tfjs-gpu' },
      batch: { type: 'string', default: '128' },
      graph: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  });
  if (values.graph) {
    const { training } = stepGraph({ network: 'resnet20', input: cifar, batch: 32 }, true);
    console.log(print(training.graph));
    return;
  }
  const { device } = values;
  const here = import.meta.dirname;
  const engine = device === 'js' ? await plainEngine() : createTfjsEngine(() => ({ configured: here }));
  const devices = await engine.probe();
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: `${os.availableParallelism()} x ${os.cpus()[0]?.model}`,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
  };
  console.log(Object.values(machine).join(' · '));
  for (const { id, title, available, reason } of devices)
    console.log(
      `${available ? 'available' : 'not available'}: ${id} (${title})${reason ? `. ${reason}` : ''}`,
    );
  if (!devices.some((d) => d.id === device && d.available)) {
    console.error(`The device ${device} cannot be tried here.`);
    process.exitCode = 1;
    return;
  }

  const operators = await checkOperators(engine, device);
  console.log(
    `operators: ${operators.examples} examples, worst difference ${operators.worst.toExponential(1)}`,
  );
  for (const failure of operators.failures) console.log(`  FAILS ${failure}`);
  const steps = await checkSteps(engine, device);
  for (const step of steps)
    console.log(`three steps of ${step.case}: ${step.difference.toExponential(1)} at ${step.where}`);
  const times = [];
  for (const timing of values.quick ? [] : timingsFor(device, Number(values.batch)))
    for (const record of [true, false]) {
      const time = await timeSteps(engine, device, timing, record);
      times.push(time);
      const what = `${time.network}, batch ${time.batch}, ${record ? 'recording' : 'bare'}`;
      console.log(`${what}: ${time.median} ms a step (the first ${time.first} ms, ${time.nodes} nodes)`);
    }
  const agrees = operators.failures.length === 0 && steps.every(({ difference }) => difference < 1e-4);
  const results = { machine, devices, device, agrees, operators, steps, times };
  writeFileSync(path.join(here, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  console.log(
    agrees ? 'The engine agrees with the reference.' : 'The engine does NOT agree with the reference.',
  );
  if (!agrees) process.exitCode = 1;
}

await main();

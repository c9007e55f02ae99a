/**
 * A graph run node by node on TensorFlow.js. States stay on the device between steps; every other value is let go
 * behind its last use, so a step needs the memory of what is alive and not of all it ever computed. Fusing kernels
 * is left out: this engine is bound by how fast kernels are started.
 */
import type { Scalar } from '@tensorflow/tfjs-core';
import { internal } from '../../base/errors';
import { t } from '../../base/localize';
import type { Graph, Node, Value } from '../../ir/graph';
import { sizeOf } from '../../ir/tensorType';
import type { EngineNotice, Feeds, Numbers, Program, Results } from '../engine';
import { DeviceValue, type Tf } from './deviceValue';
import { type BatchNorm, findFusedNorm } from './fusedNorm';
import { KernelSite } from './kernel';
import { kernelOf } from './kernels';
import { composedNorm } from './kernels/normalization';

/** Nodes in order, each with the values that nobody needs behind it. */
type Plan = readonly { readonly node: Node; readonly last: readonly Value[] }[];

/** How often the first run, which may compile kernels for minutes, says where it is. */
const noticeInterval = 500;

export interface ProgramOptions {
  /** Given where the first run may take minutes; it is told so before, while and after it runs. */
  readonly onFirstRun?: (notice: EngineNotice) => void;
}

export class TfjsProgram implements Program {
  /** Parameters and inputs by name: any of them may be written once instead of being fed each time. */
  private readonly writable: ReadonlyMap<string, Value>;
  private readonly state = new Map<string, DeviceValue>();
  private readonly constants = new Map<Value, DeviceValue>();
  private readonly scalars = new Map<number, Scalar>();
  private readonly stepPlan: Plan;
  private readonly evaluationPlan: Plan;
  private hasRun = false;
  private fusedNorm: BatchNorm | null = null;

  constructor(
    private readonly tf: Tf,
    private readonly graph: Graph,
    private readonly options: ProgramOptions = {},
  ) {
    const values = [...graph.parameters.map((p) => p.value), ...graph.inputs];
    this.writable = new Map(values.map((value) => [value.name, value]));
    for (const { value, data } of graph.constants) this.constants.set(value, this.upload(value, data));
    const outputs = graph.outputs.map((o) => o.value);
    this.stepPlan = planFor(graph, [...outputs, ...graph.states.map((s) => s.next)]);
    this.evaluationPlan = planFor(graph, outputs);
  }

  async step(feeds: Feeds, accept?: (results: Results) => boolean): Promise<Results> {
    const values = await this.run(this.stepPlan, feeds);
    try {
      const results = await this.read(values);
      if (!accept || accept(results))
        for (const { input, next } of this.graph.states)
          this.replaceState(input.name, values.get(next)!.hold());
      return results;
    } finally {
      releaseAll(values);
    }
  }

  async evaluate(feeds: Feeds): Promise<Results> {
    const values = await this.run(this.evaluationPlan, feeds);
    try {
      return await this.read(values);
    } finally {
      releaseAll(values);
    }
  }

  async readState(): Promise<Map<string, Float32Array>> {
    const copies = new Map<string, Float32Array>();
    for (const [name, value] of this.state) copies.set(name, await numbersOf(value));
    return copies;
  }

  async writeState(state: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const [name, data] of state) {
      const value = this.writable.get(name);
      if (!value) throw internal(`${name} is no state`);
      // The library may read the array later, when it is first used: it gets a copy of its own.
      this.replaceState(name, this.upload(value, data.slice()));
    }
  }

  /** Kernels are the library's and compiled once a process: there is nothing else to share but the plan. */
  sibling(): Program {
    return new TfjsProgram(this.tf, this.graph);
  }

  async dispose(): Promise<void> {
    for (const value of [...this.state.values(), ...this.constants.values()]) value.release();
    for (const scalar of this.scalars.values()) scalar.dispose();
    this.state.clear();
    this.constants.clear();
    this.scalars.clear();
  }

  /** An upload of four bytes costs a GPU as much as a kernel: every number is sent once. */
  private readonly scalar = (value: number): Scalar => {
    const known = this.scalars.get(value);
    if (known) return known;
    const made = this.tf.keep(this.tf.scalar(value, 'float32'));
    this.scalars.set(value, made);
    return made;
  };

  private replaceState(name: string, value: DeviceValue): void {
    this.state.get(name)?.release();
    this.state.set(name, value);
  }

  private async run(plan: Plan, feeds: Feeds): Promise<Map<Value, DeviceValue>> {
    const values = new Map<Value, DeviceValue>();
    try {
      this.start(values, feeds);
      const report = this.hasRun ? undefined : this.options.onFirstRun;
      if (report) await this.firstRun(plan, values, report);
      else {
        if (!this.hasRun) this.choose();
        for (const step of plan) this.execute(step, values);
      }
      this.hasRun = true;
      return values;
    } catch (error) {
      releaseAll(values);
      throw error;
    }
  }

  /** Lets go of the thread between nodes, so that its notices reach somebody while kernels compile. */
  private async firstRun(
    plan: Plan,
    values: Map<Value, DeviceValue>,
    report: (notice: EngineNotice) => void,
  ): Promise<void> {
    const started = performance.now();
    let said = started;
    report({
      code: 'firstRun/started',
      message: t(
        'TensorFlow prepares its kernels for this GPU; on a GPU newer than they are the first step takes minutes, later ones do not.',
      ),
      done: 0,
      total: plan.length,
    });
    await pause();
    this.choose();
    for (const [i, step] of plan.entries()) {
      this.execute(step, values);
      if (performance.now() - said < noticeInterval) continue;
      said = performance.now();
      const message = t('The first step prepares kernels: {0} of {1} are done.', i + 1, plan.length);
      report({ code: 'firstRun/running', message, done: i + 1, total: plan.length });
      await pause();
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    const message = t('The kernels are ready; the first step took {0} s.', seconds);
    report({ code: 'firstRun/finished', message, done: plan.length, total: plan.length });
  }

  /** Not before the first run, for this may be what the GPU's first kernels are compiled for. */
  private choose(): void {
    this.fusedNorm = findFusedNorm(this.tf, composedNorm(this.tf));
  }

  private start(values: Map<Value, DeviceValue>, feeds: Feeds): void {
    for (const [value, device] of this.constants) values.set(value, device.hold());
    for (const value of [...this.graph.inputs, ...this.graph.parameters.map((p) => p.value)]) {
      const data = feeds[value.name];
      const known = this.state.get(value.name);
      if (data) values.set(value, this.upload(value, data));
      else if (known) values.set(value, known.hold());
      else throw internal(`nothing given for ${value.name}`);
    }
  }

  private execute({ node, last }: Plan[number], values: Map<Value, DeviceValue>): void {
    // What a kernel makes on the way ends with the tidy; what it gives or turns round is kept by its value.
    this.tf.tidy(() => {
      const site = new KernelSite(
        this.tf,
        node.inputs.map((v) => values.get(v)!),
        node,
        this.scalar,
        this.fusedNorm,
      );
      kernelOf(node.op)(site, node.attributes).forEach((result, i) => {
        values.set(node.outputs[i], result);
      });
    });
    for (const value of last) {
      values.get(value)!.release();
      values.delete(value);
    }
  }

  private upload(value: Value, data: Numbers): DeviceValue {
    const { shape } = value.type;
    if (data.length !== sizeOf(shape))
      throw internal(`${value.name} takes ${sizeOf(shape)} numbers, not ${data.length}`);
    const tensor =
      data instanceof BigInt64Array
        ? this.tf.tensor(Int32Array.from(data, Number), [...shape], 'int32')
        : this.tf.tensor(data, [...shape], 'float32');
    return new DeviceValue(this.tf, shape, 'plain', tensor);
  }

  private async read(values: ReadonlyMap<Value, DeviceValue>): Promise<Results> {
    const results: Record<string, Float32Array> = {};
    for (const { name, value } of this.graph.outputs) results[name] = await numbersOf(values.get(value)!);
    return results;
  }
}

/** The nodes that the wanted values depend on, in order, and where each value is used for the last time. */
function planFor(graph: Graph, wanted: readonly Value[]): Plan {
  const needed = new Set(wanted);
  const nodes = [...graph.nodes].reverse().filter((node) => {
    if (!node.outputs.some((v) => needed.has(v))) return false;
    for (const input of node.inputs) needed.add(input);
    return true;
  });
  const settled = new Set(wanted);
  const plan = nodes.map((node) => {
    const last = [...new Set([...node.inputs, ...node.outputs])].filter((v) => !settled.has(v));
    for (const value of last) settled.add(value);
    return { node, last };
  });
  return plan.reverse();
}

function releaseAll(values: Map<Value, DeviceValue>): void {
  for (const value of values.values()) value.release();
  values.clear();
}

/** A copy: on some backends the tensor's own array comes back. */
async function numbersOf(value: DeviceValue): Promise<Float32Array> {
  return Float32Array.from(await value.as('plain').data());
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

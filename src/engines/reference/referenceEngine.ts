/**
 * The engine that is right by being plain: every node through its operator's float64 reference, one after the
 * other. For tests and for experiments that leave float32's range; thousands of times slower than the others.
 */
import { internal } from '../../base/errors';
import type { Graph, Value } from '../../ir/graph';
import { operatorOf, verify } from '../../ops';
import type { Tensor } from '../../ops/operator';
import type { Engine, Feeds, Numbers, Program, Results } from '../engine';

/** Runs a graph on float64 values keyed by value name; returns every value by name. */
export function interpret(graph: Graph, given: ReadonlyMap<string, ArrayLike<number>>): Map<string, Tensor> {
  const known = new Map<Value, Tensor>();
  const byName = new Map<string, Tensor>();
  const set = (value: Value, data: ArrayLike<number>) => {
    const tensor = {
      shape: value.type.shape,
      data: data instanceof Float64Array ? data : Float64Array.from(data),
    };
    known.set(value, tensor);
    byName.set(value.name, tensor);
  };
  const get = (name: string) => given.get(name) ?? missing(name);
  for (const input of graph.inputs) set(input, get(input.name));
  for (const { value } of graph.parameters) set(value, get(value.name));
  for (const { value, data } of graph.constants) set(value, Array.from(data, Number));
  for (const node of graph.nodes) {
    const results = operatorOf(node.op).reference(
      node.inputs.map((v) => known.get(v)!),
      node.attributes,
      node.outputs.map((v) => v.type),
    );
    for (const [i, output] of node.outputs.entries()) set(output, results[i]);
  }
  return byName;
}

function missing(name: string): never {
  throw internal(`nothing given for ${name}`);
}

export const referenceEngine: Engine = {
  id: 'reference',
  async probe() {
    return [{ id: 'reference', title: 'Plain float64 reference (slow)', kind: 'cpu', available: true }];
  },
  async compile(graph) {
    return new ReferenceProgram(verify(graph));
  },
};

class ReferenceProgram implements Program {
  private state = new Map<string, Float64Array>();

  constructor(private readonly graph: Graph) {}

  async step(feeds: Feeds, accept?: (results: Results) => boolean): Promise<Results> {
    const { results, values } = this.run(feeds);
    if (!accept || accept(results))
      for (const { input, next } of this.graph.states)
        this.state.set(input.name, values.get(next.name)!.data);
    return results;
  }

  async evaluate(feeds: Feeds): Promise<Results> {
    return this.run(feeds).results;
  }

  async readState(): Promise<Map<string, Float32Array>> {
    return new Map([...this.state].map(([name, data]) => [name, Float32Array.from(data)]));
  }

  async writeState(state: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const [name, data] of state) this.state.set(name, Float64Array.from(data));
  }

  sibling(): Program {
    return new ReferenceProgram(this.graph);
  }

  async dispose(): Promise<void> {
    this.state.clear();
  }

  private run(feeds: Feeds) {
    const given = new Map<string, ArrayLike<number>>(this.state);
    for (const [name, data] of Object.entries(feeds)) given.set(name, plainNumbers(data));
    const values = interpret(this.graph, given);
    const results: Record<string, Float32Array> = {};
    for (const { name, value } of this.graph.outputs)
      results[name] = Float32Array.from(values.get(value.name)!.data);
    return { results, values };
  }
}

function plainNumbers(data: Numbers): ArrayLike<number> {
  return data instanceof BigInt64Array ? Array.from(data, Number) : data;
}

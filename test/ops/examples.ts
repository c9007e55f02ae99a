/** Every example of every operator as a graph and its numbers: the tests of rules, gradients and engines share it. */
import type { Attributes, Graph, Value } from '../../src/ir/graph';
import { sizeOf } from '../../src/ir/tensorType';
import { newBuilder, operators } from '../../src/ops';
import type { Example, Operator } from '../../src/ops/operator';
import { hashUniform } from '../hashUniform';

export interface ExampleCase {
  readonly operator: Operator;
  readonly example: Example;
  readonly title: string;
}

export function exampleCases(): ExampleCase[] {
  return Object.values(operators).flatMap((operator: Operator) =>
    operator.examples.map((example) => ({ operator, example, title: `${operator.name}: ${example.title}` })),
  );
}

export interface ExampleGraph {
  readonly graph: Graph;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Float64 numbers by input name. */
  readonly given: Map<string, Float64Array>;
}

export function exampleGraph({ operator, example, title }: ExampleCase): ExampleGraph {
  const b = newBuilder(operator.name);
  const given = new Map<string, Float64Array>();
  const inputs = example.inputs.map(({ type, data }, i) => {
    const size = sizeOf(type.shape);
    const numbers = data ? Float64Array.from(data) : hashUniform(`${title}/${i}`, size);
    given.set(
      `input${i}`,
      type.dtype === 'float32' ? Float64Array.from(Float32Array.from(numbers)) : numbers,
    );
    return b.input(`input${i}`, type);
  });
  const outputs = b.apply(operator.name, inputs, (example.attributes ?? {}) as Attributes);
  outputs.forEach((output, i) => {
    b.output(`output${i}`, output);
  });
  return { graph: b.finish(), inputs, outputs, given };
}

/** |a - b| relative to the larger magnitude, or absolute where both are small. */
export function difference(a: number, b: number): number {
  return Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
}

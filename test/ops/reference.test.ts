/** What an example says must come out, comes out of the reference. */
import { describe, expect, it } from 'vitest';
import { interpret } from '../../src/engines/reference/referenceEngine';
import { operators, verify } from '../../src/ops';
import type { Operator } from '../../src/ops/operator';
import { exampleCases, exampleGraph } from './examples';

describe('operators', () => {
  it.each(Object.values(operators) as Operator[])('$name has examples and a summary', (operator) => {
    expect(operator.examples.length).toBeGreaterThan(0);
    expect(operator.summary).toMatch(/\.$/);
    expect(operators).toHaveProperty(operator.name, operator);
  });

  it.each(exampleCases())('$title', (example) => {
    const { graph, outputs, given } = exampleGraph(example);
    verify(graph);
    const values = interpret(graph, given);
    const first = values.get(outputs[0].name)!;
    expect(first.data.every(Number.isFinite)).toBe(true);
    for (const output of outputs)
      expect(values.get(output.name)!.data.length).toBe(output.type.shape.reduce((a, b) => a * b, 1));
    const { expected, expectedShape } = example.example;
    if (expectedShape) expect(outputs[0].type.shape).toEqual(expectedShape);
    expected?.forEach((value, i) => {
      expect(first.data[i]).toBeCloseTo(value, 6);
    });
  });
});

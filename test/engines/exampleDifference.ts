/** One operator's example on an engine and on the float64 reference. */
import type { Engine } from '../../src/engines/engine';
import { interpret } from '../../src/engines/reference/referenceEngine';
import { difference, type ExampleCase, exampleGraph } from '../ops/examples';

/** The largest difference of any number of any output, relative where the numbers are large. */
export async function exampleDifference(
  engine: Engine,
  device: string,
  example: ExampleCase,
): Promise<number> {
  const { graph, outputs, given } = exampleGraph(example);
  const expected = interpret(graph, given);
  const program = await engine.compile(graph, { device, threads: 1 });
  const feeds = Object.fromEntries(
    graph.inputs.map((v) => {
      const data = given.get(v.name)!;
      return [v.name, v.type.dtype === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data)];
    }),
  );
  const results = await program.evaluate(feeds);
  await program.dispose();
  let worst = 0;
  outputs.forEach((output, k) => {
    const want = expected.get(output.name)!.data;
    const got = results[`output${k}`];
    if (got.length !== want.length) throw new Error(`output ${k}: ${got.length} numbers, not ${want.length}`);
    want.forEach((v, i) => {
      // Not a number is never close.
      const d = difference(v, got[i]);
      if (!(d <= worst)) worst = Number.isNaN(d) ? Number.POSITIVE_INFINITY : d;
    });
  });
  return worst;
}

/**
 * onnxruntime: the whole step as one ONNX graph. Loaded on first use, and only in the trainer process, because
 * `run` is synchronous native code and a native crash takes its process along.
 */
import { internal, SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Graph, PackedTensor, Value } from '../../ir/graph';
import { verify } from '../../ops';
import type { CompileOptions, Device, Engine, Feeds, Numbers, Program, Results } from '../engine';
import { type BlockSize, blockSizeOf } from './blockSize';
import { permuted } from './packedStates';
import { nextName, spellGraph } from './spellGraph';

type Runtime = typeof import('onnxruntime-node');

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new SkiplensError(
      'engine/notLoaded',
      t(
        'onnxruntime could not be loaded on {0} {1} with Node {2}: {3}. Install Skiplens again with npm on this machine.',
        process.platform,
        process.arch,
        process.version,
        error instanceof Error ? error.message.split('\n')[0] : String(error),
      ),
      { cause: error },
    );
  }
}

/** Which layout activations are kept in: the fastest that the machine has, or one of the two. */
export type LayoutChoice = 'fastest' | 'plain' | 'blocked';

/** `tellsShapes` is for tests: by default the size of the graph decides. */
export function createOnnxEngine(layout: LayoutChoice = 'fastest', tellsShapes?: boolean): Engine {
  const blockFor = async (runtime: Runtime): Promise<BlockSize> => {
    if (layout === 'plain') return { size: 0 };
    const block = await blockSizeOf(runtime);
    if (layout === 'blocked' && block.size === 0)
      throw internal(`no blocked layout on this machine: ${block.reason}`);
    return block;
  };
  return {
    id: 'onnx',

    async probe(): Promise<readonly Device[]> {
      const cpu = { id: 'cpu', kind: 'cpu' } as const;
      try {
        const runtime = await loadRuntime();
        const version = runtime.env.versions.node ?? '';
        const { reason } = await blockFor(runtime);
        // A machine without the fast kernels still trains, only slower; the title says so.
        const title =
          reason === undefined
            ? t('CPU · onnxruntime {0}', version)
            : t('CPU · onnxruntime {0}, without its fast layout ({1})', version, reason);
        return [{ ...cpu, title, available: true }];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return [{ ...cpu, title: t('CPU · onnxruntime'), available: false, reason }];
      }
    },

    async compile(graph: Graph, { threads, onStage }: CompileOptions): Promise<Program> {
      verify(graph);
      const runtime = await loadRuntime();
      const { size: block } = await blockFor(runtime);
      const { model, packed, shapes } = spellGraph(graph, 'cpu', block, tellsShapes);
      // What follows is one call into native code, which nothing interrupts.
      await onStage?.(0.4);
      const session = await runtime.InferenceSession.create(model, {
        executionProviders: ['cpu'],
        // Our graphs gain nothing from rewriting, and creation would cost six times as much.
        graphOptimizationLevel: 'disabled',
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // One slab for all intermediates costs twice the memory and saves no time; the arena itself is needed.
        enableMemPattern: false,
        enableCpuMemArena: true,
        logSeverityLevel: 3,
        extra: {
          session: {
            // Idle workers sleep: training runs beside a person's editor.
            intra_op: { allow_spinning: '0' },
            // Gradients that vanish would otherwise crawl through denormal arithmetic.
            set_denormal_as_zero: '1',
          },
        },
      });
      return new OnnxProgram(graph, session, runtime.Tensor, packed, block, shapes);
    },
  };
}

export const onnxEngine: Engine = createOnnxEngine();

class OnnxProgram implements Program {
  private readonly held = new Map<string, Value>();
  private readonly state = new Map<string, Float32Array>();

  constructor(
    private readonly graph: Graph,
    private readonly session: import('onnxruntime-node').InferenceSession,
    private readonly Tensor: Runtime['Tensor'],
    /** Tensors that lie in the states in the blocked order; outside they are in their own. */
    private readonly packed: ReadonlyMap<string, readonly PackedTensor[]>,
    private readonly block: number,
    private readonly shapes: BigInt64Array | undefined,
    /** Programs that run on this session; the last one to go releases it. */
    private readonly sharing = { programs: 1 },
  ) {
    for (const { value } of graph.parameters) this.held.set(value.name, value);
    for (const { input } of graph.states) this.held.set(input.name, input);
  }

  async step(feeds: Feeds, accept?: (results: Results) => boolean): Promise<Results> {
    const outputs = await this.run(feeds, true);
    const results = this.resultsOf(outputs);
    if (!accept || accept(results))
      for (const { input } of this.graph.states) {
        this.state.set(input.name, outputs[nextName(input.name)].data as Float32Array);
      }
    return results;
  }

  async evaluate(feeds: Feeds): Promise<Results> {
    return this.resultsOf(await this.run(feeds, false));
  }

  async readState(): Promise<Map<string, Float32Array>> {
    return new Map([...this.state].map(([name, data]) => [name, this.reordered(name, data, 'out')]));
  }

  async writeState(state: ReadonlyMap<string, Float32Array>): Promise<void> {
    for (const [name, data] of state) this.state.set(name, this.reordered(name, data, 'in'));
  }

  sibling(): Program {
    this.sharing.programs++;
    const { graph, session, Tensor, packed, block, shapes, sharing } = this;
    return new OnnxProgram(graph, session, Tensor, packed, block, shapes, sharing);
  }

  async dispose(): Promise<void> {
    this.state.clear();
    this.sharing.programs--;
    if (this.sharing.programs === 0) await this.session.release();
  }

  private reordered(name: string, data: Float32Array, direction: 'in' | 'out'): Float32Array {
    return permuted(data, this.packed.get(name) ?? [], this.block, direction);
  }

  private run(feeds: Feeds, withStates: boolean) {
    const inputs: Record<string, import('onnxruntime-node').Tensor> = {};
    for (const value of this.graph.inputs) {
      const data = feeds[value.name] ?? this.state.get(value.name);
      if (!data) throw internal(`nothing given for ${value.name}`);
      inputs[value.name] = this.tensor(value, data);
    }
    for (const { value } of this.graph.parameters) {
      const data = this.state.get(value.name);
      if (!data) throw internal(`no weights written for ${value.name}`);
      inputs[value.name] = this.tensor(value, data);
    }
    if (this.shapes) inputs.shapes = new this.Tensor('int64', this.shapes, [this.shapes.length]);
    const wanted = this.graph.outputs.map((o) => o.name);
    if (withStates) wanted.push(...this.graph.states.map((s) => nextName(s.input.name)));
    return this.session.run(inputs, wanted);
  }

  private tensor({ name, type }: Value, data: Numbers) {
    const size = type.shape.reduce((a, b) => a * b, 1);
    if (data.length !== size) throw internal(`${name} takes ${size} numbers, not ${data.length}`);
    return data instanceof BigInt64Array
      ? new this.Tensor('int64', data, type.shape)
      : new this.Tensor('float32', data, type.shape);
  }

  private resultsOf(outputs: Readonly<Record<string, { readonly data: unknown }>>): Results {
    const results: Record<string, Float32Array> = {};
    for (const { name } of this.graph.outputs) results[name] = outputs[name].data as Float32Array;
    return results;
  }
}

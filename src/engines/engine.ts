/**
 * What an engine is: it compiles a graph once and runs it again and again. An engine never learns the word
 * training; it knows inputs, outputs and states (values that one run turns into their successors). Everything
 * native lives behind this interface, in the trainer process.
 */
import type { Graph } from '../ir/graph';

export type Numbers = Float32Array | BigInt64Array;

/** By name of the graph's input or output. */
export type Feeds = Readonly<Record<string, Numbers>>;
export type Results = Readonly<Record<string, Float32Array>>;

export interface Device {
  /** What `--device` takes: `cpu`, `webgpu`, `tfjs-gpu`, ... */
  readonly id: string;
  /** For people: `CPU · onnxruntime 1.30.0`. */
  readonly title: string;
  readonly kind: 'cpu' | 'gpu';
  readonly available: boolean;
  /** Where it is not available: why, and what would help. */
  readonly reason?: string;
}

/** Something that a person waiting for a step wants to know: kernels that compile for minutes, say. */
export interface EngineNotice {
  /** Stable: `firstRun/started`, `firstRun/running`, `firstRun/finished`. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
  /** How far it is, where that is known. */
  readonly done?: number;
  readonly total?: number;
}

export interface CompileOptions {
  /** The device's id; an engine may serve several. */
  readonly device: string;
  /** Threads for one operator; at least 1. */
  readonly threads: number;
  /** Told of what takes long, before and while it does. */
  readonly onNotice?: (notice: EngineNotice) => void;
  /**
   * Told, between the parts of a compilation, what share of it is done. It is waited for, so that others may have the
   * thread meanwhile; what it throws ends the compilation.
   */
  readonly onStage?: (share: number) => Promise<void>;
}

export interface Engine {
  readonly id: string;
  /** Never throws: a device that cannot be used is one with a reason. */
  probe(): Promise<readonly Device[]>;
  /** The graph is verified again before it is compiled. */
  compile(graph: Graph, options: CompileOptions): Promise<Program>;
}

export interface Program {
  /**
   * Runs the graph and moves every state on. Where `accept` is given and answers false, the states stay as they
   * were: the caller may look at the results and run the same step again with other inputs.
   */
  step(feeds: Feeds, accept?: (results: Results) => boolean): Promise<Results>;
  /** Runs the graph and leaves every state as it was. */
  evaluate(feeds: Feeds): Promise<Results>;
  /** Copies of the states (and of parameters that are no state), by name. */
  readState(): Promise<Map<string, Float32Array>>;
  /** Replaces the named states; the others stay. */
  writeState(state: ReadonlyMap<string, Float32Array>): Promise<void>;
  /**
   * Another program of the same compilation, with states of its own that nobody has written yet. The two share what
   * compiling cost in time and memory, are run one at a time, and each is disposed of by itself.
   */
  sibling(): Program;
  dispose(): Promise<void>;
}

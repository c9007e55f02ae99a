/**
 * Builds a graph node by node. Types are inferred as nodes are added, so an ill-shaped network is refused at the
 * layer that breaks it, with its scope in the sentence. Two name stacks run in parallel: the scope path (how the
 * product talks about a layer) and the public parameter name (how its framework does).
 */
import { internal } from '../base/errors';
import { t } from '../base/localize';
import type {
  Attributes,
  Block,
  Constant,
  Fork,
  Graph,
  Initializer,
  Layer,
  Node,
  Noise,
  PackedTensor,
  Parameter,
  ParameterRole,
  Phase,
  ShortcutKind,
  SourceRange,
  State,
  TypingRules,
  Value,
} from './graph';
import { ShapeError } from './shapeError';
import { sizeOf, type TensorType } from './tensorType';

/** Training graphs normalise with batch statistics and drop units; inference graphs do neither. */
export type Mode = 'training' | 'inference';

export class Builder {
  private readonly inputs: Value[] = [];
  private readonly noises: Noise[] = [];
  private readonly parameters: Parameter[] = [];
  private readonly constants: Constant[] = [];
  private readonly constantByKey = new Map<string, Value>();
  private readonly nodes: Node[] = [];
  private readonly outputs: { name: string; value: Value }[] = [];
  private readonly states: State[] = [];
  private readonly layers: Layer[] = [];
  private readonly blocks: Block[] = [];
  private readonly names = new Set<string>();
  /** Where the search for a free suffix goes on, so that many nodes of one scope stay linear. */
  private readonly nameCounts = new Map<string, number>();
  private scopePath = '';
  private namePath = '';
  private phase: Phase = 'forward';
  private source: SourceRange | undefined;
  private nextId = 0;

  constructor(
    readonly rules: TypingRules,
    readonly graphName: string,
    readonly mode: Mode = 'training',
  ) {}

  /** Goes on building where a finished graph ended; the nodes are shared, not copied. */
  static from(graph: Graph, rules: TypingRules, mode: Mode = 'training'): Builder {
    const b = new Builder(rules, graph.name, mode);
    b.inputs.push(...graph.inputs);
    b.noises.push(...graph.noises);
    b.parameters.push(...graph.parameters);
    b.constants.push(...graph.constants);
    b.nodes.push(...graph.nodes);
    b.outputs.push(...graph.outputs);
    b.states.push(...graph.states);
    b.layers.push(...graph.layers);
    b.blocks.push(...graph.blocks);
    for (const value of valuesOf(graph)) {
      b.names.add(value.name);
      b.nextId = Math.max(b.nextId, value.id + 1);
    }
    return b;
  }

  get scope(): string {
    return this.scopePath;
  }

  /** Adds a graph input. */
  input(name: string, type: TensorType): Value {
    const value = this.value(name, type);
    this.inputs.push(value);
    return value;
  }

  /** Adds a random input for the present scope: every element is `value` with probability `keep`, else 0. */
  noise(type: TensorType, keep: number, value: number): Value {
    const input = this.input(`random:${this.scopePath}`, type);
    this.noises.push({ input, kind: 'bernoulli', keep, value });
    return input;
  }

  /** Adds a constant, shared between all users that ask for the same type and numbers. */
  constant(type: TensorType, data: readonly number[]): Value {
    if (data.length !== sizeOf(type.shape)) throw internal(`constant of ${data.length} for ${type.shape}`);
    const key = `${type.dtype}[${type.shape}]=${data}`;
    const known = this.constantByKey.get(key);
    if (known) return known;
    const value = this.value(`constant${this.constants.length}`, type);
    this.constants.push({
      value,
      data: type.dtype === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data),
    });
    this.constantByKey.set(key, value);
    return value;
  }

  /** Adds a parameter under the current names: `weight` inside `layer1.0.conv1` is `layer1.0.conv1.weight`. */
  parameter(name: string, type: TensorType, role: ParameterRole, initializer: Initializer): Parameter {
    const parameter: Parameter = {
      value: this.value(join(this.namePath, name, '.'), type),
      scope: this.scopePath,
      role,
      initializer,
      trainable: role !== 'runningMean' && role !== 'runningVariance',
    };
    this.parameters.push(parameter);
    return parameter;
  }

  /** Adds a node; returns all of its outputs. */
  apply(op: string, inputs: readonly Value[], attributes: Attributes = {}): readonly Value[] {
    const rule = this.rules[op];
    if (!rule) throw internal(`no operator named ${op}`);
    let complete: Attributes;
    let types: TensorType[];
    try {
      complete = rule.complete(attributes);
      types = rule.infer(
        inputs.map((v) => v.type),
        complete,
      );
    } catch (error) {
      if (!(error instanceof ShapeError) || !this.scopePath) throw error;
      throw new ShapeError(t('At {0}: {1}', this.scopePath, error.message));
    }
    const base = join(this.scopePath, op, '/');
    const outputs = types.map((type, i) => this.value(this.unique(i === 0 ? base : `${base}.${i}`), type));
    this.nodes.push({
      id: this.nodes.length,
      op,
      inputs,
      attributes: complete,
      outputs,
      scope: this.scopePath,
      phase: this.phase,
    });
    return outputs;
  }

  /** The node added last. */
  get lastNode(): Node {
    return this.nodes[this.nodes.length - 1];
  }

  /** Adds a node that has one output. */
  op(op: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.apply(op, inputs, attributes)[0];
  }

  /**
   * Runs `body` one level deeper. `name` is the parameter-name segment where it differs from the scope's
   * (`scope('stage1', body, 'layer1')`); an empty one adds nothing.
   */
  within<T>(scope: string, body: () => T, name: string = scope): T {
    const [scopePath, namePath] = [this.scopePath, this.namePath];
    this.scopePath = join(scopePath, scope, '/');
    this.namePath = name === '' ? namePath : join(namePath, name, '.');
    try {
      return body();
    } finally {
      this.scopePath = scopePath;
      this.namePath = namePath;
    }
  }

  /** Runs `body` with nodes put under a given scope path and phase (for differentiation and updates). */
  under<T>(scope: string, phase: Phase, body: () => T): T {
    const kept = [this.scopePath, this.phase] as const;
    [this.scopePath, this.phase] = [scope, phase];
    try {
      return body();
    } finally {
      [this.scopePath, this.phase] = kept;
    }
  }

  /** Everything added inside `body` is said to come from this place in a source file. */
  from<T>(source: SourceRange | undefined, body: () => T): T {
    const kept = this.source;
    this.source = source ?? kept;
    try {
      return body();
    } finally {
      this.source = kept;
    }
  }

  /** A row of the layer table: `body` adds its parameters and nodes and returns its output. */
  layer(scope: string, op: string, inputs: readonly Value[], body: () => Value, name: string = scope): Value {
    return this.within(
      scope,
      () => {
        const nodes = this.nodes.length;
        const parameters = this.parameters.length;
        const output = body();
        this.layers.push({
          scope: this.scopePath,
          op,
          inputs,
          output,
          parameters: this.parameters.slice(parameters),
          nodes: this.nodes.slice(nodes),
          source: this.source,
        });
        return output;
      },
      name,
    );
  }

  /**
   * A block: `body` builds it under `scope` and says what forked. `publicName` is for blocks whose layers have no
   * name segment in common (the convolutions of `features` in torchvision's VGG).
   */
  block(
    scope: string,
    kind: string,
    input: Value,
    body: () => { output: Value; fork: Fork | null },
    name: string = scope,
    publicName?: string,
  ): Value {
    return this.within(
      scope,
      () => {
        const { output, fork } = body();
        this.blocks.push({
          scope: this.scopePath,
          name: publicName ?? this.namePath,
          kind,
          input,
          output,
          fork,
          source: this.source,
        });
        return output;
      },
      name,
    );
  }

  /** Gives the two uses of `input` values of their own, so that each has its own gradient. */
  fork(input: Value, shortcut: ShortcutKind): Fork {
    return {
      input,
      skip: this.within('fork', () => this.op('Identity', [input])),
      branch: this.within('fork', () => this.op('Identity', [input])),
      shortcut,
    };
  }

  output(name: string, value: Value): void {
    this.outputs.push({ name, value });
  }

  /** After one run, `input` holds what `next` was; `packed` says which tensors lie in it, if several do. */
  state(input: Value, next: Value, packed?: readonly PackedTensor[]): void {
    this.states.push(packed ? { input, next, packed } : { input, next });
  }

  finish(): Graph {
    return {
      name: this.graphName,
      inputs: this.inputs,
      noises: this.noises,
      parameters: this.parameters,
      constants: this.constants,
      nodes: this.nodes,
      outputs: this.outputs,
      states: this.states,
      layers: this.layers,
      blocks: this.blocks,
    };
  }

  private value(name: string, type: TensorType): Value {
    if (this.names.has(name)) throw internal(`two values named ${name}`);
    this.names.add(name);
    return { id: this.nextId++, name, type };
  }

  private unique(name: string): string {
    if (!this.names.has(name)) return name;
    for (let i = this.nameCounts.get(name) ?? 2; ; i++) {
      if (this.names.has(`${name}_${i}`)) continue;
      this.nameCounts.set(name, i + 1);
      return `${name}_${i}`;
    }
  }
}

function join(path: string, name: string, separator: string): string {
  return path === '' ? name : name === '' ? path : path + separator + name;
}

/** Every value of a graph: inputs, parameters, constants, then node outputs in order. */
export function* valuesOf(graph: Graph): Iterable<Value> {
  yield* graph.inputs;
  for (const p of graph.parameters) yield p.value;
  for (const c of graph.constants) yield c.value;
  for (const n of graph.nodes) yield* n.outputs;
}

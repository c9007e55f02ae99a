/** Runs a model on its input and writes down what it is made of. */
import { callValue } from '../interpreter/calls';
import { reasonFor } from '../interpreter/expressions';
import type { Machine, Scope } from '../interpreter/machine';
import { stretch } from '../interpreter/memory';
import { replay } from '../recipes/kerasCalls';
import { nodesBetween } from '../recipes/kerasModules';
import type { Framework } from '../recipes/recipe';
import { add, type Dim, type Dims, isUnknownDim, substitute } from '../values/dims';
import type { TraceNode } from '../values/trace';
import type { InstanceValue, TensorValue, Value } from '../values/values';
import type { LayerCall, Model, ParameterCount, Place, SkipInfo } from './analysis';
import { blocksOf, ownerPath, type TracedBlock } from './blocks';
import type { Candidate } from './discover';
import { type ModelInput, missingInput } from './inputs';
import type { Lines } from './lines';
import { skipOf } from './skips';
import { countBelow, countOf, hasUnknownMember, pathsBelow, unbuild } from './tree';

export function assembleModel(
  machine: Machine,
  candidate: Candidate,
  input: ModelInput,
  lines: Lines,
  scope: Scope,
): Model {
  const { instance, site } = candidate;
  const framework = instance.layer?.recipe.framework ?? 'pytorch';
  const { inputs, outputs, nodes } = run(machine, candidate, input, scope);
  // What it is made of now, before another model runs what they share.
  const { paths, isWhole, parameters } = stretch(
    machine,
    instance,
    `parts ${candidate.name} ${input.source}`,
    () => partsOf(instance),
    instance,
  );
  let blocks: readonly TracedBlock[] | undefined;
  let layers: readonly LayerCall[] | undefined;
  const trace = {
    instance,
    inputs,
    outputs,
    nodes,
    paths,
    // A keystroke wants problems; who looks at a table or inspects a model asks for its blocks and rows.
    get blocks() {
      blocks ??= blocksOf(nodes, paths);
      return blocks;
    },
  };
  // PyTorch registers layers with the module: only an unknown member hides weights. Keras may make them anywhere.
  const hasMore = machine.unknownCalls.some(
    (call) => call.owners[0] === instance && (framework !== 'pytorch' || call.callee.startsWith('self.')),
  );
  return {
    ...lines.place(site),
    name: candidate.name,
    className: instance.class.form ? instance.class.name : undefined,
    framework,
    inputShape: inputs[0]?.shape,
    inputSource: input.source,
    parameters: isWhole && !hasMore ? parameters : null,
    macs: costOf(nodes),
    get layers() {
      layers ??= layerCalls(nodes, paths, trace.blocks, lines);
      return layers;
    },
    trace,
  };
}

function partsOf(instance: InstanceValue) {
  const paths = pathsBelow(instance);
  return { paths, isWhole: !hasUnknownMember(paths), parameters: countBelow(paths) };
}

interface Run {
  readonly inputs: readonly TensorValue[];
  readonly outputs: readonly TensorValue[];
  readonly nodes: readonly TraceNode[];
}

function run(machine: Machine, candidate: Candidate, input: ModelInput, scope: Scope): Run {
  const { instance } = candidate;
  const functional = instance.layer?.functional;
  if (functional && input.source === 'declared') {
    return {
      inputs: functional.inputs,
      outputs: functional.outputs,
      nodes: nodesBetween(functional.inputs, functional.outputs),
    };
  }
  const own = input.source === 'found' ? ownRun(machine, candidate) : undefined;
  if (own) return own;
  const purpose = `run ${candidate.name} ${input.source} ${JSON.stringify(input.shapes)}`;
  return stretch(machine, instance, purpose, () => called(machine, candidate, input, scope), instance);
}

function called(machine: Machine, candidate: Candidate, input: ModelInput, scope: Scope): Run {
  const { instance, site } = candidate;
  const framework = instance.layer?.recipe.framework ?? 'pytorch';
  const functional = instance.layer?.functional;
  const inputs = input.shapes.map((shape) => {
    return { ...machine.tensor(shape, 'input', framework, missingInput(framework)), site };
  });
  if (!functional || input.source === 'given' || input.source === 'comment') unbuild(pathsBelow(instance));
  const first = machine.nodes.length;
  const value = functional
    ? replay(machine, instance, inputs, site)
    : callValue(
        machine,
        instance,
        { positional: argumentsOf(inputs, framework).map((v) => ({ value: v, site })), keywords: new Map() },
        site,
        scope,
        candidate.name,
      );
  const outputs = tensorsIn(value);
  if (value.kind === 'unknown' && machine.nodes.length === first)
    machine.unknownCalls.push({
      node: first,
      site: machine.place(site),
      reason: reasonFor(value),
      callee: 'self.',
      owners: [instance],
    });
  return { inputs, outputs, nodes: machine.nodes.slice(first) };
}

/** The call that the file itself makes of the model, if it is the one that gave the shape. */
function ownRun(machine: Machine, { instance }: Candidate): Run | undefined {
  const call = machine.calls.find((c) => c.instance === instance);
  if (call?.inputs.length !== 1) return undefined;
  const [input] = call.inputs;
  if (input.kind !== 'tensor' || !input.shape) return undefined;
  return {
    inputs: [input],
    outputs: tensorsIn(call.output),
    nodes: machine.nodes.slice(call.firstNode, call.lastNode),
  };
}

function argumentsOf(inputs: readonly TensorValue[], framework: string): Value[] {
  if (framework !== 'pytorch' && inputs.length > 1) return [{ kind: 'list', items: [...inputs] }];
  return [...inputs];
}

function tensorsIn(value: Value, seen = new Set<Value>()): TensorValue[] {
  if (value.kind === 'tensor') return [value];
  if (seen.has(value)) return [];
  if (value.kind === 'tuple' || value.kind === 'list') {
    seen.add(value);
    return value.items.flatMap((item) => tensorsIn(item, seen));
  }
  if (value.kind === 'dict') {
    seen.add(value);
    return [...value.entries.values()].flatMap((entry) => tensorsIn(entry.value, seen));
  }
  return [];
}

const ONE = new Map([['N', 1]]);

function numberOf(dim: Dim): number | null {
  const value = substitute(dim, ONE);
  return typeof value === 'number' ? value : null;
}

function costOf(nodes: readonly TraceNode[]): number | null {
  let total: Dim = 0;
  for (const node of nodes) total = add(total, node.macs);
  return numberOf(total);
}

/** Operations that only join two ways of reading are no layers. */
export function isShown(node: TraceNode): boolean {
  return node.op !== 'either';
}

/** The table of a model's operations, each under a scope of its own. */
function layerCalls(
  nodes: readonly TraceNode[],
  paths: ReadonlyMap<InstanceValue, string>,
  blocks: readonly TracedBlock[],
  lines: Lines,
): LayerCall[] {
  const blockOf = new Map(blocks.flatMap((block) => [...block.nodes].map((node) => [node, block] as const)));
  const used = new Map<string, number>();
  const calls: LayerCall[] = [];
  for (const node of nodes) {
    if (!isShown(node)) continue;
    const base = scopeOf(node, paths, blockOf.get(node)?.scope);
    const count = (used.get(base) ?? 0) + 1;
    used.set(base, count);
    calls.push(layerCall(node, count === 1 ? base : `${base}_${count}`, lines));
  }
  return calls;
}

/** Where the node's module stands; below its block where that has a scope of its own. */
function scopeOf(
  node: TraceNode,
  paths: ReadonlyMap<InstanceValue, string>,
  block: string | undefined,
): string {
  const own = node.instance && paths.get(node.instance);
  const prefix = ownerPath(node, paths);
  const name = node.instance?.layer?.name ?? (node.callee === '+' ? 'add' : (NAMES[node.op] ?? node.op));
  const scope = own || (prefix ? `${prefix}/${name}` : name);
  if (!block || scope.startsWith(`${block}/`)) return scope;
  const last = block.lastIndexOf('/');
  const parent = last < 0 ? '' : block.slice(0, last + 1);
  return `${block}/${scope.startsWith(parent) ? scope.slice(parent.length) : scope}`;
}

const NAMES: Readonly<Record<string, string>> = { permute: 'transpose', unknown: 'operation' };

/** Why the shape of what comes out, or a part of it, is not known. */
export function vagueness(node: TraceNode): string | undefined {
  const output = node.outputs[0];
  if (!output?.shape) return output?.reason;
  const vague = output.shape.find(isUnknownDim);
  return vague && isUnknownDim(vague) ? vague.reason : undefined;
}

/** A row of the table; most rows are counted and never looked at, so that each column is read off when asked for. */
class TracedCall implements LayerCall {
  private found?: { readonly skip: SkipInfo | undefined };

  constructor(
    readonly node: TraceNode,
    readonly scope: string,
    private readonly lines: Lines,
  ) {}

  private get place(): Place {
    return this.lines.place(this.node.site);
  }

  get start(): number {
    return this.lines.now(this.node.site).start;
  }

  get end(): number {
    return this.lines.now(this.node.site).end;
  }

  get line(): number {
    return this.place.line;
  }

  get column(): number {
    return this.place.column;
  }

  get callee(): string {
    return this.node.callee;
  }

  get framework(): Framework {
    return this.node.framework;
  }

  get inputShapes(): readonly (Dims | undefined)[] {
    return this.node.inputs.map(({ shape }) => shape);
  }

  get outputShape(): Dims | undefined {
    return this.node.outputs[0]?.shape;
  }

  get reason(): string | undefined {
    return vagueness(this.node);
  }

  get parameters(): ParameterCount | null {
    const { weights, instance } = this.node;
    if (weights.length === 0) return { trainable: 0, nonTrainable: 0 };
    return countOf(weights, instance?.layer?.trainable !== false);
  }

  get macs(): number | null {
    return numberOf(this.node.macs);
  }

  get made(): Place | undefined {
    const { made } = this.node;
    return made && this.lines.place(made);
  }

  get skip(): SkipInfo | undefined {
    this.found ??= { skip: skipInfo(this.node, this.lines) };
    return this.found.skip;
  }
}

export function layerCall(node: TraceNode, scope: string, lines: Lines): LayerCall {
  return new TracedCall(node, scope, lines);
}

function skipInfo(node: TraceNode, lines: Lines): SkipInfo | undefined {
  if (node.op !== 'add' || node.inputs.length !== 2) return undefined;
  const skip = skipOf(node.inputs[0], node.inputs[1]);
  if (!skip) return undefined;
  const site = skip.fork.node?.site ?? skip.fork.site;
  return {
    kind: skip.kind,
    skipShape: skip.skip.shape,
    branchShape: skip.branch.shape,
    forkLine: site && lines.place(site).line,
  };
}
